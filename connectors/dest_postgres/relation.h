// What bears the destination table's name on the server: looked up, locked against changes of its types, described.
// Everything runs inside the write transaction. Wasm-safe; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dest_postgres/write_plan.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// As the catalog has it before any lock; it may be another a moment later.
struct Found {
  bool schema = false;      // there is one
  std::string oid;          // of the table or view; empty: there is none
  char kind = 0;            // pg_class.relkind: r, p, v, f
  std::string transaction;  // the number of the running one, where it was asked for
};

struct Column {
  std::string name;
  uint32_t type = 0;          // oid
  std::string type_name;      // format_type with its modifier: numeric(10,2)
  std::string base_name;      // the type below all domains, qualified and quoted, without modifier: pg_catalog.int4
  bool generated = false;     // GENERATED ALWAYS AS (…) STORED
  std::string text_cast;      // the user's function that casts text to that type: public.mood_of(text), or empty
  bool varchar_cast = false;  // there is one for varchar, too
};

struct Relation {
  char kind = 0;
  std::string insert_rules;  // names of the rules that INSERT sets off, or empty
  std::string delete_rules;
  std::vector<Column> columns;
};

// Whether to give the transaction its number, as the first change would.
enum class Number { kGiven, kNone };

// `begin`: sdk::BeginStatements of the transaction, where it does not run yet. Errors: schema, where the name is taken
// by something that is not a table or view.
Result<Found> FindRelation(pgwire::Session& session, const Place& place, Number number, std::string_view begin = {});

// Waits for the lock under which types stay as they are, and asks for the right to insert, without evaluating anything.
// What appends holds ROW EXCLUSIVE, as INSERT does; what replaces, SHARE UPDATE EXCLUSIVE, which one session can have.
Status LockRelation(pgwire::Session& session, const Place& place, bool replaces, char kind);

Result<Relation> DescribeRelation(pgwire::Session& session, const Place& place);

}  // namespace rapidbyte::dest_postgres
