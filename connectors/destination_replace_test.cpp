// The ways of replacing what is there: what each keeps, what each refuses, and what a failure leaves.
#include "postgres_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class DestinationReplace : public Postgres, public testing::WithParamInterface<std::tuple<const char*, const char*>> {
 protected:
  static Options ByWay() {
    Options options;
    options.mode = "replace";
    options.method = std::get<0>(GetParam());
    options.replace_by = std::get<1>(GetParam());
    return options;
  }
  static bool Is(const char* replace_by) { return std::get<1>(GetParam()) == std::string(replace_by); }
};

INSTANTIATE_TEST_SUITE_P(Ways, DestinationReplace,
                         testing::Combine(testing::Values("copy", "insert"),
                                          testing::Values("truncate", "staged", "delete", "swap")),
                         [](const auto& way) {
                           return std::string(std::get<0>(way.param)) + "_" + std::get<1>(way.param);
                         });

TEST_P(DestinationReplace, ReplacesAndCasts) {
  Sql("CREATE TABLE src.t AS SELECT i AS id, i::numeric AS n FROM generate_series(1, 30) i; CREATE SCHEMA raw; "
      "CREATE TABLE raw.t (id int8 PRIMARY KEY, n text DEFAULT 'x'); INSERT INTO raw.t VALUES (1), (99)");
  EXPECT_EQ(Move("t", ByWay())["rows"], 30);
  EXPECT_EQ(Sql("SELECT count(*), sum(id), sum(n::int4) FROM raw.t"), "30|465|465");
  EXPECT_EQ(Move("t", ByWay())["rows"], 30) << "once more, over its own rows";
  EXPECT_EQ(Sql("SELECT count(*) FROM raw.t"), "30");
}

TEST_P(DestinationReplace, CreatesWhatIsNotThere) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id");
  EXPECT_EQ(Move("t", ByWay())["rows"], 1);
  EXPECT_EQ(Rows("raw.t"), "(1)");
}

TEST_P(DestinationReplace, LeavesEverythingWhereTheLastRowFails) {
  Sql("CREATE TABLE src.t AS SELECT nullif(i, 30) AS id FROM generate_series(1, 30) i; CREATE SCHEMA raw; CREATE "
      "TABLE raw.t (id int4 NOT NULL); INSERT INTO raw.t VALUES (99)");
  ExpectError(Move("t", ByWay()), "data", "\"id\"");
  EXPECT_EQ(Rows("raw.t"), "(99)");
  EXPECT_EQ(Sql("SELECT count(*) FROM pg_class WHERE relname LIKE '%rapidbyte%'"), "0");
}

TEST_P(DestinationReplace, LeavesEverythingWhereTheSourceFails) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.t AS SELECT 99 AS id");
  Read("t");
  queue_.failure = json{{"category", "transient_db"}, {"message", "the source broke"}};
  ExpectError(Write("t", ByWay()), "transient_db", "the source broke");
  EXPECT_EQ(Rows("raw.t"), "(99)");
}

TEST_P(DestinationReplace, KeepsGrantsOwnerIndexesAndSettings) {
  Sql("DROP ROLE IF EXISTS holder, viewer; CREATE ROLE holder; CREATE ROLE viewer; CREATE TABLE src.t AS SELECT 1 AS "
      "id, 'a' AS v, 3 AS s; CREATE SCHEMA raw; GRANT USAGE, CREATE ON SCHEMA raw TO holder; CREATE TABLE raw.t "
      "(gone int4, id int4 CONSTRAINT the_key PRIMARY KEY, v text CONSTRAINT not_b CHECK (v <> 'b') DEFAULT 'd', s "
      "serial) WITH (fillfactor = 70); ALTER TABLE raw.t DROP gone; CREATE INDEX the_index ON raw.t (lower(v)) WHERE "
      "id > 0; COMMENT ON TABLE raw.t IS 'the comment'; GRANT SELECT ON raw.t TO viewer WITH GRANT OPTION; GRANT "
      "UPDATE (v) ON raw.t TO viewer; GRANT SELECT ON raw.t TO PUBLIC; ALTER TABLE raw.t OWNER TO holder; ALTER "
      "TABLE raw.t ALTER v SET STATISTICS 7; ALTER DEFAULT PRIVILEGES IN SCHEMA raw GRANT DELETE ON TABLES TO viewer");
  const std::string facts =
      "SELECT relacl::text, relowner::regrole, reloptions, obj_description(oid, 'pg_class'), (SELECT "
      "string_agg(attname || coalesce(attacl::text, '') || attstattarget, ';' ORDER BY attnum) FROM pg_attribute "
      "WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped), (SELECT string_agg(indexrelid::regclass::text || "
      "coalesce(pg_get_expr(indexprs, indrelid), ''), ';' ORDER BY indexrelid) FROM pg_index WHERE indrelid = "
      "c.oid), (SELECT string_agg(conname::text || contype::text, ';' ORDER BY conname) FROM pg_constraint WHERE "
      "conrelid = c.oid), pg_get_serial_sequence('raw.t', 's') FROM pg_class c WHERE oid = 'raw.t'::regclass";
  const std::string before = Sql(facts);
  EXPECT_EQ(Move("t", ByWay())["rows"], 1);
  EXPECT_EQ(Sql(facts), before);
  EXPECT_EQ(Sql("INSERT INTO raw.t (id) VALUES (2) RETURNING v, s"), "d|1");
  Sql("DROP SCHEMA raw CASCADE; DROP OWNED BY holder, viewer; DROP ROLE holder, viewer");
}

