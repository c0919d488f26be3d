// Every type and every way through: what arrives is what was there, value by value and type by type.
#include <gtest/gtest.h>

#include "every_type.h"
#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

struct Way {
  std::string runtime;
  std::string load_method;
  std::string compression;
};

void PrintTo(const Way& way, std::ostream* out) {
  *out << way.runtime << "_" << way.load_method << "_" << way.compression;
}

constexpr const char* kHardNames = R"(
  CREATE TABLE src."Ünï ""cøde"" Table" (
    "Id" int4 NOT NULL, "with space" text, "quo""te" text, "select" int4, "日本" text, "a.b" numeric(6,2));
  INSERT INTO src."Ünï ""cøde"" Table" SELECT g, 'v' || g, NULL, g, '値', g / 4.0 FROM generate_series(1, 1000) g;)";

class RoundTrip : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    Server::Get().Sql("DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA src");
    Server::Get().Sql("DROP SCHEMA IF EXISTS raw CASCADE; DROP SCHEMA IF EXISTS src CASCADE", "other");
  }

  PipelineSpec Spec(const std::string& stream) const {
    PipelineSpec spec;
    spec.streams = {stream};
    spec.runtime = GetParam().runtime;
    spec.load_method = GetParam().load_method;
    spec.compression = GetParam().compression;
    return spec;
  }
};

std::string Columns(const std::string& schema, const std::string& table, const std::string& database = "postgres") {
  return Server::Get().Sql(
      "SET search_path = pg_catalog; SELECT string_agg(format('%s %s %s', attname, format_type(atttypid, atttypmod), "
      "attnotnull), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '" +
          schema + "." + table + "'::regclass AND attnum > 0 AND NOT attisdropped",
      database);
}

void ExpectSame(const std::string& table, const std::string& database = "postgres") {
  EXPECT_EQ(Content("src." + table), Content("raw." + table, database));
}

TEST_P(RoundTrip, NativeTypes) {
  Server::Get().Sql(kNativeTypes);
  const RunResult run = RunPipeline(Spec("native"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  ExpectSame("native");
  EXPECT_EQ(Columns("src", "native"), Columns("raw", "native"));
  EXPECT_EQ(run.line.at("records_read"), 30000);
  EXPECT_EQ(run.line.at("records_written"), 30000);
}

TEST_P(RoundTrip, EveryOtherTypeAsText) {
  Server::Get().Sql(kOtherTypes);
  const RunResult run = RunPipeline(Spec("other"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  ExpectSame("other");
  EXPECT_EQ(Columns("src", "other"), Columns("raw", "other"));
}

TEST_P(RoundTrip, IntoAnotherDatabaseTextWhereTheTypeIsMissing) {
  Server::Get().Sql(kOtherTypes);
  PipelineSpec spec = Spec("other");
  spec.destination_database = "other";
  const RunResult run = RunPipeline(spec);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  ExpectSame("other", "other");
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM pg_attribute WHERE attrelid = 'raw.other'::regclass AND attname IN "
                              "('m', 'p', 'c') AND atttypid = 'text'::regtype",
                              "other"),
            "3");
  EXPECT_EQ(Server::Get().Sql("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = "
                              "'raw.other'::regclass AND attname = 'n2'",
                              "other"),
            "numeric(20,5)");
}

TEST_P(RoundTrip, HardNames) {
  Server::Get().Sql(kHardNames);
  const RunResult run = RunPipeline(Spec("Ünï \"cøde\" Table"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  ExpectSame("\"Ünï \"\"cøde\"\" Table\"");
  EXPECT_EQ(run.line.at("records_written"), 1000);
}

TEST_P(RoundTrip, RowsLargerThanABatchAndEmptyTables) {
  Server::Get().Sql(
      "CREATE TABLE src.big (id int4, t text); INSERT INTO src.big SELECT g, repeat(md5(g::text), 100000) "
      "FROM generate_series(1, 5) g; CREATE TABLE src.empty (id int4, t text)");
  PipelineSpec big = Spec("big");
  big.max_batch_bytes = "65536";
  const RunResult run = RunPipeline(big);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  ExpectSame("big");
  const RunResult empty = RunPipeline(Spec("empty"));
  ASSERT_EQ(empty.exit_code, 0) << empty.err;
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.empty"), "0");
}

std::vector<Way> Ways() {
  std::vector<Way> ways;
  for (const char* runtime : {"aot", "native"}) {
    for (const char* method : {"insert", "copy"}) {
      for (const char* codec : {"none", "lz4", "zstd"}) ways.push_back({runtime, method, codec});
    }
  }
  return ways;
}

INSTANTIATE_TEST_SUITE_P(All, RoundTrip, testing::ValuesIn(Ways()), [](const auto& param) {
  return param.param.runtime + "_" + param.param.load_method + "_" + param.param.compression;
});

}  // namespace
}  // namespace rapidbyte::e2e
