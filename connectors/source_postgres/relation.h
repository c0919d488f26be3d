// The relations behind a run's streams: found in the catalog, and described column by column. Wasm-safe; one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arrow/types.h"
#include "base/result.h"
#include "pgwire/session.h"

namespace rapidbyte::source_postgres {

// What the pipeline asks of one stream.
struct StreamRequest {
  std::string name;
  std::vector<std::string> columns;  // empty: all
  bool only = false;                 // without the rows of tables that inherit from it
};

struct SourceColumn {
  std::string name;
  std::string type;  // format_type with its modifier: numeric(10,2)
  bool not_null = false;
  bool readable = true;                 // by the role
  std::optional<arrow::TypeId> native;  // travels as this; else as text
  std::string expression;               // what selects it
  std::string refusal;                  // why it cannot be carried; empty where it can
};

struct Relation {
  StreamRequest stream;
  std::string name;  // qualified and quoted
  std::string oid;
  char kind = 'r';                    // pg_class.relkind
  bool lockable = false;              // LOCK TABLE takes it; else only a query holds it
  std::vector<SourceColumn> columns;  // those that the stream selects, in the stream's order
  std::optional<Error> problem;       // what keeps it from being read
};

// All streams' relations, one each, as the running transaction sees them. Without their columns. `filter_rows`:
// row-level security may leave rows out; else that is a problem.
Result<std::vector<Relation>> FindRelations(pgwire::Session& session, const std::string& schema, bool filter_rows,
                                            const std::vector<StreamRequest>& streams);

// Fills in the columns of those without a problem. False where a name stands for another relation than the one that
// was found.
Result<bool> DescribeRelations(pgwire::Session& session, const std::string& schema, std::vector<Relation>& relations);

// The problems of all relations as one error.
Status CheckProblems(const std::vector<Relation>& relations);

// SELECT … FROM the relation, as COPY runs it, once it is described.
std::string SelectStatement(const Relation& relation);

// ONLY "schema"."name", or without the ONLY.
std::string FromItem(const Relation& relation);

}  // namespace rapidbyte::source_postgres
