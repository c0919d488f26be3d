// append and replace: atomic per stream, and honest about a destination that does not fit.
#include <gtest/gtest.h>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

using testing::Test;

class WriteMode : public Test {
 protected:
  void SetUp() override { MakeSourceTable(100); }
  static std::string Rows() { return Server::Get().Sql("SELECT count(*) FROM raw.t"); }
};

TEST_F(WriteMode, AppendAddsAndReplaceReplaces) {
  PipelineSpec spec;
  ASSERT_EQ(RunPipeline(spec).exit_code, 0);
  ASSERT_EQ(RunPipeline(spec).exit_code, 0);
  EXPECT_EQ(Rows(), "200");
  spec.write_mode = "replace";
  ASSERT_EQ(RunPipeline(spec).exit_code, 0);
  EXPECT_EQ(Rows(), "100");
}

TEST_F(WriteMode, ReplaceKeepsIndexesAndGrants) {
  ASSERT_EQ(RunPipeline({}).exit_code, 0);
  Server::Get().Sql("CREATE UNIQUE INDEX t_id ON raw.t (id)");
  PipelineSpec spec;
  spec.write_mode = "replace";
  ASSERT_EQ(RunPipeline(spec).exit_code, 0);
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM pg_indexes WHERE schemaname = 'raw' AND tablename = 't'"), "1");
}

TEST_F(WriteMode, FailedReplaceLeavesTheOldRows) {
  ASSERT_EQ(RunPipeline({}).exit_code, 0);
  Server::Get().Sql("INSERT INTO src.t VALUES (7, 'a second seven'); CREATE UNIQUE INDEX t_id ON raw.t (id)");
  for (const char* method : {"copy", "insert"}) {
    PipelineSpec spec;
    spec.write_mode = "replace";
    spec.load_method = method;
    const RunResult run = RunPipeline(spec);
    EXPECT_EQ(run.exit_code, 14) << run.err;
    EXPECT_NE(run.err.find("t_id"), std::string::npos) << run.err;
    EXPECT_EQ(Rows(), "100");
  }
}

TEST_F(WriteMode, OtherTypesAtTheDestinationAreConvertedNotReinterpreted) {
  Server::Get().Sql("CREATE SCHEMA raw; CREATE TABLE raw.t (name varchar(10), id float8, extra int4 DEFAULT 5)");
  for (const char* method : {"copy", "insert"}) {
    PipelineSpec spec;
    spec.load_method = method;
    const RunResult run = RunPipeline(spec);
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }
  EXPECT_EQ(Server::Get().Sql("SELECT sum(id) || ' ' || min(name) || ' ' || sum(extra) FROM raw.t"), "10100 n1 1000");
}

TEST_F(WriteMode, AMissingColumnIsNamed) {
  Server::Get().Sql("CREATE SCHEMA raw; CREATE TABLE raw.t (id int4)");
  const RunResult run = RunPipeline({});
  EXPECT_EQ(run.exit_code, 14) << run.err;
  EXPECT_NE(run.err.find("name"), std::string::npos) << run.err;
  EXPECT_EQ(Rows(), "0");
}

TEST_F(WriteMode, SelectedColumnsOnly) {
  PipelineSpec spec;
  spec.columns = "[name]";
  ASSERT_EQ(RunPipeline(spec).exit_code, 0);
  EXPECT_EQ(Server::Get().Sql("SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = 'raw.t'::regclass "
                              "AND attnum > 0"),
            "name");
}

TEST_F(WriteMode, GeneratedAndIdentityColumnsAndPartitionsAndViews) {
  Server::Get().Sql(
      "CREATE TABLE src.g (id int4 GENERATED ALWAYS AS IDENTITY, n int4, twice int4 GENERATED ALWAYS AS (n * 2) "
      "STORED);"
      "INSERT INTO src.g (n) SELECT g FROM generate_series(1, 50) g;"
      "CREATE TABLE src.p (id int4, n int4) PARTITION BY RANGE (id);"
      "CREATE TABLE src.p1 PARTITION OF src.p FOR VALUES FROM (0) TO (50);"
      "CREATE TABLE src.p2 PARTITION OF src.p FOR VALUES FROM (50) TO (1000);"
      "INSERT INTO src.p SELECT g, g FROM generate_series(1, 100) g;"
      "CREATE VIEW src.v AS SELECT id, upper(name) AS name FROM src.t");
  for (const char* stream : {"g", "p", "v"}) {
    PipelineSpec spec;
    spec.streams = {stream};
    const RunResult run = RunPipeline(spec);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(Content(std::string("src.") + stream), Content(std::string("raw.") + stream));
  }
}

}  // namespace
}  // namespace rapidbyte::e2e
