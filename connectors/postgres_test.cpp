// Moving tables: what must be the same for every way of running the connectors and of loading.
#include "postgres_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;

struct Way {
  const char* name;
  const char* method;
  Runtime runtime;
};

class PostgresByEveryWay : public Postgres, public testing::WithParamInterface<Way> {
 protected:
  PostgresByEveryWay() { runtime_ = GetParam().runtime; }
};

INSTANTIATE_TEST_SUITE_P(Ways, PostgresByEveryWay,
                         testing::Values(Way{"native_copy", "copy", Runtime::kNative},
                                         Way{"native_insert", "insert", Runtime::kNative},
                                         Way{"aot_copy", "copy", Runtime::kAot},
                                         Way{"aot_insert", "insert", Runtime::kAot}),
                         [](const auto& way) { return std::string(way.param.name); });

TEST_P(PostgresByEveryWay, MovesTheNativeTypes) {
  Sql(R"(CREATE TABLE src.t (id int4 NOT NULL, b bool, s int2, l int8, r float4, d float8, t text, v varchar(9) NOT NULL,
           y bytea, day date, ts timestamp, ts3 timestamp(3), tz timestamptz, u uuid);
         INSERT INTO src.t VALUES
           (1, true, -32768, -9223372036854775808, 'NaN', '-Infinity', '', '', '', 'infinity', '-infinity',
            '2000-01-01 00:00:00.123', 'infinity', '00000000-0000-0000-0000-000000000000'),
           (2, false, 32767, 9223372036854775807, 'Infinity', 5e-324, 'größer 🐘', 'a,b"c', '\x00ff', '4713-01-01 BC',
            '1969-12-31 23:59:59.999999', '1999-12-31', '294246-12-31 00:00:00+00',
            'ffffffff-ffff-ffff-ffff-ffffffffffff'),
           (3, NULL, NULL, NULL, NULL, NULL, NULL, 'x', NULL, NULL, NULL, NULL, NULL, NULL);
         INSERT INTO src.t SELECT i, i % 2 = 0, i % 30000, i, i / 7.0, i / 7.0, repeat('x', i % 100), i,
           sha256(i::text::bytea), date '2000-01-01' + i, timestamp '2000-01-01' + i * interval '1 s', now(),
           now() + i * interval '1 h', gen_random_uuid() FROM generate_series(4, 20000) i)");
  const json answer = Move("t", {.method = GetParam().method});
  EXPECT_EQ(answer, json({{"rows", 20000}}));
  EXPECT_EQ(progress_rows_, 20000u);
  EXPECT_TRUE(Rows("src.t") == Rows("raw.t"));
  EXPECT_EQ(Columns("src"), Columns("raw"));
  EXPECT_THAT(phases_,
              ElementsAre(abi::Phase::kPrepare, abi::Phase::kTransfer, abi::Phase::kFinish, abi::Phase::kCommit));
}

TEST_P(PostgresByEveryWay, MovesEveryOtherTypeAsText) {
  Sql(R"(CREATE TYPE src."Mood of ""day""" AS ENUM ('fine', 'so, so'); CREATE DOMAIN src.positive AS int4 CHECK (VALUE > 0);
         CREATE TYPE src.pair AS (a int4, b text);
         CREATE TABLE src.t (n numeric, n2 numeric(20, 5), j json, jb jsonb NOT NULL, a int4[], ta text[], m src."Mood of ""day""",
           p src.positive, c char(5), q "char", i interval, ti time, tt timetz, ip inet, bits bit(3), x xml, r int4range,
           mo money, pr src.pair, na name, o oid, vec tsvector);
         INSERT INTO src.t VALUES
           (123456789012345678901234567890.12345, 1.5, '{"a":  1}', '{"b": [1, null]}', '{{1,2},{3,NULL}}', '{"a,b",NULL,""}',
            'so, so', 7, 'ab', 'q', '1 year -2 days 03:04:05.6', '24:00', '12:00+05:30', '10.0.0.0/8', B'101', '<a>1</a>',
            '[1,5)', 12.34, (1, 'x "y"'), 'name', 4000000000, 'fat cat'),
           ('NaN', NULL, NULL, '1', '{}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'empty', NULL,
            NULL, NULL, NULL, NULL))");
  EXPECT_EQ(Move("t", {.method = GetParam().method}), json({{"rows", 2}}));
  EXPECT_EQ(Rows("src.t"), Rows("raw.t"));
  EXPECT_EQ(Columns("src"), Columns("raw"));
}

