#include "store/connection.h"

namespace rapidbyte::store {

Result<int64_t> Connection::QueryInteger(std::string_view sql) {
  RB_ASSIGN(const StatementHandle statement, Prepare(sql));
  RB_ASSIGN(const bool row, statement->Step());
  return row ? statement->Integer(0) : 0;
}

Result<Transaction> Transaction::Begin(Connection& connection) {
  RB_TRY(connection.BeginWrite());
  return Transaction(connection);
}

Transaction::~Transaction() {
  // Where the engine has rolled back by itself (a full disk, a lost server) this fails, and nothing is left to do.
  if (connection_ != nullptr) (void)connection_->Execute("ROLLBACK");
}

Status Transaction::Commit() {
  RB_TRY(connection_->Execute("COMMIT"));
  connection_ = nullptr;
  return {};
}

}  // namespace rapidbyte::store
