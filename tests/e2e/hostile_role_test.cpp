// Roles whose settings change what SQL means, how values are written and how long anything may take: a table of every
// type goes through unchanged.
#include <gtest/gtest.h>

#include "every_type.h"
#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

const std::vector<std::pair<std::string, std::string>> kSettings = {
    {"statement_timeout", "'50ms'"},
    {"lock_timeout", "'50ms'"},
    {"idle_in_transaction_session_timeout", "'50ms'"},
    {"default_transaction_isolation", "'serializable'"},
    {"default_transaction_deferrable", "on"},
    {"search_path", "hostile, pg_catalog"},
    {"DateStyle", "'German'"},
    {"IntervalStyle", "'sql_standard'"},
    {"TimeZone", "'Asia/Kathmandu'"},
    {"timezone_abbreviations", "'Australia'"},
    {"client_encoding", "'LATIN1'"},
    {"bytea_output", "'escape'"},
    {"array_nulls", "off"},
    {"extra_float_digits", "0"},
    {"xmloption", "'document'"},
    {"xmlbinary", "'hex'"},
    {"quote_all_identifiers", "on"},
    {"standard_conforming_strings", "off"},
    {"backslash_quote", "off"},
    {"escape_string_warning", "on"},
    {"transform_null_equals", "on"},
    {"row_security", "off"},
    {"check_function_bodies", "off"},
    {"default_table_access_method", "'heap'"},
    {"client_min_messages", "'debug5'"},
    {"enable_seqscan", "off"},
    {"work_mem", "'64kB'"},
};

class HostileRole : public testing::Test {
 protected:
  void SetUp() override {
    std::string role =
        "DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; DROP SCHEMA IF EXISTS hostile CASCADE; "
        "CREATE SCHEMA src; CREATE SCHEMA hostile; DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = "
        "'hostile') THEN DROP OWNED BY hostile; DROP ROLE hostile; END IF; END $$; CREATE ROLE hostile LOGIN; GRANT "
        "CREATE ON DATABASE postgres TO hostile; GRANT USAGE ON SCHEMA src, hostile TO hostile; ";
    for (const auto& [name, value] : kSettings) role += "ALTER ROLE hostile SET " + name + " = " + value + "; ";
    Server::Get().Sql(role + kNativeTypes + kOtherTypes +
                      "CREATE TABLE src.every AS SELECT * FROM src.native LEFT JOIN src.other USING (id); CREATE VIEW "
                      "src.slow AS SELECT every.*, pg_sleep(0.1)::text AS slept FROM src.every WHERE id <= 3; "
                      "INSERT INTO src.every (id, x, iv, f8, ta) VALUES (0, 'no <b>document</b>', '-1 mons +2 days "
                      "-03:00', 1e-320, '{NULL,\"NULL\"}'); GRANT SELECT ON ALL TABLES IN SCHEMA src TO hostile");
  }

  static RunResult Move(PipelineSpec spec) {
    spec.source_user = spec.destination_user = "hostile";
    return RunPipeline(spec);
  }

  // The text of each row, in both directions.
  static void ExpectSame(const std::string& table) {
    const std::string here = "(SELECT t::text FROM src." + table + " t)";
    const std::string there = "(SELECT t::text FROM raw." + table + " t)";
    EXPECT_EQ(
        Server::Get().Sql("SET extra_float_digits = 3; SELECT (SELECT count(*) FROM (" + here + " EXCEPT ALL " + there +
                          ") d) || ' ' || (SELECT count(*) FROM (" + there + " EXCEPT ALL " + here + ") d)"),
        "0 0");
    const std::string columns =
        "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute "
        "WHERE attnum > 0 AND attrelid = ";
    EXPECT_EQ(Server::Get().Sql(columns + "'src." + table + "'::regclass"),
              Server::Get().Sql(columns + "'raw." + table + "'::regclass"));
  }
};

TEST_F(HostileRole, EveryTypeGoesThroughUnchanged) {
  for (const char* runtime : {"aot", "native"}) {
    for (const char* method : {"copy", "insert"}) {
      SCOPED_TRACE(std::string(runtime) + " " + method);
      const RunResult run =
          Move({.streams = {"every"}, .load_method = method, .runtime = runtime, .write_mode = "replace"});
      ASSERT_EQ(run.exit_code, 0) << run.err;
      EXPECT_EQ(run.line.at("records_written"), 30001);
      ExpectSame("every");
    }
  }
}

