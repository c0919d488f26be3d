#include "store/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "store/sqlite_connection.h"
#include "store/test_store.h"

namespace rapidbyte::store {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class OpenStoreTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Engines, OpenStoreTest, testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

// A file that another program, or another version, has left: made by plain SQL.
void MakeDatabase(const std::filesystem::path& path, const std::string& sql) {
  auto database = SqliteConnection::Open(path, OpenMode::kCreate);
  ASSERT_TRUE(database);
  const Status done = (*database)->Execute(sql);
  ASSERT_TRUE(done) << done.error().message;
}

TEST_P(OpenStoreTest, MakesAllTablesOnce) {
  EXPECT_FALSE(OpenStore(Name(), OpenMode::kExisting)) << "there is none yet";
  for (int i = 0; i < 2; ++i) {
    const auto opened = OpenStore(Name(), OpenMode::kCreate);
    ASSERT_TRUE(opened) << opened.error().message;
    for (const char* table : {"runs", "run_streams", "campaigns", "cells", "builds", "metrics", "samples",
                              "sample_metrics", "sample_documents", "baselines"}) {
      EXPECT_EQ(*(*opened)->QueryInteger(std::string("SELECT count(*) FROM ") + table), 0) << table;
    }
  }
  EXPECT_TRUE(OpenStore(Name(), OpenMode::kExisting));
}

TEST_P(OpenStoreTest, RefusesANewerVersion) {
  ASSERT_TRUE(OpenStore(Name(), OpenMode::kCreate));
  if (GetParam() == Engine::kSqlite) {
    MakeDatabase(Name(), "PRAGMA user_version = 999");
  } else {
    Execute("UPDATE rapidbyte.schema_version SET version = 999");
  }
  for (const OpenMode mode : {OpenMode::kCreate, OpenMode::kExisting}) {
    const auto opened = OpenStore(Name(), mode);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kConfiguration);
    EXPECT_THAT(opened.error().message, HasSubstr("newer Rapidbyte (schema version 999"));
    EXPECT_THAT(opened.error().hint, HasSubstr("use a newer Rapidbyte"));
  }
}

TEST_P(OpenStoreTest, ManyMayComeFirst) {
  std::vector<std::string> errors(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& error : errors) {
      threads.emplace_back([&] {
        const auto opened = OpenStore(Name(), OpenMode::kCreate);
        if (!opened) error = opened.error().message;
      });
    }
  }
  EXPECT_THAT(errors, testing::Each(""));
}

class PostgresStoreTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Engines, PostgresStoreTest, testing::Values(Engine::kPostgres), EngineName);

TEST_P(PostgresStoreTest, LeavesAForeignSchemaUntouched) {
  Execute("CREATE SCHEMA rapidbyte; CREATE TABLE rapidbyte.theirs (x int)");
  const auto opened = OpenStore(Name(), OpenMode::kCreate);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(opened.error().message, HasSubstr("another program's"));
  EXPECT_EQ(*session_->Value("SELECT count(*) FROM pg_tables WHERE schemaname = 'rapidbyte'"), "1");
}

TEST_P(PostgresStoreTest, MessagesHoldNoPassword) {
  const auto opened = OpenStore(tcp_address_, OpenMode::kCreate);
  ASSERT_TRUE(opened) << opened.error().message;
  const std::string password = tcp_address_.substr(tcp_address_.rfind('=') + 1);
  ASSERT_FALSE(password.empty());
  EXPECT_THAT((*opened)->name(), Not(HasSubstr(password)));
  EXPECT_THAT((*opened)->name(), testing::StartsWith("postgresql://postgres@127.0.0.1:"));
  for (const std::string& bad : {tcp_address_ + "x", tcp_address_ + " port=1", tcp_address_ + " odd=1"}) {
    const auto refused = OpenStore(bad, OpenMode::kCreate);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, Not(HasSubstr(password)));
    EXPECT_THAT(refused.error().hint, Not(HasSubstr(password)));
  }
  EXPECT_EQ(OpenStore(tcp_address_ + "x", OpenMode::kCreate).error().code, ErrorCode::kConnection);
}

TEST_P(PostgresStoreTest, ALostServerIsAConnectionError) {
  const auto opened = OpenStore(Name(), OpenMode::kCreate);
  ASSERT_TRUE(opened) << opened.error().message;
  Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rapidbyte store'");
  const auto lost = (*opened)->QueryInteger("SELECT 1");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kConnection);
}

TEST(StoreNames, TellServersFromFiles) {
  for (const char* name : {"postgresql://h/d", "postgres://u@h", "host=h dbname=d", "service = s", "dbname=a=b",
                           "postgresql:/u:s3cret@h/d", "postgres:u:s3cret@h", "PostgreSQL://h", " host=h"}) {
    EXPECT_TRUE(IsPostgres(name)) << name;
  }
  for (const char* name : {"results.db", "target/a=b.db", "sqlite:host=h", "/x/postgresql://", "A=b.db", "=x", ""}) {
    EXPECT_FALSE(IsPostgres(name)) << name;
  }
  EXPECT_EQ(SqliteFile("sqlite:host=h"), "host=h");
  EXPECT_EQ(SqliteFile("a/b.db"), "a/b.db");
}

