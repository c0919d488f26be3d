// What check says against what a run does: for each obstacle, check names it and the run fails; with the obstacle out
// of the way, check finds nothing and the run succeeds.
#include "check_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// One obstacle of a source: how it comes about, how it goes away, and what check says of it.
struct SourceCase {
  const char* name;
  const char* obstacle;
  const char* remedy;
  const char* said;
  json columns = nullptr;
  bool only = false;
  json config = json::object();
  json remedy_config = json::object();
};

void PrintTo(const SourceCase& param, std::ostream* out) { *out << param.name; }

class CheckSourceTruth : public Check, public testing::WithParamInterface<SourceCase> {};

TEST_P(CheckSourceTruth, SaysWhatTheRunDoes) {
  const SourceCase& param = GetParam();
  Options options = {
      .columns = param.columns, .source_user = "reader", .source_config = param.config, .only = param.only};
  Sql(param.obstacle);
  const json answer = CheckSource("t", options);
  EXPECT_THAT(Found(answer, "error"), testing::ElementsAre(HasSubstr(param.said))) << answer;
  const json failed = Read("t", options);
  ASSERT_TRUE(failed.contains("error")) << "check said: " << answer;
  EXPECT_THAT(failed["error"]["message"].get<std::string>(), HasSubstr(param.said));
  queue_.messages.clear();

  if (*param.remedy != '\0') Sql(param.remedy);
  options.source_config = param.remedy_config;
  EXPECT_THAT(Found(CheckSource("t", options), "error"), testing::ElementsAre());
  const json moved = Read("t", options);
  EXPECT_FALSE(moved.contains("error")) << moved;
}

#define TABLE "CREATE TABLE src.t AS SELECT 1 AS id, 's'::text AS secret; "
#define READABLE TABLE "GRANT SELECT ON src.t TO reader; "

INSTANTIATE_TEST_SUITE_P(
    Obstacles, CheckSourceTruth,
    testing::Values(
        SourceCase{"NoSchema", "ALTER SCHEMA src RENAME TO elsewhere",
                   "ALTER SCHEMA elsewhere RENAME TO src; " READABLE, "there is no schema \"src\""},
        SourceCase{"NoTable", "SELECT 1", READABLE, "there is no table or view \"src\".\"t\""},
        SourceCase{"NoUsage", READABLE "REVOKE USAGE ON SCHEMA src FROM reader", "GRANT USAGE ON SCHEMA src TO reader",
                   "may not use the schema"},
        SourceCase{"NoSelect", TABLE, "GRANT SELECT ON src.t TO reader", "may not read \"src\".\"t\""},
        SourceCase{"AColumnIsNotGranted",
                   TABLE "GRANT SELECT (id) ON src.t TO reader",
                   "GRANT SELECT (secret) ON src.t TO reader",
                   "may not read \"secret\"",
                   {"id", "secret"}},
        SourceCase{"AllColumnsWhereSomeAreGranted", TABLE "GRANT SELECT (id) ON src.t TO reader",
                   "GRANT SELECT ON src.t TO reader", "may not read \"secret\""},
        SourceCase{"NoSuchColumn",
                   READABLE,
                   "ALTER TABLE src.t RENAME secret TO gone",
                   "has no column \"gone\"",
                   {"id", "gone"}},
        SourceCase{"NoColumns", "CREATE TABLE src.t (); GRANT SELECT ON src.t TO reader",
                   "ALTER TABLE src.t ADD id int4", "has no columns"},
        SourceCase{"OnlyOfAView", "CREATE VIEW src.t AS SELECT 1 AS id; GRANT SELECT ON src.t TO reader",
                   "DROP VIEW src.t; " READABLE, "only: true", nullptr, true},
        SourceCase{"NoDataInAMaterializedView",
                   "CREATE MATERIALIZED VIEW src.t AS SELECT 1 AS id WITH NO DATA; GRANT SELECT ON src.t TO reader",
                   "REFRESH MATERIALIZED VIEW src.t", "has not been populated"},
        SourceCase{"NoDataBeneathAView",
                   "CREATE MATERIALIZED VIEW src.m AS SELECT 1 AS id WITH NO DATA; CREATE VIEW src.t AS SELECT id FROM "
                   "src.m; GRANT SELECT ON src.t TO reader",
                   "REFRESH MATERIALIZED VIEW src.m", "has not been populated"},
        SourceCase{"TheOwnerOfAViewMayNotRead",
                   "CREATE TABLE src.b AS SELECT 1 AS id; CREATE VIEW src.t AS SELECT id FROM src.b; ALTER VIEW src.t "
                   "OWNER TO owner; GRANT SELECT ON src.t TO reader; GRANT USAGE ON SCHEMA src TO owner",
                   "GRANT SELECT ON src.b TO owner", "permission denied for table b"},
        SourceCase{"RowLevelSecurity",
                   READABLE "ALTER TABLE src.t ENABLE ROW LEVEL SECURITY",
                   "SELECT 1",
                   "row-level security",
                   nullptr,
                   false,
                   json::object(),
                   {{"row_security", "filter"}}},
        SourceCase{
            "RowLevelSecurityBeneathAView",
            "CREATE TABLE src.b AS SELECT 1 AS id; ALTER TABLE src.b ENABLE ROW LEVEL SECURITY; CREATE VIEW src.t "
            "AS SELECT id FROM src.b; ALTER VIEW src.t OWNER TO owner; GRANT SELECT ON src.b TO owner; GRANT "
            "USAGE ON SCHEMA src TO owner; GRANT SELECT ON src.t TO reader",
            "ALTER TABLE src.b DISABLE ROW LEVEL SECURITY", "row-level security"},
        SourceCase{"ATypeThatHoldsNames",
                   "CREATE TABLE src.t AS SELECT ARRAY['pg_class'::regclass] AS v; GRANT SELECT "
                   "ON src.t TO reader",
                   "ALTER TABLE src.t ALTER v TYPE text USING v::text", "cannot be carried"},
        SourceCase{"OneConnectionWhereTwoAreNeeded",
                   TABLE "GRANT SELECT (id) ON src.t TO reader; ALTER ROLE reader CONNECTION LIMIT 1",
                   "ALTER ROLE reader CONNECTION LIMIT -1",
                   "too many connections",
                   {"id"}}),
    [](const testing::TestParamInfo<SourceCase>& param) { return std::string(param.param.name); });

