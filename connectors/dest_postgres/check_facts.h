// What check reads out of the destination's catalog: privileges, policies, and what the table asks of a row. Each is
// one query inside a transaction. Wasm-safe; one thread.
#pragma once

#include <string>

#include "arrow/types.h"
#include "base/result.h"
#include "dest_postgres/write_plan.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// What is so for all streams.
struct ServerFacts {
  bool standby = false;
  bool read_only = false;  // default_transaction_read_only, of server, database or role
  std::string encoding;
  bool may_create_schemas = false;
  bool may_create_temporary = false;
};

Result<ServerFacts> ReadServerFacts(pgwire::Session& session);

struct SchemaFacts {
  bool usage = false;
  bool create = false;
};

// Of a schema that is there.
Result<SchemaFacts> ReadSchemaFacts(pgwire::Session& session, const std::string& schema);

// Lists of names are quoted, separated by commas, and empty where there is none.
struct TableFacts {
  bool insert = false;            // into the whole table, or into some columns
  std::string forbidden_columns;  // of the stream's
  bool may_truncate = false;
  bool may_delete = false;
  bool policies = false;         // row-level security is active for the role
  bool insert_policy = false;    // one of them lets rows in
  std::string unfilled_columns;  // NOT NULL, without a default and not of the stream
  std::string unfilled_domains;  // the same by their types, which COPY does not look at
  std::string strict_columns;    // NOT NULL, of the stream, which may have NULL
  std::string foreign_keys;      // of other tables, which TRUNCATE obeys
};

// Of a table or view that is there, compared with the stream's columns.
Result<TableFacts> ReadTableFacts(pgwire::Session& session, const std::string& oid, const arrow::Schema& stream);

}  // namespace rapidbyte::dest_postgres