TEST(StoreNames, WithAPasswordAreInNoMessageAndMakeNoFile) {
  const TestFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder / "");
  for (const char* name :
       {"postgresql:/u:s3cret@h/d", "postgres:u:s3cret@h/d", "POSTGRES:///u:s3cret@h/d", "postgersql://u:s3cret@h/d",
        "postgresql://u:x@s3cret@h/d", "postgresql://u:s3cret/x@h/d", "postgresql://h:x/d?password=s3cret",
        "postgresql://u:12@s3cret@localhost:1/d", "host=h port=x password=s3cret", "user=u password='s3cret"}) {
    for (const OpenMode mode : {OpenMode::kExisting, OpenMode::kCreate}) {
      const auto opened = OpenStore(name, mode);
      ASSERT_FALSE(opened) << name;
      EXPECT_EQ(opened.error().code, ErrorCode::kConfiguration) << name;
      EXPECT_THAT(opened.error().message + opened.error().hint, Not(HasSubstr("s3cret"))) << name;
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder / "")) << name;
  }
  std::filesystem::current_path(before);
  for (const char* name : {"u:s3cret@h/d", "HOST=h PASSWORD=s3cret"}) {
    EXPECT_THAT(OpenStore((folder / name).string(), OpenMode::kExisting).error().message, Not(HasSubstr("s3cret")));
  }
}

TEST(OpenSqliteStore, LeavesAForeignDatabaseUntouched) {
  const TestFolder folder;
  MakeDatabase(folder / "foreign.db", "CREATE TABLE theirs (x)");
  const std::string before = ReadFile(folder / "foreign.db");
  const auto database = OpenStore(folder / "foreign.db", OpenMode::kCreate);
  ASSERT_FALSE(database);
  EXPECT_THAT(database.error().message, HasSubstr("another program's database"));
  EXPECT_EQ(ReadFile(folder / "foreign.db"), before);
}

// Both run when a store is read or written to, and may run for ever.
TEST(OpenSqliteStore, RefusesViewsAndTriggers) {
  for (const char* sql : {"CREATE VIEW endless AS SELECT 1",
                          "CREATE TRIGGER endless AFTER INSERT ON samples BEGIN "
                          "SELECT 1; END"}) {
    const TestFolder folder;
    {
      const auto store = OpenStore(folder / "results.db", OpenMode::kCreate);
      ASSERT_TRUE(store);
      ASSERT_TRUE((*store)->Execute(sql));
    }
    const auto again = OpenStore(folder / "results.db", OpenMode::kExisting);
    ASSERT_FALSE(again);
    EXPECT_NE(again.error().message.find("views or triggers"), std::string::npos) << again.error().message;
  }
}

TEST(OpenSqliteStore, RefusesAFileThatIsNoDatabase) {
  const TestFolder folder;
  WriteFile(folder / "text.db", std::string(5000, 'x'));
  const auto database = OpenStore(folder / "text.db", OpenMode::kCreate);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(ReadFile(folder / "text.db"), std::string(5000, 'x'));

  WriteFile(folder / "empty.db", "");
  EXPECT_FALSE(OpenStore(folder / "empty.db", OpenMode::kExisting));
  EXPECT_TRUE(OpenStore(folder / "empty.db", OpenMode::kCreate)) << "an empty file is a new database";
}

// A file as the first version left it.
void MakeFirstVersion(const std::filesystem::path& path) {
  MakeDatabase(path, ForSqlite(SchemaSteps()[0]) + R"sql(
PRAGMA application_id = 0x52425954;
PRAGMA user_version = 1;
INSERT INTO runs (id, pipeline, started_at, outcome, host_name, boot_id, pid, pid_started)
  VALUES (7, 'p', '2023-12-31T00:00:00Z', 'ok', 'h', 'b', 1, 2);
INSERT INTO run_streams VALUES (7, 0, 'users', 1, 2, 3, 4);
INSERT INTO campaigns VALUES ('old-1', '2024-01-01T00:00:00Z', '0123abc', 'main', 1, '18446744073709551615',
  'bench_events', 5000, 'PostgreSQL 15', 'hash', 'host', '6.1', 'cpu', 2, 4096,
  '{"modes":["insert","copy"],"iters":10,"warmup":1,"compression":"lz4","runtime":"aot"}');
INSERT INTO campaigns VALUES ('old-2', '2024-01-02T00:00:00Z', '0124', 'main', 0, '5', 'bench_events', 100, 'x', 'hash',
  'host', '6.1', 'cpu', 2, 4096, 'null');
INSERT INTO samples (campaign_id, block, position, warmup, timestamp, mode, aot, outcome, error, exit_code, wall_secs,
  user_secs, system_secs, max_rss_bytes, run) VALUES
  ('old-1', 0, 0, 1, '2024-01-01T00:00:01Z', 'copy', 1, 'ok', '', 0, 0.5, 0.1, 0.2, 5000000000, '{"records_read":5000}'),
  ('old-1', 0, 1, 1, '2024-01-01T00:00:02Z', 'insert', 0, 'failed', 'no room', 14, 0.7, 0.3, 0.4, 1024, NULL),
  ('old-1', 1, 0, 0, '2024-01-01T00:00:03Z', 'copy', 1, 'ok', '', 0, 0.25, 0.1, 0.2, 2048, '{"records_read":5000}'),
  ('old-2', 0, 0, 0, '2024-01-02T00:00:03Z', 'copy', 1, 'ok', '', 0, 0.125, 0.1, 0.2, 2048, NULL);
)sql");
}

