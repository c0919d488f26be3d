// Reads whole samples back: the narrow rows, with the metrics and documents that lie beside them.
//
// One thread. The connection must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/sample.h"
#include "store/connection.h"

namespace rapidbyte::store {

// Which samples: a condition on s (samples) and c (campaigns) whose $1, $2, … are `values`.
struct SampleCondition {
  std::string sql;
  std::vector<std::string> texts;
};

class SampleReader {
 public:
  explicit SampleReader(Connection& connection) : connection_(connection) {}

  // By time of the campaign, then block and position. Only samples whose cells fit `cell`.
  Result<std::vector<record::Sample>> Read(const SampleCondition& condition, const record::CellKey& cell,
                                           bool with_runs);

  // The cells that have the parameters of `filter`, by number.
  Result<std::map<int64_t, record::CellKey>> Cells(const record::CellKey& filter);

 private:
  using Metrics = std::map<std::pair<uint32_t, uint32_t>, std::map<std::string, double>>;  // by block and position
  Result<Metrics> MetricsOf(int64_t campaign);

  Connection& connection_;
};

// " AND s.cell IN (1, 2)", or nothing where `filter` is empty: all of them.
std::string CellCondition(const std::map<int64_t, record::CellKey>& cells, const record::CellKey& filter);

}  // namespace rapidbyte::store