TEST_P(DestinationReplace, NeverLosesAView) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.t AS SELECT 99 AS id; CREATE VIEW "
      "raw.v AS SELECT id FROM raw.t");
  const json answer = Move("t", ByWay());
  if (Is("swap")) {
    ExpectError(answer, "schema", "view raw.v");
  } else {
    EXPECT_EQ(answer["rows"], 1) << answer;
  }
  EXPECT_EQ(Rows("raw.v"), Is("swap") ? "(99)" : "(1)");
}

TEST_P(DestinationReplace, NeverTakesRowsOfOtherTablesAlong) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.t (id int4 PRIMARY KEY); INSERT "
      "INTO raw.t VALUES (1); CREATE TABLE raw.child (id int4 CONSTRAINT the_key REFERENCES raw.t ON DELETE "
      "CASCADE); INSERT INTO raw.child VALUES (1)");
  ExpectError(Move("t", ByWay()), "schema", Is("delete") || Is("swap") ? "the_key" : "foreign key");
  EXPECT_EQ(Rows("raw.child"), "(1)");
}

TEST_P(DestinationReplace, DoesNotLeaveRowsThatAPolicyHides) {
  Sql("DROP ROLE IF EXISTS writer; CREATE ROLE writer LOGIN; CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA "
      "raw; GRANT USAGE ON SCHEMA raw TO writer; CREATE TABLE raw.t (id int4); INSERT INTO raw.t VALUES (1), (99); "
      "ALTER TABLE raw.t ENABLE ROW LEVEL SECURITY; CREATE POLICY small ON raw.t USING (id < 50); GRANT ALL ON raw.t "
      "TO writer");
  Options options = ByWay();
  options.user = "writer";
  const json answer = Move("t", options);
  // TRUNCATE asks no policy, and INSERT checks it; DELETE and COPY do not work under one.
  const bool replaced = Is("staged") || (Is("truncate") && std::get<0>(GetParam()) == std::string("insert"));
  EXPECT_EQ(answer.contains("rows"), replaced) << answer;
  EXPECT_EQ(Rows("raw.t"), replaced ? "(1)" : "(1)\n(99)");
  Sql("DROP SCHEMA raw CASCADE; DROP ROLE writer");
}

class DestinationSwap : public Postgres {
 protected:
  // What swap says about raw.t.
  json Swap() {
    Sql("CREATE TABLE src.t AS SELECT 1 AS id");
    Options options;
    options.mode = "replace";
    options.replace_by = "swap";
    return Move("t", options);
  }
};

TEST_F(DestinationSwap, RefusesEachThingThatWouldBeLost) {
  Sql("CREATE SCHEMA raw; CREATE TABLE raw.parent (id int4 PRIMARY KEY); CREATE TABLE raw.t (id int4 PRIMARY KEY "
      "REFERENCES raw.parent, n int4 GENERATED ALWAYS AS IDENTITY); CREATE TABLE raw.child (id int4 REFERENCES "
      "raw.t); CREATE FUNCTION raw.takes(raw.t) RETURNS int4 LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION raw.fires() "
      "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER fires BEFORE INSERT ON raw.t FOR "
      "EACH ROW EXECUTE FUNCTION raw.fires(); CREATE RULE notes AS ON UPDATE TO raw.t DO ALSO NOTHING; CREATE POLICY "
      "mine ON raw.t USING (true); ALTER TABLE raw.t ENABLE ROW LEVEL SECURITY; DROP PUBLICATION IF EXISTS told; "
      "CREATE PUBLICATION told FOR TABLE raw.t; ALTER TABLE raw.t REPLICA IDENTITY FULL; CREATE MATERIALIZED VIEW "
      "raw.m AS SELECT id FROM raw.t; CREATE TABLE raw.kept (r raw.t[]); CREATE TABLE raw.heir () INHERITS (raw.t)");
  const json answer = Swap();
  for (const char* part :
       {"constraint t_id_fkey on table raw.t", "identity column n", "constraint child_id_fkey on table raw.child",
        "function raw.takes(raw.t)", "trigger fires on table raw.t", "rule notes on table raw.t",
        "policy mine on table raw.t", "row-level security", "publication told", "replica identity",
        "materialized view raw.m", "raw.kept", "raw.heir inherits from it"}) {
    ExpectError(answer, "schema", part);
  }
  Sql("DROP PUBLICATION told");
}

TEST_F(DestinationSwap, RefusesWhatIsNotAnOrdinaryTable) {
  Sql("CREATE SCHEMA raw; CREATE TABLE raw.t (id int4) PARTITION BY LIST (id)");
  ExpectError(Swap(), "schema", "not an ordinary table");
}

TEST_F(DestinationSwap, RefusesAtItsEndWhatHasComeToDependOnTheTable) {
  Sql("CREATE SCHEMA raw; CREATE TABLE raw.t AS SELECT 99 AS id; CREATE TABLE src.t AS SELECT 1 AS id");
  Options options;
  options.mode = "replace";
  options.replace_by = "swap";
  options.at_phase = [](TestHost&, abi::Phase phase) {
    if (phase == abi::Phase::kTransfer) Sql("CREATE VIEW raw.v AS SELECT id FROM raw.t");
  };
  ExpectError(Move("t", options), "schema", "raw.v");
  EXPECT_EQ(Rows("raw.v"), "(99)");
}

TEST_F(DestinationSwap, KeepsAnUnloggedTableUnlogged) {
  Sql("CREATE SCHEMA raw; CREATE UNLOGGED TABLE raw.t (id int4)");
  EXPECT_EQ(Swap()["rows"], 1);
  EXPECT_EQ(Sql("SELECT relpersistence FROM pg_class WHERE oid = 'raw.t'::regclass"), "u");
}

}  // namespace
}  // namespace rapidbyte::test