TEST(OpenSqliteStore, BringsTheFirstVersionUpToDateWithoutLoss) {
  const TestFolder folder;
  MakeFirstVersion(folder / "old.db");
  auto store = SampleStore::OpenExisting(folder / "old.db");
  ASSERT_TRUE(store) << store.error().message;
  const auto campaigns = *store->Campaigns();
  ASSERT_THAT(campaigns, SizeIs(2));
  const record::Campaign& campaign = campaigns[1];
  EXPECT_EQ(campaign.id, "old-1");
  EXPECT_EQ(campaign.finished_at, "2024-01-01T00:00:03Z") << "nobody resumes it";
  EXPECT_EQ(campaign.scenario, record::kDefaultScenario);
  EXPECT_EQ(campaign.git_sha, "0123abc");
  EXPECT_TRUE(campaign.git_dirty);
  EXPECT_EQ(campaign.seed, 18'446'744'073'709'551'615u);
  EXPECT_EQ(campaign.blocks, 10u);
  EXPECT_EQ(campaign.warmup_blocks, 1u);
  EXPECT_EQ(campaign.host.memory_bytes, 4096u);
  EXPECT_EQ(campaign.settings["modes"][1], "copy");

  const auto samples = *store->Samples("old-1");
  ASSERT_THAT(samples, SizeIs(3));
  EXPECT_EQ(samples[0].cell,
            (record::CellKey{{"compression", "lz4"}, {"load_method", "copy"}, {"rows", "5000"}, {"runtime", "aot"}}));
  EXPECT_TRUE(samples[0].warmup);
  EXPECT_EQ(samples[0].max_rss_bytes, 5'000'000'000u);
  EXPECT_EQ(samples[0].run, nlohmann::json({{"records_read", 5000}}));
  EXPECT_EQ(samples[0].read_bytes, std::nullopt);
  EXPECT_EQ(samples[0].tree_rss_bytes, std::nullopt);
  EXPECT_EQ(samples[1].cell.at("runtime"), "native");
  EXPECT_EQ(samples[1].outcome, record::Outcome::kFailed);
  EXPECT_EQ(samples[1].error, "no room");
  EXPECT_EQ(samples[1].exit_code, 14);
  EXPECT_TRUE(samples[1].run.is_null());
  EXPECT_EQ(samples[2].cell, samples[0].cell);
  EXPECT_EQ(samples[2].wall_secs, 0.25);
  EXPECT_EQ(store->Samples("old-2")->front().cell,
            (record::CellKey{{"load_method", "copy"}, {"rows", "100"}, {"runtime", "aot"}}));
  EXPECT_EQ(*store->connection().QueryInteger("SELECT bytes_written FROM run_streams WHERE run_id = 7"), 4);
  EXPECT_EQ(*store->connection().QueryInteger("PRAGMA user_version"), SchemaVersion());
  EXPECT_THAT(*store->connection().QueryInteger(
                  "SELECT count(*) FROM sqlite_master WHERE type <> 'index' AND name LIKE '%\\_1' ESCAPE '\\'"),
              0);
}

// The cell that a row of old gets is the one that its line gets.
TEST(OpenSqliteStore, ARowOfOldAndItsLineHaveTheSameCell) {
  const TestFolder folder;
  MakeFirstVersion(folder / "old.db");
  auto store = SampleStore::OpenExisting(folder / "old.db");
  ASSERT_TRUE(store) << store.error().message;
  const auto line = record::ParseLine(
      R"({"campaign_id":"old-1","campaign_started_at":"","git_sha":"","bench_rows":5000,"mode":"copy","aot":true,)"
      R"("settings":{"compression":"lz4"},"block":0,"position":0,"outcome":"ok","wall_secs":1})");
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(store->Samples("old-1")->front().cell, line->sample.cell);
}

}  // namespace
}  // namespace rapidbyte::store
