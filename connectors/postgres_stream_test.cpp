// What the PostgreSQL connectors make of tables, streams and rights, whichever way they run.
#include "postgres_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;

TEST_F(Postgres, BatchesHaveTheRowsAskedFor) {
  Sql("CREATE TABLE src.t AS SELECT i AS id FROM generate_series(1, 20) i");
  EXPECT_EQ(Move("t", {.batch_rows = 7}), json({{"rows", 20}}));
  EXPECT_EQ(read_batches_, 3u);
  EXPECT_EQ(Rows("src.t"), Rows("raw.t"));
}

TEST_F(Postgres, SelectsColumnsInTheOrderAskedFor) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS a, 2 AS b, 3 AS c");
  EXPECT_EQ(Move("t", {.columns = {"c", "a"}}), json({{"rows", 1}}));
  EXPECT_EQ(Rows("raw.t"), "(3,1)");
}

TEST_F(Postgres, ReadsViewsPartitionsAndComputedColumns) {
  Sql("CREATE TABLE src.t (a int4, b int4 GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY RANGE (a); "
      "CREATE TABLE src.t1 PARTITION OF src.t DEFAULT; INSERT INTO src.t VALUES (4)",
      "postgres");
  EXPECT_EQ(Move("t"), json({{"rows", 1}}));
  EXPECT_EQ(Rows("raw.t"), "(4,8)");
  Sql("CREATE VIEW src.v AS SELECT b FROM src.t");
  EXPECT_EQ(Move("v"), json({{"rows", 1}}));
  EXPECT_EQ(Rows("raw.v"), "(8)");
}

TEST_F(Postgres, ReadsOnPastNotices) {
  Sql("CREATE FUNCTION src.loud(i int4) RETURNS int4 LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''row %'', i; RETURN i; "
      "END'; CREATE VIEW src.v AS SELECT src.loud(i) AS id FROM generate_series(1, 1000) i");
  EXPECT_EQ(Move("v"), json({{"rows", 1000}}));
  EXPECT_EQ(Sql("SELECT sum(id) FROM raw.v"), "500500");
}

TEST_F(Postgres, PassesOnAnErrorInTheMiddleOfRows) {
  Sql("CREATE VIEW src.v AS SELECT 100 / (5000 - i) AS id FROM generate_series(1, 9000) i");
  ExpectError(Read("v"), "data", "division by zero");
}

TEST_F(Postgres, NamesWhatIsMissingInTheSource) {
  Sql("CREATE TABLE src.t (id int4)");
  ExpectError(Read("nowhere"), "schema", "\"src\".\"nowhere\"");
  ExpectError(Read("t", {.columns = {"ID"}}), "schema", "\"ID\"");
}

TEST_F(Postgres, NamesWhatIsMissingInTheDestination) {
  Sql("CREATE TABLE src.t (a int4, b int4, c int4); CREATE SCHEMA raw; CREATE TABLE raw.t (b int4)");
  const json answer = Move("t");
  ExpectError(answer, "schema", "\"a\"");
  ExpectError(answer, "schema", "\"c\"");
}

TEST_F(Postgres, RefusesToWriteAComputedColumn) {
  Sql("CREATE TABLE src.t (a int4, b int4); CREATE SCHEMA raw; "
      "CREATE TABLE raw.t (a int4, b int4 GENERATED ALWAYS AS (a * 2) STORED)");
  ExpectError(Move("t"), "schema", "\"b\"");
}

TEST_F(Postgres, ReplaceKeepsATableThatOthersReferTo) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.t (id int4 PRIMARY KEY); "
      "CREATE TABLE raw.child (id int4 REFERENCES raw.t); INSERT INTO raw.t VALUES (9)");
  ExpectError(Move("t", {.mode = "replace"}), "schema", "foreign key");
  EXPECT_EQ(Rows("raw.t"), "(9)");
}

TEST_F(Postgres, MovesSeveralStreamsOverOneConnection) {
  Sql("CREATE TABLE src.a AS SELECT 1 AS id, 1.5::numeric AS n; CREATE TABLE src.b AS TABLE src.a");
  TestHost source("source-postgres", runtime_, Target("postgres", Cluster().user()), queue_);
  Open(source, "source", {{"schema", "src"}}, {{{"name", "a"}}, {{"name", "b"}}});
  TestHost destination("dest-postgres", runtime_, Target("postgres", Cluster().user()), queue_);
  Open(destination, "destination", {{"schema", "raw"}});
  for (const char* table : {"a", "b"}) {
    source.Run(
        abi::Export::kRunRead,
        {{"stream", {{"name", table}, {"columns", nullptr}}}, {"max_batch_bytes", 1 << 20}, {"max_batch_rows", 100}});
    const json answer = destination.Run(
        abi::Export::kRunWrite, {{"stream", {{"name", table}}}, {"write_mode", "append"}, {"load_method", "copy"}});
    EXPECT_EQ(answer, json({{"rows", 1}}));
  }
}

TEST_F(Postgres, DiscoversTablesAndColumns) {
  Sql("CREATE TABLE src.\"T\" (a int4 NOT NULL, b numeric(10,2)); CREATE VIEW src.v AS SELECT 1 AS x");
  TestHost source("source-postgres", runtime_, Target("postgres", Cluster().user()), queue_);
  Open(source, "source", {{"schema", "src"}});
  const json expected = json::parse(R"json({"streams": [
    {"name": "T", "columns": [{"name": "a", "type": "integer", "not_null": true},
                              {"name": "b", "type": "numeric(10,2)", "not_null": false}]},
    {"name": "v", "columns": [{"name": "x", "type": "integer", "not_null": false}]}]})json");
  EXPECT_EQ(source.Run(abi::Export::kDiscover, json::object()), expected);
}

}  // namespace
}  // namespace rapidbyte::test
