// The pipeline document: what `rapidbyte run` is told to do. Plain values, validated.
//
// LoadPipeline reads YAML, replaces ${NAME} and ${NAME:-default} from the environment in string values, and
// refuses unknown keys, missing keys and wrong values with file, line, key, what was expected and, for a key that
// looks misspelt, the nearest valid one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "yaml/substitution.h"

namespace rapidbyte::engine {

enum class Runtime { kAot, kNative };
enum class Compression { kNone, kLz4, kZstd };
enum class LoadMethod { kInsert, kCopy };
enum class WriteMode { kAppend, kReplace };
enum class ReplaceBy { kTruncate, kStaged, kDelete, kSwap };
enum class RowSecurity { kRefuse, kFilter };  // of a source's table whose policies hide rows from the role

std::string_view Name(Runtime runtime);
std::string_view Name(Compression compression);
std::string_view Name(LoadMethod method);
std::string_view Name(WriteMode mode);
std::string_view Name(ReplaceBy method);
std::string_view Name(RowSecurity security);

// A PostgreSQL server as source and destination configure it. The password stays in the host.
struct PostgresConfig {
  std::string host = "localhost";  // a name, an address, or the folder of a Unix socket
  uint16_t port = 5432;
  std::string user;
  std::string password;  // empty: libpq's own means (passfile, peer, trust)
  std::string database;
  std::string schema = "public";            // destination: "raw"
  uint64_t connect_timeout_ms = 10'000;     // 0: no limit
  uint64_t lock_wait_timeout_ms = 600'000;  // of each statement that waits for a lock; 0: no limit
};

struct StreamSpec {
  std::string name;
  std::vector<std::string> columns;  // empty: all
  bool only = false;                 // without the rows of tables that inherit from it
};

struct Pipeline {
  std::filesystem::path path;
  std::string name;
  std::string source_use;  // source-postgres
  PostgresConfig source;
  RowSecurity row_security = RowSecurity::kRefuse;
  std::vector<StreamSpec> streams;
  std::string destination_use;  // dest-postgres
  PostgresConfig destination;
  LoadMethod load_method = LoadMethod::kCopy;
  WriteMode write_mode = WriteMode::kAppend;
  ReplaceBy replace_by = ReplaceBy::kTruncate;
  Compression compression = Compression::kNone;
  uint64_t max_batch_bytes = 1 << 20;
  uint32_t max_batch_rows = 8192;
  uint32_t max_inflight_batches = 4;
  std::filesystem::path state_path;  // the SQLite file; relative to the working directory
  Runtime runtime = Runtime::kAot;
};

using yaml::Environment;
using yaml::ProcessEnvironment;

// Errors: kConfiguration, one line per error kept short: «pipeline.yaml:12: key 'source.config.prot': unknown key; did
// you mean 'port'?».
Result<Pipeline> LoadPipeline(const std::filesystem::path& path, const Environment& environment);
Result<Pipeline> ParsePipeline(const std::string& text, const std::filesystem::path& path,
                               const Environment& environment);

// Every key that a document may have, sections too, with [0] for the items of a list: "source.streams[0].name".
std::set<std::string> PipelineKeys();

}  // namespace rapidbyte::engine