// Into types that others have chosen, by casts of the server.
TEST_F(HostileRole, WhatIsCastAtTheDestinationGoesThroughUnchanged) {
  Server::Get().Sql(
      "CREATE TABLE src.texts AS SELECT id, d::text, ts::text, tz::text, f8::text, y::text, iv::text, a::text, "
      "ta::text, x::text FROM src.every; GRANT SELECT ON src.texts TO hostile; CREATE SCHEMA raw; GRANT ALL ON SCHEMA "
      "raw TO hostile; CREATE TABLE raw.texts AS SELECT id, d, ts, tz, f8, y, iv, a, ta, x FROM src.every LIMIT 0; "
      "ALTER TABLE raw.texts OWNER TO hostile");
  for (const char* method : {"copy", "insert"}) {
    const RunResult run = Move({.streams = {"texts"}, .load_method = method, .write_mode = "replace"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM (SELECT t::text FROM (SELECT id, d, ts, tz, f8, y, iv, a, ta, x "
                                "FROM src.every) t EXCEPT ALL SELECT t::text FROM raw.texts t) d"),
              "0");
  }
}

// What a user may have put before the server's own on the search_path.
TEST_F(HostileRole, TheServersOwnNamesKeepTheirMeaning) {
  Server::Get().Sql(
      "CREATE DOMAIN hostile.text AS pg_catalog.text; CREATE DOMAIN hostile.uuid AS pg_catalog.text; CREATE DOMAIN "
      "hostile.jsonb AS pg_catalog.text; CREATE TABLE hostile.pg_class (oid int4); CREATE TABLE hostile.pg_attribute "
      "(oid int4); CREATE FUNCTION hostile.equal(pg_catalog.text, pg_catalog.text) RETURNS bool LANGUAGE sql AS "
      "'SELECT false'; CREATE OPERATOR hostile.= (LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text, FUNCTION = "
      "hostile.equal); CREATE FUNCTION hostile.unnest(anyarray) RETURNS SETOF anyelement LANGUAGE sql AS 'SELECT "
      "NULL::int4 WHERE false'; CREATE FUNCTION hostile.count() RETURNS int8 LANGUAGE sql AS 'SELECT 7::int8'");
  for (const char* method : {"copy", "insert"}) {
    SCOPED_TRACE(method);
    Server::Get().Sql("DROP SCHEMA IF EXISTS raw CASCADE");
    const RunResult run = Move({.streams = {"every"}, .load_method = method});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    ExpectSame("every");
  }
}

// Longer than any limit of the role: the reading, the loading, and the wait of each side for the other.
TEST_F(HostileRole, LimitsOfTimeDoNotEndARun) {
  Server::Get().Sql(
      "CREATE SCHEMA raw; GRANT ALL ON SCHEMA raw TO hostile; CREATE TABLE raw.native (LIKE src.native); ALTER TABLE "
      "raw.native OWNER TO hostile; CREATE FUNCTION raw.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id "
      "% 10000 = 0 THEN PERFORM pg_sleep(0.1); END IF; RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON "
      "raw.native FOR EACH ROW EXECUTE FUNCTION raw.slow()");
  for (const char* method : {"copy", "insert"}) {
    Other blocker;
    blocker.Run("BEGIN; LOCK TABLE raw.native; LOCK TABLE src.native");
    PipelineSpec spec{.streams = {"slow", "native"}, .load_method = method, .write_mode = "replace"};
    spec.source_user = spec.destination_user = "hostile";
    BackgroundRun run(spec);
    AwaitLockWaits();
    blocker.Run("SELECT pg_sleep(0.2); COMMIT");
    ASSERT_EQ(run.Wait().exit_code, 0) << run.Wait().err;
    ExpectSame("native");
    EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.slow"), "4");
  }
}

TEST_F(HostileRole, AReadOnlyRoleReadsAndDoesNotWrite) {
  Server::Get().Sql("ALTER ROLE hostile SET default_transaction_read_only = on");
  PipelineSpec spec{.streams = {"every"}};
  spec.source_user = "hostile";
  ASSERT_EQ(RunPipeline(spec).exit_code, 0);
  ExpectSame("every");
  const RunResult run = Move({.streams = {"other"}});
  EXPECT_EQ(run.exit_code, 14) << run.err;
  EXPECT_NE(run.err.find("read-only transaction"), std::string::npos) << run.err;
  EXPECT_EQ(Server::Get().Sql("SELECT to_regclass('raw.other') IS NULL"), "t");
}

}  // namespace
}  // namespace rapidbyte::e2e