TEST_F(Check, GrantsOnTheSelectedColumnsAreEnough) {
  Sql(TABLE "GRANT SELECT (id) ON src.t TO reader");
  const json answer = CheckSource("t", {.columns = {"id"}, .source_user = "reader"});
  EXPECT_EQ(answer.at("findings"), json::array());
  ASSERT_EQ(answer.at("streams").size(), 1u);
  EXPECT_EQ(answer["streams"][0]["columns"], json::parse(R"([{"name": "id", "type": "integer", "not_null": false}])"));
}

TEST_F(Check, EverythingIsSaidAtOnceAndTheRestIsDescribed) {
  Sql(TABLE
      "CREATE TABLE src.u (id int4); CREATE MATERIALIZED VIEW src.m AS SELECT 1 AS id WITH NO DATA; CREATE TABLE "
      "src.locked (id int4)");
  TestSession other;
  other.Run("BEGIN; LOCK TABLE src.locked");
  json streams = json::array();
  for (const char* name : {"t", "gone", "m", "lost", "locked", "u"}) {
    streams.push_back({{"name", name}, {"columns", name == std::string("u") ? json({"id", "v"}) : json()}});
  }
  const json answer = CheckStreams(streams, {});
  EXPECT_THAT(Found(answer, "error"),
              testing::ElementsAre(HasSubstr("gone: there is no table"), HasSubstr("m: materialized view"),
                                   HasSubstr("lost: there is no table"),
                                   HasSubstr("u: the source table \"src\".\"u\" "
                                             "has no column \"v\"")));
  EXPECT_THAT(Found(answer, "note"), testing::ElementsAre(HasSubstr("locked: another session holds a lock")));
  std::string described;
  for (const json& stream : answer.at("streams")) {
    described += stream.at("name").get<std::string>() + (stream.at("columns").is_null() ? "? " : " ");
  }
  EXPECT_EQ(described, "t gone? m lost? locked? u? ");
}

TEST_F(Check, WhatIsTheSameForAllStreamsIsSaidOnce) {
  Sql(TABLE "REVOKE USAGE ON SCHEMA src FROM reader");
  const json answer = CheckStreams({{{"name", "t"}}, {{"name", "u"}}}, {.source_user = "reader"});
  EXPECT_THAT(Found(answer, "error"), testing::ElementsAre(": the source's role may not use the schema \"src\""));
}

TEST_F(Check, AForeignServerThatIsNotThereIsFound) {
  Sql("CREATE EXTENSION IF NOT EXISTS postgres_fdw; DROP SERVER IF EXISTS away CASCADE; CREATE SERVER away FOREIGN "
      "DATA "
      "WRAPPER postgres_fdw OPTIONS (host '/nonexistent', dbname 'postgres'); CREATE USER MAPPING FOR CURRENT_USER "
      "SERVER "
      "away; CREATE FOREIGN TABLE src.t (id int4) SERVER away OPTIONS (schema_name 'src', table_name 'b'); CREATE "
      "TABLE "
      "src.b AS SELECT 1 AS id");
  EXPECT_THAT(Found(CheckSource("t", {}), "error"), testing::ElementsAre(HasSubstr("could not connect to server")));
  ExpectError(Read("t"), "transient_network", "could not connect to server");
  Sql("ALTER SERVER away OPTIONS (SET host '" + Cluster().socket_dir() + "', ADD port '" +
      std::to_string(Cluster().port()) + "')");
  EXPECT_THAT(Found(CheckSource("t", {}), "error"), testing::ElementsAre());
  EXPECT_EQ(Read("t"), json({{"rows", 1}}));
}

TEST_F(Check, LeavesNothingBehind) {
  Sql(TABLE "CREATE MATERIALIZED VIEW src.m AS SELECT 1 AS id WITH NO DATA");
  const std::unique_ptr<TestHost> source = OpenSource({});
  source->Run(abi::Export::kValidate, {{"streams", {{{"name", "t"}}, {{"name", "m"}}}}});
  AwaitTrue("SELECT count(*) = 0 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'");
  AwaitTrue("SELECT count(*) = 0 FROM pg_locks WHERE relation::regclass::text LIKE 'src.%'");
}

}  // namespace
}  // namespace rapidbyte::test
