// Locks at the destination: types that change while a run waits, runs that meet, waits that end.
#include <future>

#include "test_session.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;

struct Mode {
  const char* name;
  const char* method;
  const char* mode;
  const char* replace_by;
};

class DestinationLock : public Postgres {
 protected:
  // Writes the queue's rows while this thread goes on.
  std::future<json> WriteMeanwhile(const std::string& table, const Options& options) {
    return std::async(std::launch::async, [this, table, options] { return Write(table, options); });
  }
};

class DestinationLockByMode : public DestinationLock, public testing::WithParamInterface<Mode> {
 protected:
  static Options ByMode() {
    Options options;
    options.method = GetParam().method;
    options.mode = GetParam().mode;
    options.replace_by = GetParam().replace_by;
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(
    Modes, DestinationLockByMode,
    testing::Values(Mode{"append_copy", "copy", "append", ""}, Mode{"append_insert", "insert", "append", ""},
                    Mode{"truncate", "copy", "replace", "truncate"}, Mode{"staged", "copy", "replace", "staged"},
                    Mode{"delete", "copy", "replace", "delete"}, Mode{"swap", "copy", "replace", "swap"}),
    [](const auto& mode) { return std::string(mode.param.name); });

// The order in which a type's change comes first: the run waits for it, and then loads by the new type.
TEST_P(DestinationLockByMode, LoadsByTheTypeThatAWaitEndsWith) {
  Sql("CREATE TABLE src.t AS SELECT timestamptz '2024-01-02 03:04:05.678+00' AS v, 7::int8 AS n; CREATE SCHEMA raw; "
      "CREATE TABLE raw.t (v int8, n float8)");
  Read("t");
  TestSession other;
  other.Run("BEGIN; ALTER TABLE raw.t ALTER v TYPE timestamptz USING to_timestamp(v), ALTER n TYPE int8");
  std::future<json> answer = WriteMeanwhile("t", ByMode());
  AwaitLockWait();
  other.Run("COMMIT");
  EXPECT_EQ(answer.get()["rows"], 1);
  EXPECT_EQ(Sql("SET timezone = 'UTC'; SELECT v, n FROM raw.t"), "2024-01-02 03:04:05.678+00|7");
}

TEST_P(DestinationLockByMode, RefusesATypeThatAWaitEndsWith) {
  Sql("CREATE TABLE src.t AS SELECT 7::int8 AS v; CREATE SCHEMA raw; CREATE TABLE raw.t AS SELECT 5::int8 AS v");
  Read("t");
  TestSession other;
  other.Run("BEGIN; ALTER TABLE raw.t ALTER v TYPE timestamptz USING to_timestamp(v)");
  std::future<json> answer = WriteMeanwhile("t", ByMode());
  AwaitLockWait();
  other.Run("COMMIT");
  ExpectError(answer.get(), "schema", "\"v\"");
  EXPECT_EQ(Sql("SET timezone = 'UTC'; SELECT v FROM raw.t"), "1970-01-01 00:00:05+00") << "the destination is whole";
}

// The other order: the run has begun, and the change waits for its end.
TEST_P(DestinationLockByMode, HoldsTypesUntilItsEnd) {
  Sql("CREATE TABLE src.t AS SELECT 7::int8 AS v; CREATE SCHEMA raw; CREATE TABLE raw.t (v int8)");
  Read("t");
  TestSession other;
  Options options = ByMode();
  options.at_phase = [&other](TestHost&, abi::Phase phase) {
    if (phase != abi::Phase::kTransfer) return;
    other.Start("ALTER TABLE raw.t ALTER v TYPE numeric");
    AwaitLockWait();
  };
  EXPECT_EQ(Write("t", options)["rows"], 1);
  other.Finish();  // by swap it finds the new table
  EXPECT_EQ(Sql("SELECT v FROM raw.t"), "7");
}

TEST_P(DestinationLockByMode, EndsAWaitThatIsTooLong) {
  Sql("CREATE TABLE src.t AS SELECT 7 AS v; CREATE SCHEMA raw; CREATE TABLE raw.t AS SELECT 5 AS v");
  Read("t");
  TestSession other;
  other.Run("SET application_name = 'somebody'; BEGIN; LOCK TABLE raw.t");
  Options options = ByMode();
  options.lock_wait_timeout_ms = 200;
  const json answer = Write("t", options);
  ExpectError(answer, "transient_db", "\"raw\".\"t\"");
  EXPECT_THAT(answer["error"]["message"].get<std::string>(), testing::HasSubstr("somebody: AccessExclusiveLock"));
  EXPECT_THAT(answer["error"]["hint"].get<std::string>(), testing::HasSubstr("destination.config.lock_wait_timeout"));
  EXPECT_EQ(answer["error"]["retryable"], true);
  EXPECT_EQ(answer["error"]["sqlstate"], "55P03");
  other.Run("COMMIT");
  EXPECT_EQ(Sql("SELECT v FROM raw.t"), "5");
}

// Readers are held off from the first row on by truncate, for the last part by staged and swap, and never by delete.
TEST_P(DestinationLockByMode, HoldsReadersOffForItsExclusivePart) {
  Sql("CREATE TABLE src.t AS SELECT 7 AS v; CREATE SCHEMA raw; CREATE TABLE raw.t AS SELECT 5 AS v");
  Read("t");
  Options options = ByMode();
  std::string read_while_loading;
  options.at_phase = [&](TestHost&, abi::Phase phase) {
    if (phase == abi::Phase::kTransfer) read_while_loading = Cluster().Psql("SET lock_timeout = 100; TABLE raw.t");
  };
  EXPECT_EQ(Write("t", options)["rows"], 1);
  const bool held_off = GetParam().replace_by == std::string("truncate");
  EXPECT_THAT(read_while_loading, testing::HasSubstr(held_off ? "lock timeout" : "5"));
}

TEST_P(DestinationLockByMode, IsAloneInReplacing) {
  Sql("CREATE TABLE src.t AS SELECT 7 AS v; CREATE SCHEMA raw; CREATE TABLE raw.t AS SELECT 5 AS v");
  Read("t");
  Queue rows = queue_;
  json second;
  std::future<json> meanwhile;
  Options options = ByMode();
  options.at_phase = [&](TestHost&, abi::Phase phase) {
    if (phase != abi::Phase::kTransfer || GetParam().mode == std::string("append")) return;
    meanwhile = std::async(std::launch::async, [&] {
      TestHost destination("dest-postgres", Runtime::kNative, Target("postgres", Cluster().user()), rows);
      Open(destination, "destination", {{"schema", "raw"}});
      return destination.Run(abi::Export::kRunWrite, {{"stream", {{"name", "t"}}},
                                                      {"write_mode", "replace"},
                                                      {"load_method", "copy"},
                                                      {"replace_by", GetParam().replace_by}});
    });
    AwaitLockWait();
  };
  EXPECT_EQ(Write("t", options)["rows"], 1);
  if (!meanwhile.valid()) return;
  EXPECT_EQ(meanwhile.get()["rows"], 1);
  EXPECT_EQ(Sql("SELECT v FROM raw.t"), "7") << "once, not twice";
}

TEST_F(DestinationLock, StartsOverAfterADeadlock) {
  Sql("CREATE TABLE src.t AS SELECT 7 AS v; CREATE SCHEMA raw; CREATE TABLE raw.t (v int4) PARTITION BY LIST (v); "
      "CREATE TABLE raw.part PARTITION OF raw.t DEFAULT; INSERT INTO raw.t VALUES (5)");
  Sql("ALTER DATABASE postgres SET deadlock_timeout = '3s'");
  Read("t");
  TestSession other;
  // TRUNCATE has the table and waits for the partition; then the other waits for the table. The run finds the deadlock.
  other.Run("SET deadlock_timeout = '1h'");
  other.Run("BEGIN; TABLE raw.part");
  Options options;
  options.mode = "replace";
  std::future<json> answer = WriteMeanwhile("t", options);
  AwaitLockWait();
  other.Start("TABLE raw.t; COMMIT");
  EXPECT_EQ(answer.get()["rows"], 1);
  other.Finish();
  EXPECT_EQ(Sql("SELECT v FROM raw.t"), "7");
  EXPECT_EQ(Sql("SELECT deadlocks > 0 FROM pg_stat_database WHERE datname = current_database()"), "t");
  Sql("ALTER DATABASE postgres RESET deadlock_timeout");
}

TEST_F(DestinationLock, TwoFirstRunsIntoAMissingSchemaSucceed) {
  Sql("CREATE TABLE src.t AS SELECT 7 AS v");
  Read("t");
  TestSession other;
  other.Run("BEGIN; CREATE SCHEMA raw; CREATE TABLE raw.t (v int4)");
  std::future<json> answer = WriteMeanwhile("t", {});
  AwaitLockWait();
  other.Run("INSERT INTO raw.t VALUES (1); COMMIT");
  EXPECT_EQ(answer.get()["rows"], 1);
  EXPECT_EQ(Rows("raw.t"), "(1)\n(7)");
}

TEST_F(DestinationLock, TwoFirstRunsIntoAMissingTableSucceed) {
  Sql("CREATE TABLE src.t AS SELECT 7 AS v; CREATE SCHEMA raw");
  Read("t");
  TestSession other;
  other.Run("BEGIN; CREATE TABLE raw.t (v int4)");
  std::future<json> answer = WriteMeanwhile("t", {});
  AwaitLockWait();
  other.Run("COMMIT");
  EXPECT_EQ(answer.get()["rows"], 1);
  EXPECT_EQ(Rows("raw.t"), "(7)");
}

TEST_F(DestinationLock, DoesNotLockOthersOutOfASchemaThatItCreates) {
  Sql("CREATE TABLE src.t AS SELECT 7 AS v");
  Read("t");
  Options options;
  options.at_phase = [](TestHost&, abi::Phase phase) {
    if (phase == abi::Phase::kTransfer) Sql("SET lock_timeout = 1000; CREATE TABLE raw.another (v int4)");
  };
  EXPECT_EQ(Write("t", options)["rows"], 1);
}

TEST_F(DestinationLock, DoesNotLoadATableIntoItself) {
  Sql("CREATE TABLE src.t AS SELECT 7 AS v");
  net::PostgresTarget by_address = Target("postgres", Cluster().user());
  by_address.host = "127.0.0.1";
  by_address.password = Cluster().password();
  for (const char* mode : {"append", "replace"}) {
    queue_.messages.clear();
    Read("t");
    TestSession other;
    other.Run("BEGIN; LOCK TABLE src.t");  // who is refused need not wait for it
    TestHost destination("dest-postgres", runtime_, by_address, queue_);
    Open(destination, "destination", {{"schema", "src"}, {"lock_wait_timeout_ms", 1000}});
    const json answer = destination.Run(abi::Export::kRunWrite,
                                        {{"stream", {{"name", "t"}}}, {"write_mode", mode}, {"load_method", "copy"}});
    ExpectError(answer, "config", "the stream's own source");
  }
  EXPECT_EQ(Rows("src.t"), "(7)");
}

TEST_F(DestinationLock, NeedsInsertOnItsColumnsOnly) {
  Sql("DROP ROLE IF EXISTS inserter; CREATE ROLE inserter LOGIN; CREATE TABLE src.t AS SELECT 7 AS v; CREATE SCHEMA "
      "raw; CREATE TABLE raw.t (v int4, w int4); GRANT USAGE ON SCHEMA raw TO inserter; GRANT INSERT (v) ON raw.t TO "
      "inserter");
  Options options;
  options.user = "inserter";
  EXPECT_EQ(Move("t", options)["rows"], 1);
  EXPECT_EQ(Rows("raw.t"), "(7,)");
  Sql("DROP SCHEMA raw CASCADE; DROP ROLE inserter");
}

TEST_F(DestinationLock, EvaluatesNothingByLocking) {
  Sql("CREATE TABLE src.t AS SELECT 7 AS v FROM generate_series(1, 3); CREATE SCHEMA raw; CREATE SEQUENCE raw.s; "
      "CREATE TABLE raw.t (v int4, n int8 DEFAULT nextval('raw.s'))");
  EXPECT_EQ(Move("t")["rows"], 3);
  EXPECT_EQ(Sql("SELECT min(n), max(n) FROM raw.t"), "1|3");
}

}  // namespace
}  // namespace rapidbyte::test
