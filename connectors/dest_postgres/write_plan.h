// What a run is asked to write, and how: rb_run_write's request as plain values.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapidbyte::dest_postgres {

// How the rows that are there make way for the stream's. docs/pipeline.md says what each costs and breaks.
enum class WriteMode {
  kAppend,           // they stay
  kReplaceTruncate,  // TRUNCATE, then load
  kReplaceStaged,    // load a staging table, then TRUNCATE and INSERT … SELECT
  kReplaceDelete,    // DELETE, then load
  kReplaceSwap,      // load a new table, which takes the old one's place
};

struct Place {
  std::string schema;
  std::string table;
  std::string name;  // both, qualified and quoted
};

struct WritePlan {
  Place place;
  WriteMode mode = WriteMode::kAppend;
  bool by_insert = false;  // load_method: insert

  bool replaces() const { return mode != WriteMode::kAppend; }
};

// Errors: kInternal for a request that is not one of rb_run_write.
Result<WritePlan> ReadWritePlan(std::string_view schema, const nlohmann::json& request);

}  // namespace rapidbyte::dest_postgres
