// What the tests of the PostgreSQL connectors stand on: one server for the program, two schemas anew for each test, and
// a way to move a table from the one, "src", into the other, "raw".
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/test_cluster.h"
#include "test_host.h"

namespace rapidbyte::test {

inline TestCluster& Cluster() {
  static const Result<std::unique_ptr<TestCluster>> cluster = TestCluster::Start({});
  if (!cluster) {
    ADD_FAILURE() << cluster.error().message;
    std::abort();
  }
  return **cluster;
}

inline net::PostgresTarget Target(const std::string& database, const std::string& user) {
  net::PostgresTarget target;
  target.host = Cluster().socket_dir();
  target.port = Cluster().port();
  target.user = user;
  target.database = database;
  return target;
}

// What a test may vary; the rest is as the engine has it by default.
struct Options {
  std::string method = "copy";
  std::string mode = "append";
  std::string replace_by = "truncate";
  std::string database = "postgres";  // of the destination
  std::string user = Cluster().user();
  nlohmann::json columns = nullptr;
  uint32_t batch_rows = 8192;
  std::string source_user = Cluster().user();
  std::string source_database = "postgres";
  nlohmann::json source_config = nlohmann::json::object();  // beside the schema
  std::vector<std::string> streams;                         // announced when the source is opened
  bool only = false;
  uint64_t lock_wait_timeout_ms = 60'000;
  std::function<void(TestHost&, abi::Phase)> at_phase = nullptr;  // of the destination
};

class Postgres : public testing::Test {
 protected:
  void SetUp() override {
    Sql("DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA src");
  }

  // Fails the test where the server refuses.
  static std::string Sql(const std::string& sql, const std::string& database = "postgres") {
    std::string rows = Cluster().Psql(sql, database);
    EXPECT_EQ(rows.find("ERROR"), std::string::npos) << rows << "\n" << sql;
    while (rows.ends_with('\n')) rows.pop_back();
    return rows;
  }

  static nlohmann::json Open(TestHost& host, const char* role, nlohmann::json config,
                             const nlohmann::json& streams = nlohmann::json::array()) {
    return host.Run(abi::Export::kOpen, {{"abi", 1}, {"role", role}, {"config", config}, {"streams", streams}});
  }

  // A source that is open for the streams of `options`.
  std::unique_ptr<TestHost> OpenSource(const Options& options = {}) {
    auto source = std::make_unique<TestHost>("source-postgres", runtime_,
                                             Target(options.source_database, options.source_user), queue_);
    nlohmann::json config = options.source_config;
    config["schema"] = "src";
    nlohmann::json streams = nlohmann::json::array();
    for (const std::string& name : options.streams) streams.push_back({{"name", name}, {"columns", nullptr}});
    Open(*source, "source", config, streams);
    return source;
  }

  static nlohmann::json ReadStream(TestHost& source, const std::string& table, const Options& options = {}) {
    return source.Run(abi::Export::kRunRead,
                      {{"stream", {{"name", table}, {"columns", options.columns}, {"only", options.only}}},
                       {"max_batch_bytes", 1 << 20},
                       {"max_batch_rows", options.batch_rows}});
  }

  nlohmann::json Read(const std::string& table, const Options& options = {}) {
    const std::unique_ptr<TestHost> opened = OpenSource(options);
    TestHost& source = *opened;
    nlohmann::json answer = ReadStream(source, table, options);
    source.Run(abi::Export::kClose, nlohmann::json::object());
    if (answer.contains("rows")) {
      EXPECT_EQ(answer["rows"], source.emitted_rows);
    }
    read_batches_ = source.emitted_batches;
    return answer;
  }

  nlohmann::json Write(const std::string& table, const Options& options = {},
                       std::optional<abi::Phase> break_in_phase = std::nullopt) {
    TestHost destination("dest-postgres", runtime_, Target(options.database, options.user), queue_);
    destination.break_in_phase = break_in_phase;
    if (options.at_phase) destination.on_phase = [&](abi::Phase phase) { options.at_phase(destination, phase); };
    Open(destination, "destination", {{"schema", "raw"}, {"lock_wait_timeout_ms", options.lock_wait_timeout_ms}});
    nlohmann::json answer = destination.Run(abi::Export::kRunWrite, {{"stream", {{"name", table}}},
                                                                     {"write_mode", options.mode},
                                                                     {"load_method", options.method},
                                                                     {"replace_by", options.replace_by}});
    destination.Run(abi::Export::kClose, nlohmann::json::object());
    phases_ = destination.phases;
    progress_rows_ = destination.progress_rows;
    return answer;
  }

  // Reads and writes; the destination's answer.
  nlohmann::json Move(const std::string& table, const Options& options = {}) {
    queue_.messages.clear();  // of a run that was refused
    const nlohmann::json read = Read(table, options);
    if (read.contains("error")) return read;
    return Write(table, options);
  }

  static std::string Rows(const std::string& table, const std::string& database = "postgres") {
    return Sql("SELECT t::text FROM " + table + " t ORDER BY 1", database);
  }

  static std::string Columns(const std::string& schema) {
    return Sql(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute a JOIN pg_class c ON "
        "c.oid = attrelid WHERE relnamespace = '" +
        schema + "'::regnamespace AND relkind = 'r' AND attnum > 0 ORDER BY relname, attnum");
  }

  Runtime runtime_ = Runtime::kNative;
  Queue queue_;
  size_t read_batches_ = 0;
  uint64_t progress_rows_ = 0;
  std::vector<abi::Phase> phases_;
};

inline void ExpectError(const nlohmann::json& answer, const std::string& category, const std::string& part) {
  ASSERT_TRUE(answer.contains("error")) << answer;
  EXPECT_EQ(answer["error"]["category"], category) << answer;
  EXPECT_THAT(answer["error"]["message"].get<std::string>(), testing::HasSubstr(part));
}

}  // namespace rapidbyte::test
