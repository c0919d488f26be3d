#include "store/name_table.h"

#include <fmt/format.h>

namespace rapidbyte::store {

Result<int64_t> NameTable::Find(const std::string& text) {
  const auto known = known_.find(text);
  if (known != known_.end()) return known->second;
  RB_ASSIGN(const StatementHandle select,
            connection_->Prepare(fmt::format("SELECT id FROM {} WHERE {} = $1", table_, column_)));
  RB_ASSIGN(const bool found, select->Bind(1, text).Step());
  if (!found) return 0;
  return known_[text] = select->Integer(0);
}

// Another writer may make the same one at the same time: the first wins, and both read it.
Result<int64_t> NameTable::NumberOf(const std::string& text) {
  RB_ASSIGN(const int64_t found, Find(text));
  if (found != 0) return found;
  RB_ASSIGN(const StatementHandle insert,
            connection_->Prepare(
                fmt::format("INSERT INTO {0} ({1}) VALUES ($1) ON CONFLICT ({1}) DO NOTHING", table_, column_)));
  RB_TRY(insert->Bind(1, text).Run());
  return Find(text);
}

Result<std::map<int64_t, std::string>> NameTable::All() {
  RB_ASSIGN(const StatementHandle select, connection_->Prepare(fmt::format("SELECT id, {} FROM {}", column_, table_)));
  std::map<int64_t, std::string> all;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) return all;
    all[select->Integer(0)] = select->Text(1);
  }
}

}  // namespace rapidbyte::store
