// Types at the destination: which a new table gets, how text becomes a value, whose names are meant.
#include "dest_postgres/type_map.h"
#include "postgres_fixture.h"

namespace rapidbyte::test {
namespace {

using dest_postgres::ParseTypeName;
using dest_postgres::PinnedTypeName;
using dest_postgres::TypeName;
using nlohmann::json;
using testing::HasSubstr;

TEST(ParseTypeName, TakesQualifiedNamesApart) {
  auto parsed = [](std::string_view printed) {
    const TypeName type = ParseTypeName(printed);
    return type.schema + "|" + type.name + "|" + type.rest;
  };
  EXPECT_EQ(parsed("public.citext"), "public|citext|");
  EXPECT_EQ(parsed("public.geometry(Point,4326)"), "public|geometry|(Point,4326)");
  EXPECT_EQ(parsed("public.mood[]"), "public|mood|[]");
  EXPECT_EQ(parsed(R"("My Schema"."a ""b"".c"(3)[])"), R"(My Schema|a "b".c|(3)[])");
  EXPECT_EQ(parsed("größe.typ"), "größe|typ|");
  EXPECT_EQ(parsed("numeric(10,2)"), "|numeric(10,2)|");
  EXPECT_EQ(parsed("\"char\"[]"), "|\"char\"[]|");
  EXPECT_EQ(parsed("timestamp(3) with time zone"), "|timestamp(3) with time zone|");
  EXPECT_EQ(parsed("\"open.ended"), "|\"open.ended|");
}

// A source's server could answer anything, and what it answers goes into the destination's CREATE TABLE.
TEST(IsModifier, IsNotSqlOfTheSources) {
  for (const char* modifier : {"", "(10,2)", "(Point,4326)", "(-3)", "[]", "(3)[][]", "(day to second)"}) {
    EXPECT_TRUE(dest_postgres::IsModifier(modifier)) << modifier;
  }
  for (const char* sql : {"; DROP TABLE t", "(1); DROP TABLE t", "(1))", "(1", "(1) DEFAULT now()", "[]x", "('a')",
                          "(\"a\")", "(1)/**/", "[", "(1)[1]", " COLLATE \"C\"", "(now())"}) {
    EXPECT_FALSE(dest_postgres::IsModifier(sql)) << sql;
  }
}

TEST(PinnedTypeName, MeansTheSameUnderEverySearchPath) {
  EXPECT_EQ(PinnedTypeName("jsonb"), "pg_catalog.jsonb");
  EXPECT_EQ(PinnedTypeName("\"char\""), "pg_catalog.\"char\"");
  EXPECT_EQ(PinnedTypeName("uuid[]"), "pg_catalog.uuid[]");
  EXPECT_EQ(PinnedTypeName("public.uuid"), "public.uuid");
  for (const char* grammar : {"numeric(10,2)", "character varying(9)", "timestamp(3) without time zone",
                              "bit varying(3)", "interval day to second(3)", "double precision", "integer[]"}) {
    EXPECT_EQ(PinnedTypeName(grammar), grammar);
  }
}

class DestinationTypes : public Postgres, public testing::WithParamInterface<const char*> {
 protected:
  static Options ByMethod() {
    Options options;
    options.method = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Methods, DestinationTypes, testing::Values("copy", "insert"),
                         [](const auto& method) { return std::string(method.param); });

// A database of its own for a destination that has other types than the source.
void MakeOther(const std::string& sql) {
  Cluster().Psql("DROP DATABASE IF EXISTS other_types");
  Cluster().Psql("CREATE DATABASE other_types");
  const std::string made = Cluster().Psql(sql, "other_types");
  EXPECT_EQ(made.find("ERROR"), std::string::npos) << made;
}

TEST_P(DestinationTypes, FindsTypesInTheSchemasWhereTheyAre) {
  Sql("CREATE TYPE src.mood AS ENUM ('fine'); CREATE TYPE src.size AS ENUM ('big'); CREATE TYPE src.twice AS ENUM "
      "('x'); CREATE DOMAIN src.uuid AS text; CREATE DOMAIN src.code AS varchar(9); CREATE TABLE src.t (a src.mood, "
      "b src.size[], c src.twice, d src.uuid, e src.code, f numeric(10,2), g varchar(9)[], h interval day to "
      "second(3)); INSERT INTO src.t VALUES ('fine', '{big}', 'x', 'not a uuid', 'c', 1.25, '{abc}', '1 day')");
  MakeOther(
      "CREATE SCHEMA src; CREATE TYPE src.mood AS ENUM ('fine'); CREATE SCHEMA elsewhere; CREATE TYPE elsewhere.mood "
      "AS ENUM ('worse'); CREATE TYPE elsewhere.size AS ENUM ('big'); CREATE TYPE elsewhere.twice AS ENUM ('x'); "
      "CREATE SCHEMA third; CREATE TYPE third.twice AS ENUM ('x'); CREATE TABLE third.code ()");
  Options options = ByMethod();
  options.database = "other_types";
  const json answer = Move("t", options);
  EXPECT_EQ(answer["rows"], 1) << answer;
  EXPECT_EQ(Sql("SELECT string_agg(format_type(atttypid, atttypmod), ' ' ORDER BY attnum) FROM pg_attribute WHERE "
                "attrelid = 'raw.t'::regclass AND attnum > 0",
                "other_types"),
            "src.mood elsewhere.size[] text text text numeric(10,2) character varying(9)[] interval day to second(3)");
  EXPECT_EQ(Rows("raw.t", "other_types"), "(fine,{big},x,\"not a uuid\",c,1.25,{abc},\"1 day\")");
  ASSERT_EQ(answer["notes"].size(), 4u) << answer;
  EXPECT_THAT(answer["notes"][0].get<std::string>(), HasSubstr("created as elsewhere.size[]"));
  EXPECT_THAT(answer["notes"][1].get<std::string>(), HasSubstr("elsewhere.twice, third.twice"));
  EXPECT_THAT(answer["notes"][2].get<std::string>(), HasSubstr("no type \"src\".\"uuid\""));
  EXPECT_THAT(answer["notes"][3].get<std::string>(), HasSubstr("\"e\""));
}

TEST_P(DestinationTypes, PrefersAnExtensionsType) {
  Sql("CREATE TYPE src.citext AS ENUM ('A'); CREATE TABLE src.t AS SELECT 'A'::src.citext AS v");
  MakeOther(
      "CREATE SCHEMA own; CREATE DOMAIN own.citext AS text; CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA "
      "extensions");
  Options options = ByMethod();
  options.database = "other_types";
  const json answer = Move("t", options);
  EXPECT_EQ(answer["rows"], 1) << answer;
  EXPECT_EQ(Sql("SELECT pg_typeof(v), v OPERATOR(extensions.=) 'a' FROM raw.t", "other_types"), "extensions.citext|t");
}

TEST_P(DestinationTypes, GoesThroughTheInputFunctionPastUsersCasts) {
  Sql("CREATE TYPE src.mood AS ENUM ('sad', 'ok'); CREATE FUNCTION src.cheer(text) RETURNS src.mood LANGUAGE sql AS "
      "$$SELECT 'ok'::src.mood$$; CREATE CAST (text AS src.mood) WITH FUNCTION src.cheer(text); CREATE DOMAIN "
      "src.feeling AS src.mood; CREATE TABLE src.t (a text, b text); INSERT INTO src.t VALUES ('sad', 'sad'); CREATE "
      "SCHEMA raw; CREATE TABLE raw.t (a src.mood, b src.feeling)");
  EXPECT_EQ(Move("t", ByMethod())["rows"], 1);
  EXPECT_EQ(Rows("raw.t"), "(sad,sad)");
  Sql("TRUNCATE raw.t; CREATE FUNCTION src.cheer(varchar) RETURNS src.mood LANGUAGE sql AS $$SELECT "
      "'ok'::src.mood$$; CREATE CAST (varchar AS src.mood) WITH FUNCTION src.cheer(varchar)");
  const json answer = Move("t", ByMethod());
  ExpectError(answer, "schema", "src.cheer(text)");
  ExpectError(answer, "schema", "\"a\"");
}

TEST_P(DestinationTypes, TakesTextOfTypesWhoseCastsAreTheServersOwn) {
  Sql("CREATE EXTENSION IF NOT EXISTS citext SCHEMA public; CREATE TABLE src.t (a text, b text, c text, d text, e "
      "text, f text, g text); INSERT INTO src.t VALUES ('-', 'pg_catalog.pg_class', 'ab  ', 'Ab', '<a/>', 'q', "
      "'name'); CREATE SCHEMA raw; CREATE TABLE raw.t (a regclass, b regclass, c bpchar, d public.citext, e xml, f "
      "\"char\", g name)");
  EXPECT_EQ(Move("t", ByMethod())["rows"], 1);
  EXPECT_EQ(Sql("SELECT a, b::oid, '[' || c::text || ']', octet_length(c), d = 'aB', e, f, g FROM raw.t"),
            "-|1259|[ab]|4|t|<a/>|q|name");
}

TEST_P(DestinationTypes, CutsNothingOffForADomain) {
  Sql("CREATE DOMAIN src.three AS varchar(3); CREATE TABLE src.t AS SELECT 'abcdef'::text AS v; CREATE SCHEMA raw; "
      "CREATE TABLE raw.t (v src.three)");
  ExpectError(Move("t", ByMethod()), "data", "too long");
  EXPECT_EQ(Rows("raw.t"), "");
}

TEST_P(DestinationTypes, DoesNotTakeAUsersTypeForTheServers) {
  Sql("CREATE DOMAIN src.uuid AS text; CREATE TYPE src.date AS ENUM ('today'); CREATE TABLE src.t (u src.uuid, d "
      "src.date); INSERT INTO src.t VALUES ('no uuid', 'today')");
  EXPECT_EQ(Move("t", ByMethod())["rows"], 1);
  EXPECT_EQ(Rows("raw.t"), "(\"no uuid\",today)");
}

TEST_P(DestinationTypes, MeansTheServersOwnNamesUnderAHostileSearchPath) {
  Sql("DROP SCHEMA IF EXISTS hostile CASCADE; DROP ROLE IF EXISTS victim; CREATE ROLE victim LOGIN; CREATE SCHEMA "
      "hostile; CREATE DOMAIN hostile.text AS pg_catalog.int4; CREATE DOMAIN hostile.int4 AS pg_catalog.text; CREATE "
      "DOMAIN hostile.jsonb AS pg_catalog.text; CREATE DOMAIN hostile.date AS pg_catalog.text; CREATE FUNCTION "
      "hostile.trap() RETURNS pg_catalog.bool LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''trapped''; END'; CREATE "
      "FUNCTION hostile.unnest(anyarray) RETURNS SETOF anyelement LANGUAGE sql AS 'SELECT $1[1] WHERE "
      "hostile.trap()'; CREATE FUNCTION hostile.to_regclass(pg_catalog.text) RETURNS pg_catalog.regclass LANGUAGE "
      "sql AS 'SELECT ''pg_class''::regclass WHERE hostile.trap()'; CREATE FUNCTION hostile.eq(pg_catalog.name, "
      "pg_catalog.name) RETURNS pg_catalog.bool LANGUAGE sql AS 'SELECT hostile.trap()'; CREATE OPERATOR hostile.= "
      "(LEFTARG = pg_catalog.name, RIGHTARG = pg_catalog.name, FUNCTION = hostile.eq); CREATE VIEW hostile.pg_class "
      "AS SELECT 1 AS oid WHERE hostile.trap(); CREATE VIEW hostile.pg_type AS SELECT 1 AS oid WHERE hostile.trap(); "
      "GRANT USAGE ON SCHEMA hostile TO victim; ALTER ROLE victim SET search_path = hostile, pg_catalog; CREATE "
      "TABLE src.t AS SELECT 1 AS i, 'x' AS x, date '2024-01-02' AS d, jsonb '{\"a\": 1}' AS j; CREATE SCHEMA raw; "
      "GRANT USAGE, CREATE ON SCHEMA raw TO victim");
  for (const char* way : {"append", "truncate", "staged", "delete", "swap"}) {
    Read("t");
    Options options = ByMethod();
    options.user = "victim";
    options.mode = way == std::string("append") ? "append" : "replace";
    options.replace_by = way;
    const json answer = Write("t", options);
    EXPECT_EQ(answer, json({{"rows", 1}})) << way;
    EXPECT_EQ(Rows("raw.t"), "(1,x,2024-01-02,\"{\"\"a\"\": 1}\")") << way;
  }
  EXPECT_EQ(Columns("src"), Columns("raw"));
  TestHost destination("dest-postgres", runtime_, Target("postgres", "victim"), queue_);
  Open(destination, "destination", {{"schema", "raw"}});
  const json checked = destination.Run(abi::Export::kValidate, {{"streams", {{{"name", "t"}, {"columns", nullptr}}}},
                                                                {"write_mode", "append"},
                                                                {"load_method", GetParam()},
                                                                {"replace_by", "truncate"}});
  EXPECT_EQ(checked.value("findings", json()), json::array());
  Sql("DROP SCHEMA raw, hostile CASCADE; DROP ROLE victim");
}

TEST_P(DestinationTypes, NamesWhereAValueDoesNotFit) {
  Sql("CREATE TABLE src.t AS SELECT i AS id, '1'::text AS a, CASE i WHEN 777 THEN 'x' ELSE '1' END AS b FROM "
      "generate_series(1, 1000) i; CREATE SCHEMA raw; CREATE TABLE raw.t (id int8, a int4, b int4)");
  const json answer = Move("t", ByMethod());
  ExpectError(answer, "data", GetParam() == std::string("copy") ? "row 777, column \"b\"" : "rows 1 to 1000");
  ExpectError(answer, "data", "\"x\"");
  EXPECT_EQ(Rows("raw.t"), "");
}

TEST_P(DestinationTypes, NamesWhereAValueIsTooLong) {
  Sql("CREATE TABLE src.t AS SELECT i AS id, repeat('x', i) AS a FROM generate_series(1, 10) i; CREATE SCHEMA raw; "
      "CREATE TABLE raw.t (id numeric, a varchar(8))");
  const json answer = Move("t", ByMethod());
  ExpectError(answer, "data", GetParam() == std::string("copy") ? "row 9, column \"a\"" : "rows 1 to 10");
}

class DestinationNames : public Postgres {};

TEST_F(DestinationNames, SayWhatHasTaken) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.other (id int4)");
  const std::pair<const char*, const char*> takers[] = {
      {"CREATE SEQUENCE raw.t", "a sequence"},
      {"CREATE INDEX t ON raw.other (id)", "an index"},
      {"CREATE MATERIALIZED VIEW raw.t AS SELECT 1 AS id", "a materialized view"},
      {"CREATE TYPE raw.t AS (id int4)", "a composite type"},
      {"CREATE TYPE raw.t AS ENUM ('a')", "a type"},
      {"CREATE DOMAIN raw.t AS int4", "a type"},
  };
  for (const auto& [create, what] : takers) {
    Sql(create);
    const json answer = Move("t");
    ExpectError(answer, "schema", "is taken by " + std::string(what));
    EXPECT_NE(answer["error"]["hint"], "");
    Sql("DROP SCHEMA raw CASCADE; CREATE SCHEMA raw; CREATE TABLE raw.other (id int4)");
  }
}

TEST_F(DestinationNames, AnArraysTypeGivesWay) {
  Sql("CREATE TABLE src._other AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.other (id int4)");
  EXPECT_EQ(Move("_other")["rows"], 1);
}

TEST_F(DestinationNames, CopyBypassesNoRule) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.t (id int4); CREATE TABLE raw.log "
      "(id int4); CREATE RULE told AS ON INSERT TO raw.t DO ALSO INSERT INTO raw.log VALUES (NEW.id)");
  ExpectError(Move("t"), "schema", "told");
  EXPECT_EQ(Rows("raw.t"), "");
  EXPECT_EQ(Move("t", {.method = "insert"})["rows"], 1);
  EXPECT_EQ(Rows("raw.log"), "(1)");
}