TEST_P(PostgresByEveryWay, TakesAnyName) {
  Sql(R"(CREATE TABLE src."Größe ""x"" of;it" ("Id" int4, "a ""quoted"" näme" numeric, "select" text);
         INSERT INTO src."Größe ""x"" of;it" VALUES (1, 2.5, 'a'))");
  EXPECT_EQ(Move("Größe \"x\" of;it", {.method = GetParam().method}), json({{"rows", 1}}));
  EXPECT_EQ(Rows("raw.\"Größe \"\"x\"\" of;it\""), "(1,2.5,a)");
}

TEST_P(PostgresByEveryWay, AppendsAndReplaces) {
  Sql("CREATE TABLE src.t AS SELECT i AS id, i::numeric AS n FROM generate_series(1, 3) i");
  Move("t", {.method = GetParam().method});
  EXPECT_EQ(Move("t", {.method = GetParam().method}), json({{"rows", 3}}));
  EXPECT_EQ(Sql("SELECT count(*) FROM raw.t"), "6");
  EXPECT_EQ(Move("t", {.method = GetParam().method, .mode = "replace"}), json({{"rows", 3}}));
  EXPECT_EQ(Sql("SELECT count(*) FROM raw.t"), "3");
}

TEST_P(PostgresByEveryWay, MovesAnEmptyTable) {
  Sql("CREATE TABLE src.t (id int4, n numeric)");
  EXPECT_EQ(Move("t", {.method = GetParam().method}), json({{"rows", 0}}));
  EXPECT_EQ(Sql("SELECT count(*) FROM raw.t"), "0");
}

TEST_P(PostgresByEveryWay, LeavesNothingWhenTheSourceFails) {
  Sql("CREATE TABLE src.t AS SELECT i AS id FROM generate_series(1, 3) i; CREATE TABLE src.kept AS TABLE src.t");
  Move("kept", {.method = GetParam().method});
  Read("kept");
  queue_.failure = json{{"category", "transient_db"}, {"message", "the source broke"}, {"retryable", true}};
  const json answer = Write("kept", {.method = GetParam().method, .mode = "replace"});
  ExpectError(answer, "transient_db", "the source broke");
  EXPECT_EQ(answer["error"]["retryable"], true);
  EXPECT_EQ(answer["error"]["commit"], "none");
  EXPECT_EQ(Sql("SELECT count(*) FROM raw.kept"), "3");
}

TEST_P(PostgresByEveryWay, CastsIntoAnotherType) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id, '42'::text AS n, 2.5::numeric AS m, now()::date AS d; CREATE SCHEMA raw; "
      "CREATE TABLE raw.t (id int8, n int4, m float8, d timestamp)");
  EXPECT_EQ(Move("t", {.method = GetParam().method}), json({{"rows", 1}}));
  EXPECT_EQ(Sql("SELECT id, n, m, d = now()::date FROM raw.t"), "1|42|2.5|t");
}

TEST_P(PostgresByEveryWay, RefusesTypesThatDoNotFitBeforeTheFirstRow) {
  Sql("CREATE TABLE src.t AS SELECT true AS a; CREATE SCHEMA raw; CREATE TABLE raw.t (a timestamp)");
  ExpectError(Move("t", {.method = GetParam().method}), "schema", "\"a\"");
  EXPECT_EQ(queue_.messages.size(), 1u);  // the batch was not asked for
}

