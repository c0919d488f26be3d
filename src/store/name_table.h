// A table that gives each text one number: cells, builds, names of metrics. Remembers what it has seen.
//
// Numbers stay valid unless the transaction that made them is rolled back. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "store/connection.h"

namespace rapidbyte::store {

class NameTable {
 public:
  // `table` has the columns id and `column`.
  NameTable(Connection& connection, std::string table, std::string column)
      : connection_(&connection), table_(std::move(table)), column_(std::move(column)) {}

  // The text's number; makes one where it has none yet.
  Result<int64_t> NumberOf(const std::string& text);
  // 0 where it has none.
  Result<int64_t> Find(const std::string& text);
  // All of them, freshly read.
  Result<std::map<int64_t, std::string>> All();

 private:
  Connection* connection_;
  std::string table_;
  std::string column_;
  std::map<std::string, int64_t, std::less<>> known_;
};

}  // namespace rapidbyte::store
