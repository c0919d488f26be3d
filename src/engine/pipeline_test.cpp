#include "engine/pipeline.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "yaml/pipeline_keys.h"

namespace rapidbyte::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Environment Variables(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

// A whole document; `source_config` and `rest` are lines of YAML.
std::string Document(const std::string& source_config = "", const std::string& rest = "") {
  return "version: 1\n"
         "pipeline: orders\n"
         "source:\n"
         "  use: source-postgres\n"
         "  config: {user: reader, database: shop}\n" +
         source_config +
         "  streams:\n"
         "    - name: orders\n"
         "destination:\n"
         "  use: dest-postgres\n"
         "  config: {user: writer, database: warehouse}\n" +
         rest;
}

Pipeline Parsed(const std::string& text, const Environment& environment = Variables({})) {
  auto parsed = ParsePipeline(text, "p.yaml", environment);
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message;
    return {};
  }
  return *parsed;
}

TEST(PipelineTest, DefaultsFillAMinimalDocument) {
  const Pipeline pipeline = Parsed(Document());
  EXPECT_EQ(pipeline.name, "orders");
  EXPECT_EQ(pipeline.path, "p.yaml");
  EXPECT_EQ(pipeline.source_use, "source-postgres");
  EXPECT_EQ(pipeline.source.host, "localhost");
  EXPECT_EQ(pipeline.source.port, 5432);
  EXPECT_EQ(pipeline.source.user, "reader");
  EXPECT_EQ(pipeline.source.password, "");
  EXPECT_EQ(pipeline.source.database, "shop");
  EXPECT_EQ(pipeline.source.schema, "public");
  ASSERT_EQ(pipeline.streams.size(), 1u);
  EXPECT_EQ(pipeline.streams[0].name, "orders");
  EXPECT_TRUE(pipeline.streams[0].columns.empty());
  EXPECT_EQ(pipeline.destination_use, "dest-postgres");
  EXPECT_EQ(pipeline.destination.schema, "raw");
  EXPECT_EQ(pipeline.load_method, LoadMethod::kCopy);
  EXPECT_EQ(pipeline.write_mode, WriteMode::kAppend);
  EXPECT_EQ(pipeline.replace_by, ReplaceBy::kTruncate);
  EXPECT_EQ(pipeline.row_security, RowSecurity::kRefuse);
  EXPECT_FALSE(pipeline.streams[0].only);
  for (const PostgresConfig& server : {pipeline.source, pipeline.destination}) {
    EXPECT_EQ(server.connect_timeout_ms, 10'000u);
    EXPECT_EQ(server.lock_wait_timeout_ms, 600'000u);
  }
  EXPECT_EQ(pipeline.compression, Compression::kNone);
  EXPECT_EQ(pipeline.max_batch_bytes, 1u << 20);
  EXPECT_EQ(pipeline.max_batch_rows, 8192u);
  EXPECT_EQ(pipeline.max_inflight_batches, 4u);
  EXPECT_EQ(pipeline.state_path, ".rapidbyte/state.db");
  EXPECT_EQ(pipeline.runtime, Runtime::kAot);
}

TEST(PipelineTest, ReadsEveryKey) {
  const Pipeline pipeline = Parsed(R"(
version: 1
pipeline: Größe
runtime: native
source:
  use: source-postgres
  config:
    {host: db.example, port: 6000, user: "the reader", password: "pass: #word", database: d, schema: S,
     connect_timeout: 3s, lock_wait_timeout: 0, row_security: filter}
  streams:
    - {name: "Odd \"Name\"", sync_mode: full_refresh, columns: [id, "Größe"], only: true}
    - name: second
destination:
  use: dest-postgres
  config:
    host: /run/postgresql
    port: "6001"
    user: w
    password: 12345
    database: e
    schema: T
    connect_timeout: 1min
    lock_wait_timeout: 500ms
    load_method: insert
  write_mode: replace
  replace_by: swap
resources: {compression: zstd, max_batch_bytes: 512KiB, max_batch_rows: 7, max_inflight_batches: 2}
state: {backend: sqlite, connection: /var/lib/rapidbyte/runs.db}
)");
  EXPECT_EQ(pipeline.name, "Größe");
  EXPECT_EQ(pipeline.runtime, Runtime::kNative);
  EXPECT_EQ(pipeline.source.host, "db.example");
  EXPECT_EQ(pipeline.source.port, 6000);
  EXPECT_EQ(pipeline.source.user, "the reader");
  EXPECT_EQ(pipeline.source.password, "pass: #word");
  EXPECT_EQ(pipeline.source.schema, "S");
  EXPECT_EQ(pipeline.source.connect_timeout_ms, 3'000u);
  EXPECT_EQ(pipeline.source.lock_wait_timeout_ms, 0u);
  EXPECT_EQ(pipeline.row_security, RowSecurity::kFilter);
  ASSERT_EQ(pipeline.streams.size(), 2u);
  EXPECT_EQ(pipeline.streams[0].name, "Odd \"Name\"");
  EXPECT_THAT(pipeline.streams[0].columns, ElementsAre("id", "Größe"));
  EXPECT_TRUE(pipeline.streams[0].only);
  EXPECT_EQ(pipeline.destination.host, "/run/postgresql");
  EXPECT_EQ(pipeline.destination.port, 6001);
  EXPECT_EQ(pipeline.destination.password, "12345");
  EXPECT_EQ(pipeline.destination.connect_timeout_ms, 60'000u);
  EXPECT_EQ(pipeline.destination.lock_wait_timeout_ms, 500u);
  EXPECT_EQ(pipeline.load_method, LoadMethod::kInsert);
  EXPECT_EQ(pipeline.write_mode, WriteMode::kReplace);
  EXPECT_EQ(pipeline.replace_by, ReplaceBy::kSwap);
  EXPECT_EQ(pipeline.compression, Compression::kZstd);
  EXPECT_EQ(pipeline.max_batch_bytes, 512u << 10);
  EXPECT_EQ(pipeline.max_batch_rows, 7u);
  EXPECT_EQ(pipeline.max_inflight_batches, 2u);
  EXPECT_EQ(pipeline.state_path, "/var/lib/rapidbyte/runs.db");
}

TEST(PipelineTest, BytesTakeUnits) {
  const std::pair<const char*, uint64_t> cases[] = {{"2000", 2000},   {"2000B", 2000}, {"3kB", 3000},
                                                    {"3KB", 3000},    {"3 KiB", 3072}, {"1MB", 1'000'000},
                                                    {"2MiB", 2 << 20}};
  for (const auto& [text, bytes] : cases) {
    EXPECT_EQ(Parsed(Document("", std::string("resources: {max_batch_bytes: ") + text + "}\n")).max_batch_bytes, bytes);
  }
}

TEST(PipelineTest, AnchorsShareAConfiguration) {
  const Pipeline pipeline = Parsed(R"(
version: 1
pipeline: p
source: {use: source-postgres, config: &server {host: h, user: u, database: d}, streams: [{name: t}]}
destination: {use: dest-postgres, config: *server}
state: {connection: "*server"}
)");
  EXPECT_EQ(pipeline.source.host, "h");
  EXPECT_EQ(pipeline.source.schema, "public");
  EXPECT_EQ(pipeline.destination.host, "h");
  EXPECT_EQ(pipeline.destination.user, "u");
  EXPECT_EQ(pipeline.destination.schema, "raw");
  EXPECT_EQ(pipeline.state_path, "*server");
}

TEST(PipelineTest, EmptySectionsAreAbsent) {
  const Pipeline pipeline = Parsed(Document("", "resources:\nstate: ~\nruntime: null\n"));
  EXPECT_EQ(pipeline.compression, Compression::kNone);
  EXPECT_EQ(pipeline.runtime, Runtime::kAot);
}

TEST(PipelineTest, VariablesReplaceValues) {
  const std::string rest =
      "state: {connection: '${FOLDER}/a-${NAME:-x}-${EMPTY:-y}-${NO:-}-$${NAME}-$5'}\n"
      "resources: {max_batch_rows: '${ROWS:-9}'}\n";
  const Pipeline pipeline =
      Parsed(Document("", rest), Variables({{"FOLDER", "/f: ${NAME}"}, {"EMPTY", ""}, {"NAME", "n"}}));
  EXPECT_EQ(pipeline.state_path, "/f: ${NAME}/a-n-y--${NAME}-$5");
  EXPECT_EQ(pipeline.max_batch_rows, 9u);
}

TEST(PipelineTest, AnEmptyPasswordIsAllowed) {
  const std::string text =
      "version: 1\npipeline: p\n"
      "source: {use: a, config: {user: u, password: '${PW}', database: d}, streams: [{name: t}]}\n"
      "destination: {use: b, config: {user: u, password: '', database: d}}\n";
  EXPECT_EQ(Parsed(text, Variables({{"PW", ""}})).source.password, "");
  EXPECT_EQ(Parsed(text, Variables({{"PW", "a'b\n"}})).source.password, "a'b\n");
}

TEST(PipelineTest, ThePipelinesOfTheBenchmarkAreValid) {
  const std::filesystem::path folder = RAPIDBYTE_PIPELINES;
  for (const char* name : {"bench_pg", "bench_pg_copy", "bench_pg_lz4", "bench_pg_zstd"}) {
    const auto loaded =
        LoadPipeline(folder / (std::string(name) + ".yaml"), Variables({{"RAPIDBYTE_PG_PORT", "7000"}}));
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->name, name);
    EXPECT_EQ(loaded->source.port, 7000);
    EXPECT_EQ(loaded->destination.user, "postgres");
    EXPECT_EQ(loaded->load_method, loaded->name == "bench_pg" ? LoadMethod::kInsert : LoadMethod::kCopy);
  }
}

// A key is a section where another one is below it.
TEST(PipelineTest, TheListOfKeysIsWhatTheEngineReads) {
  const std::set<std::string> asked = PipelineKeys();
  std::set<std::string> leaves;
  for (std::string key : asked) {
    const auto is_below = [&](const std::string& other) {
      return other.starts_with(key + ".") || other.starts_with(key + "[");
    };
    if (std::any_of(asked.begin(), asked.end(), is_below)) continue;
    if (const size_t at = key.find("[0]"); at != std::string::npos) key.erase(at + 1, 1);
    leaves.insert(key);
  }
  const std::set<std::string> listed(std::begin(yaml::kPipelineKeys), std::end(yaml::kPipelineKeys));
  EXPECT_EQ(listed, leaves);
}

TEST(PipelineTest, UnreadableFilesAreConfigurationErrors) {
  const auto missing = LoadPipeline("/no/such/pipeline.yaml", Variables({}));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(missing.error().message, "cannot read /no/such/pipeline.yaml: No such file or directory");
  EXPECT_THAT(LoadPipeline("/", Variables({})).error().message, HasSubstr("it is a folder"));
}

}  // namespace
}  // namespace rapidbyte::engine