TEST_P(PostgresByEveryWay, RefusesAValueThatDoesNotFit) {
  Sql("CREATE TABLE src.t AS SELECT 'too long'::text AS a; CREATE SCHEMA raw; CREATE TABLE raw.t (a varchar(3))");
  ExpectError(Move("t", {.method = GetParam().method}), "data", "too long");
  EXPECT_EQ(Sql("SELECT count(*) FROM raw.t"), "0");
}

TEST_P(PostgresByEveryWay, RefusesToCutOffWhatTravelsAsText) {
  Sql("CREATE TABLE src.t AS SELECT 'too long'::name AS a; CREATE SCHEMA raw; CREATE TABLE raw.t (a char(3))");
  ExpectError(Move("t", {.method = GetParam().method}), "data", "too long");
}

TEST_P(PostgresByEveryWay, NoticesRowsThatTheServerDrops) {
  Sql("CREATE TABLE src.t AS SELECT i AS id, i::numeric AS n FROM generate_series(1, 10) i; CREATE SCHEMA raw; "
      "CREATE TABLE raw.t (id int4, n numeric); CREATE FUNCTION raw.drop_some() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN IF NEW.id > 7 THEN RETURN NULL; END IF; RETURN NEW; END'; CREATE TRIGGER drop_some BEFORE INSERT ON "
      "raw.t FOR EACH ROW EXECUTE FUNCTION raw.drop_some()");
  ExpectError(Move("t", {.method = GetParam().method}), "data", "7 of 10 rows");
  EXPECT_EQ(Sql("SELECT count(*) FROM raw.t"), "0");
}

TEST_P(PostgresByEveryWay, WritesIdentityColumns) {
  Sql("CREATE TABLE src.t AS SELECT 5 AS id, 1.5::numeric AS n; CREATE SCHEMA raw; "
      "CREATE TABLE raw.t (id int4 GENERATED ALWAYS AS IDENTITY, n numeric)");
  EXPECT_EQ(Move("t", {.method = GetParam().method}), json({{"rows", 1}}));
  EXPECT_EQ(Rows("raw.t"), "(5,1.5)");
}

TEST_P(PostgresByEveryWay, SaysThatAFailedCommitDidNotHappen) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id FROM generate_series(1, 2); CREATE SCHEMA raw; "
      "CREATE TABLE raw.t (id int4 UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  const json answer = Move("t", {.method = GetParam().method});
  ExpectError(answer, "data", "duplicate key");
  EXPECT_EQ(answer["error"]["commit"], "none");
}

TEST_P(PostgresByEveryWay, KeepsAsTextWhatTheServerDoesNotKnow) {
  Sql("CREATE TYPE src.mood AS ENUM ('fine'); CREATE TABLE src.t AS SELECT 1 AS id, 'fine'::src.mood AS m");
  if (Sql("SELECT count(*) FROM pg_database WHERE datname = 'other'") == "0") Sql("CREATE DATABASE other");
  EXPECT_EQ(Move("t", {.method = GetParam().method, .mode = "replace", .database = "other"})["rows"], 1);
  EXPECT_EQ(Sql("SELECT id, m, pg_typeof(m) FROM raw.t", "other"), "1|fine|text");
}

TEST_P(PostgresByEveryWay, NeedsNoMoreRightsThanItUses) {
  Sql("DROP ROLE IF EXISTS loader; CREATE ROLE loader LOGIN; CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; "
      "GRANT USAGE, CREATE ON SCHEMA raw TO loader");
  EXPECT_EQ(Move("t", {.method = GetParam().method, .user = "loader"}), json({{"rows", 1}}));
  Sql("CREATE TABLE raw.mine (id int4); ALTER TABLE src.t RENAME TO mine");
  ExpectError(Move("mine", {.method = GetParam().method, .user = "loader"}), "permission", "mine");
  Sql("DROP SCHEMA raw CASCADE; DROP ROLE loader");
}

}  // namespace
}  // namespace rapidbyte::test
