// What a query has answered, in text form. A server is not trusted to answer with the rows and columns that it was
// asked for: what is not there reads as NULL. Wasm-safe.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rapidbyte::pgwire {

using Value = std::optional<std::string>;  // nothing: NULL

class Row {
 public:
  Row() = default;
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

  size_t size() const { return values_.size(); }
  const Value& operator[](size_t column) const {
    static const Value null;
    return column < values_.size() ? values_[column] : null;
  }
  std::string Text(size_t column) const { return (*this)[column].value_or(""); }
  bool IsTrue(size_t column) const { return (*this)[column] == "t"; }

 private:
  std::vector<Value> values_;
};

class Rows {
 public:
  void Add(Row row) { rows_.push_back(std::move(row)); }

  size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  const Row& operator[](size_t row) const {
    static const Row none;
    return row < rows_.size() ? rows_[row] : none;
  }
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }

 private:
  std::vector<Row> rows_;
};

}  // namespace rapidbyte::pgwire
