// What the command line of `bench cmd` says, as it says it. Plain data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "report/command_report.h"

namespace rapidbyte::cli {

struct BenchCmdOptions {
  std::vector<std::string> commands;
  std::optional<std::string> reference;  // measured too, as the first; the others compare to it
  std::string reference_name;
  std::vector<std::string> names;  // of the commands, in their order; may be fewer

  uint32_t warmup = 0;           // blocks
  std::optional<uint32_t> runs;  // blocks; nothing: by time, between min_runs and max_runs
  std::optional<uint32_t> min_runs;
  std::optional<uint32_t> max_runs;
  bool until_decided = false;
  std::optional<uint32_t> max_blocks;
  std::string max_time;

  bool no_shell = false;
  std::string shell = "sh";
  std::string ignore_failure;  // empty: no; "true": of any kind; or exit codes "1,2"
  std::string input = "null";
  std::string output;        // null, pipe, inherit or a file; empty: null, or a pipe where a metric is read from it
  bool show_output = false;  // inherit
  std::string setup;
  std::vector<std::string> prepare;   // none, one, or one for each command
  std::vector<std::string> conclude;  // the same
  std::string cleanup;
  std::optional<double> timeout_secs;  // of one run

  std::vector<std::tuple<std::string, std::string, std::string>> scans;  // -P: name, first, last
  std::vector<std::string> steps;                                        // -D: one for all, or one for each -P
  std::vector<std::pair<std::string, std::string>> lists;                // -L: name, values

  std::vector<std::string> metrics;
  std::string primary = "wall";
  std::optional<uint64_t> seed;  // nothing: a random one

  std::filesystem::path export_json;  // as hyperfine writes it
  std::filesystem::path export_markdown;
  std::filesystem::path export_asciidoc;
  std::filesystem::path export_csv;
  bool json = false;
  std::optional<std::string> store;  // a file, a PostgreSQL server, or "none"
  std::string sort = "auto";         // auto, command, median or mean-time
  report::TimeUnit time_unit = report::TimeUnit::kAuto;
  std::string style = "auto";  // auto, basic, full, nocolor, color, none
  bool quiet = false;
};

}  // namespace rapidbyte::cli
