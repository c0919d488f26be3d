// The scenario document: what the laboratory measures, in which variants and how often. Plain values, validated.
//
// LoadScenario reads YAML, replaces ${NAME} and ${NAME:-default} from the environment (not in commands, whose shell
// does so), and refuses what is wrong with it, all of it at once, by file, line and key. What holds of a Scenario:
// names are not empty and differ, every command's placeholders are known, every axis binds something. docs/scenarios.md
// has all keys. Pure but for reading files; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "metrics/metric_source.h"
#include "yaml/substitution.h"

namespace rapidbyte::scenario {

struct EnvironmentSpec {
  enum class Kind { kNone, kEphemeral, kServer };
  Kind kind = Kind::kNone;
  std::string dsn;                              // kServer; may hold a password, so it is shown nowhere
  std::map<std::string, std::string> settings;  // kEphemeral: of postgresql.conf
};

struct DatasetSpec {
  enum class Kind { kNone, kGenerated, kPgbench, kSql, kTable };
  Kind kind = Kind::kNone;
  std::string name;                // kGenerated: bench_events, events, orders, documents
  uint64_t rows = 0;               // kGenerated, where no axis says it
  uint64_t scale = 0;              // kPgbench, where no axis says it
  std::filesystem::path sql_file;  // kSql; absolute or relative to the working directory
  int sql_line = 0;                // where the document names it
  std::string table;               // kSql, kTable: schema.table

  // The parameter that says how much there is: "rows" or "scale"; empty where nothing does.
  std::string_view SizeParameter() const;
  std::string Size() const;  // its value where no axis says it
};

// A command with {placeholders}, and where it stands.
struct CommandText {
  std::string text;
  int line = 0;
  std::string key;
};

struct SubjectSpec {
  std::string name;
  std::string pipeline;                     // "default", or the path of a document as DatasetSpec::sql_file; or empty
  CommandText command;                      // or a command; without a text, where `pipeline` stands
  std::optional<std::string> shell = "sh";  // runs the command by `shell -c`; nullopt: its words are split and run
  bool destination_table = false;           // a command that fills a table: made before each run, verified after it

  bool is_pipeline() const { return !pipeline.empty(); }
};

struct Axis {
  std::string name;
  std::vector<std::string> values;  // one or more, all different
  int line = 0;
  std::string option = {};  // "--axis rows" where the command line said it, not the document
};

// Cells that match all of it are left out.
struct Exclusion {
  std::map<std::string, std::vector<std::string>> match;  // parameter -> any of these values
  int line = 0;
  std::string key;  // "exclude[0]"
};

struct Hooks {  // run by `sh`; without a text: none
  CommandText setup, prepare, conclude, cleanup;
};

struct UntilDecided {
  uint32_t max_blocks = 60;
  double max_secs = 600;
};

struct MetricSpec {
  std::string name;
  std::optional<metrics::MetricSource> source = {};  // in an output; nothing for a built-in metric
  bool higher_is_better = false;
  bool primary = false;
  std::optional<double> threshold;  // a relative change that matters: 0.015 for 1.5%
  std::string unit;
  std::string from = "stdout";  // stdout, stderr, or a file
};

struct Scenario {
  std::filesystem::path path;
  std::string name;
  std::string description;
  EnvironmentSpec environment;
  DatasetSpec dataset;
  std::vector<SubjectSpec> subjects;  // one or more
  std::vector<Axis> axes;
  std::vector<Exclusion> exclusions;
  uint32_t warmup = 1;       // blocks
  uint32_t iterations = 10;  // blocks; of no meaning with until_decided
  std::optional<UntilDecided> until_decided;
  Hooks hooks;
  std::vector<MetricSpec> metrics;  // wall is the first where the document names none primary
  double timeout_secs = 0;          // per run; 0: none

  // The most blocks that are measured, without warm-up.
  uint32_t MaxBlocks() const { return until_decided ? until_decided->max_blocks : iterations; }
};

inline constexpr const char* kScenarioHint = "docs/scenarios.md describes every key";

// Errors: kConfiguration, a line «file:line: key 'a.b': what was expected; did you mean 'c'?» each.
Result<Scenario> ParseScenario(const std::string& text, const std::filesystem::path& path,
                               const yaml::Environment& environment);
Result<Scenario> LoadScenario(const std::filesystem::path& path, const yaml::Environment& environment);

// A suite is a folder: all *.yaml in it, by name. A file is itself. Errors: kConfiguration, also for an empty folder.
Result<std::vector<std::filesystem::path>> ScenarioFiles(const std::filesystem::path& path);

}  // namespace rapidbyte::scenario