TEST_F(DestinationNames, ARuleThatInsertsNothingIsNoticed) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.t (id int4); CREATE RULE nothing AS "
      "ON INSERT TO raw.t DO INSTEAD NOTHING");
  ExpectError(Move("t"), "schema", "nothing");
  ExpectError(Move("t", {.method = "insert"}), "data", "0 of 1 rows");
}

TEST_F(DestinationNames, AViewTakesRowsByEitherMethod) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.below (id int4); CREATE VIEW raw.t "
      "AS SELECT id FROM raw.below");
  EXPECT_EQ(Move("t")["rows"], 1);
  EXPECT_EQ(Move("t", {.method = "insert"})["rows"], 1);
  EXPECT_EQ(Move("t", {.mode = "replace", .replace_by = "delete"})["rows"], 1);
  EXPECT_EQ(Rows("raw.below"), "(1)");
  ExpectError(Move("t", {.mode = "replace"}), "schema", "is not a table");
}

TEST_F(DestinationNames, AViewThatTakesNoRowsIsRefusedBeforeTheFirst) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE VIEW raw.t AS SELECT 1 AS id");
  ExpectError(Move("t"), "schema", "cannot insert into view");
  EXPECT_EQ(queue_.messages.size(), 1u);
}

}  // namespace
}  // namespace rapidbyte::test
