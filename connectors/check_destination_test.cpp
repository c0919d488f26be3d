// What check says of a destination against what a run does: for each obstacle, check names it and the run fails; with
// the obstacle out of the way, check finds nothing and the run succeeds.
#include "check_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

struct Way {
  const char* method = "copy";
  const char* mode = "append";
  const char* replace_by = "truncate";
};

constexpr Way kAppend;
constexpr Way kInsert = {"insert"};
constexpr Way kReplace = {"copy", "replace"};
constexpr Way kStaged = {"copy", "replace", "staged"};
constexpr Way kDelete = {"copy", "replace", "delete"};
constexpr Way kSwap = {"copy", "replace", "swap"};

struct DestinationCase {
  const char* name;
  const char* obstacle;
  const char* remedy;
  const char* said;
  Way way = kAppend;
  const char* source = "SELECT 1 AS id, 'a'::text AS v";
};

void PrintTo(const DestinationCase& param, std::ostream* out) { *out << param.name; }

class CheckDestinationTruth : public Check, public testing::WithParamInterface<DestinationCase> {};

TEST_P(CheckDestinationTruth, SaysWhatTheRunDoes) {
  const DestinationCase& param = GetParam();
  Options options = {.method = param.way.method, .mode = param.way.mode, .replace_by = param.way.replace_by};
  options.user = "writer";
  Sql("CREATE TABLE src.t AS " + std::string(param.source));
  Sql(param.obstacle);
  const json answer = CheckDestination("t", options);
  EXPECT_THAT(Found(answer, "error"), ElementsAre(HasSubstr(param.said))) << answer;
  const json failed = Move("t", options);
  EXPECT_TRUE(failed.contains("error")) << "check said: " << answer;

  Sql(param.remedy);
  EXPECT_THAT(Found(CheckDestination("t", options), "error"), ElementsAre());
  const json moved = Move("t", options);
  EXPECT_FALSE(moved.contains("error")) << moved;
}

#define RAW "CREATE SCHEMA raw; GRANT USAGE ON SCHEMA raw TO writer; "
#define TABLE RAW "CREATE TABLE raw.t (id int4, v text); "
#define WRITABLE TABLE "GRANT INSERT ON raw.t TO writer; "
#define SECURED WRITABLE "ALTER TABLE raw.t ENABLE ROW LEVEL SECURITY; CREATE POLICY all_of_it ON raw.t USING (true); "

std::string NameOf(const testing::TestParamInfo<DestinationCase>& param) { return param.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Rights, CheckDestinationTruth,
    testing::Values(
        DestinationCase{"NoSchema", "SELECT 1", "CREATE SCHEMA raw; GRANT USAGE, CREATE ON SCHEMA raw TO writer",
                        "may not create it"},
        DestinationCase{"NoUsage", WRITABLE "REVOKE USAGE ON SCHEMA raw FROM writer",
                        "GRANT USAGE ON SCHEMA raw TO writer", "may not use the schema"},
        DestinationCase{"NoTable", RAW, "GRANT CREATE ON SCHEMA raw TO writer", "may not create tables"},
        DestinationCase{"NoInsert", TABLE, "GRANT INSERT ON raw.t TO writer", "may not insert into \"raw\".\"t\""},
        DestinationCase{"InsertIntoOneColumn", TABLE "GRANT INSERT (id) ON raw.t TO writer",
                        "GRANT INSERT (v) ON raw.t TO writer", "may not insert into the columns v"},
        DestinationCase{"NoTruncate", WRITABLE, "GRANT TRUNCATE ON raw.t TO writer", "may not truncate", kReplace},
        DestinationCase{"NoTruncateOfStaged", WRITABLE, "GRANT TRUNCATE ON raw.t TO writer", "may not truncate",
                        kStaged},
        DestinationCase{"NoDelete", WRITABLE, "GRANT DELETE ON raw.t TO writer", "may not delete", kDelete},
        DestinationCase{"NoOwner", WRITABLE "GRANT CREATE ON SCHEMA raw TO writer; GRANT DELETE ON raw.t TO writer",
                        "ALTER TABLE raw.t OWNER TO writer", "belongs to the role", kSwap},
        DestinationCase{"NoCreateForSwap", WRITABLE "ALTER TABLE raw.t OWNER TO writer",
                        "GRANT CREATE ON SCHEMA raw TO writer", "may not create tables", kSwap},
        DestinationCase{"NoTemporary",
                        WRITABLE "ALTER TABLE raw.t ADD n numeric; REVOKE TEMP ON DATABASE postgres FROM PUBLIC",
                        "GRANT TEMP ON DATABASE postgres TO PUBLIC", "may not create temporary tables", kAppend,
                        "SELECT 1 AS id, 'a'::text AS v, 1.5::numeric AS n"},
        DestinationCase{"NoTemporaryForANewTable",
                        RAW "GRANT CREATE ON SCHEMA raw TO writer; REVOKE TEMP ON DATABASE postgres FROM PUBLIC",
                        "GRANT TEMP ON DATABASE postgres TO PUBLIC", "may not create temporary tables", kAppend,
                        "SELECT 1 AS id, 1.5::numeric AS n"},
        DestinationCase{"NoTemporaryForStaged",
                        WRITABLE "GRANT TRUNCATE ON raw.t TO writer; REVOKE TEMP ON DATABASE postgres FROM PUBLIC",
                        "GRANT TEMP ON DATABASE postgres TO PUBLIC", "may not create temporary tables", kStaged},
        DestinationCase{"ReadOnlyRole", WRITABLE "ALTER ROLE writer SET default_transaction_read_only = on",
                        "ALTER ROLE writer RESET default_transaction_read_only", "read-only"},
        DestinationCase{"PoliciesForbidCopy", SECURED, "ALTER ROLE writer BYPASSRLS", "forbids COPY"},
        DestinationCase{"NoPolicyLetsRowsIn",
                        WRITABLE
                        "ALTER TABLE raw.t ENABLE ROW LEVEL SECURITY; CREATE POLICY s ON raw.t FOR SELECT USING "
                        "(true); CREATE POLICY o ON raw.t TO owner USING (true)",
                        "CREATE POLICY w ON raw.t FOR INSERT TO writer WITH CHECK (true)", "no policy", kInsert},
        DestinationCase{"PoliciesHideRowsFromDelete",
                        SECURED "GRANT DELETE ON raw.t TO writer; ALTER TABLE raw.t ALTER id TYPE int8",
                        "ALTER ROLE writer BYPASSRLS",
                        "from DELETE",
                        {"insert", "replace", "delete"}}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Tables, CheckDestinationTruth,
    testing::Values(
        DestinationCase{"MissingColumns", WRITABLE "ALTER TABLE raw.t DROP v", "ALTER TABLE raw.t ADD v text",
                        "has no column \"v\""},
        DestinationCase{"ComputedColumn",
                        WRITABLE "ALTER TABLE raw.t DROP v; ALTER TABLE raw.t ADD v text GENERATED ALWAYS "
                                 "AS (id::text) STORED",
                        "ALTER TABLE raw.t ALTER v DROP EXPRESSION", "computes the column \"v\" itself"},
        DestinationCase{"AColumnThatNobodyFills", WRITABLE "ALTER TABLE raw.t ADD more int4 NOT NULL",
                        "ALTER TABLE raw.t ALTER more SET DEFAULT 0", "nothing for the columns more"},
        DestinationCase{"ADomainThatNobodyFills",
                        WRITABLE "CREATE DOMAIN raw.must AS int4 NOT NULL; ALTER TABLE raw.t ADD more raw.must",
                        "ALTER DOMAIN raw.must SET DEFAULT 0", "nothing for the columns more", kInsert},
        DestinationCase{"NoCast", WRITABLE "ALTER TABLE raw.t ALTER id TYPE bool USING true",
                        "ALTER TABLE raw.t ALTER id TYPE int8 USING 1", "is of type boolean but expression is of type"},
        DestinationCase{"NoCastByInsert", WRITABLE "ALTER TABLE raw.t ALTER id TYPE bool USING true",
                        "ALTER TABLE raw.t ALTER id TYPE int8 USING 1", "is of type boolean but expression is of type",
                        kInsert},
        DestinationCase{"ASequenceHasTheName", RAW "GRANT CREATE ON SCHEMA raw TO writer; CREATE SEQUENCE raw.t",
                        "DROP SEQUENCE raw.t", "taken by a sequence"},
        DestinationCase{
            "AnIndexHasTheName",
            RAW "GRANT CREATE ON SCHEMA raw TO writer; CREATE TABLE raw.u (id int4); CREATE INDEX t ON raw.u (id)",
            "DROP INDEX raw.t", "taken by an index"},
        DestinationCase{"ATypeHasTheName", RAW "GRANT CREATE ON SCHEMA raw TO writer; CREATE TYPE raw.t AS ENUM ()",
                        "DROP TYPE raw.t", "taken by a type"},
        DestinationCase{"AMaterializedViewHasTheName",
                        RAW "GRANT CREATE ON SCHEMA raw TO writer; CREATE MATERIALIZED VIEW raw.t AS SELECT 1 AS id",
                        "DROP MATERIALIZED VIEW raw.t", "taken by a materialized view"},
        DestinationCase{"AViewThatTakesNoRows",
                        RAW
                        "CREATE VIEW raw.t AS SELECT DISTINCT 1 AS id, 'a'::text AS v; GRANT INSERT ON raw.t TO writer",
                        "DROP VIEW raw.t; CREATE TABLE raw.t (id int4, v text); GRANT INSERT ON raw.t TO writer",
                        "cannot insert into view"},
        DestinationCase{
            "AViewIsNotTruncated",
            RAW "CREATE TABLE raw.b (id int4, v text); CREATE VIEW raw.t AS SELECT id, v FROM raw.b; GRANT "
                "INSERT, TRUNCATE ON raw.t TO writer",
            "DROP VIEW raw.t; CREATE TABLE raw.t (id int4, v text); GRANT INSERT, TRUNCATE ON raw.t TO writer",
            "is a view", kReplace},
        DestinationCase{"CopyBypassesRules",
                        WRITABLE "CREATE RULE r AS ON INSERT TO raw.t WHERE new.id = 7 DO INSTEAD NOTHING",
                        "DROP RULE r ON raw.t", "bypass the rules r"},
        DestinationCase{"ForeignKeysForbidTruncate",
                        WRITABLE
                        "GRANT TRUNCATE ON raw.t TO writer; ALTER TABLE raw.t ADD PRIMARY KEY (id); CREATE TABLE "
                        "raw.child (id int4 REFERENCES raw.t)",
                        "DROP TABLE raw.child", "child_id_fkey of raw.child", kReplace},
        DestinationCase{"ForeignKeysToAPartitionForbidTruncate",
                        RAW
                        "CREATE TABLE raw.t (id int4, v text) PARTITION BY LIST (id); CREATE TABLE raw.t1 PARTITION OF "
                        "raw.t DEFAULT; ALTER TABLE raw.t1 ADD PRIMARY KEY (id); CREATE TABLE raw.child (id int4 "
                        "REFERENCES raw.t1); GRANT INSERT, TRUNCATE ON raw.t TO writer",
                        "DROP TABLE raw.child", "child_id_fkey of raw.child", kReplace},
        DestinationCase{"ForeignKeysCascadeDeletes",
                        WRITABLE
                        "GRANT DELETE ON raw.t TO writer; ALTER TABLE raw.t ADD PRIMARY KEY (id); CREATE TABLE "
                        "raw.child (id int4 REFERENCES raw.t ON DELETE CASCADE)",
                        "DROP TABLE raw.child", "child_id_fkey of raw.child", kDelete},
        DestinationCase{"RulesForDelete",
                        WRITABLE
                        "GRANT DELETE ON raw.t TO writer; CREATE RULE r AS ON DELETE TO raw.t DO INSTEAD NOTHING",
                        "DROP RULE r ON raw.t", "the rules r", kDelete},
        DestinationCase{"AViewDependsOnWhatIsSwapped",
                        WRITABLE "GRANT CREATE ON SCHEMA raw TO writer; ALTER TABLE raw.t OWNER TO writer; CREATE VIEW "
                                 "raw.v AS SELECT id FROM raw.t",
                        "DROP VIEW raw.v", "would lose", kSwap}),
    NameOf);

using CheckDestinations = Check;

TEST_F(CheckDestinations, EverythingIsSaidAtOnce) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id, 'a'::text AS v, 1 AS gone; " TABLE
      "ALTER TABLE raw.t ADD more int4 NOT NULL; CREATE SEQUENCE raw.u; CREATE TABLE src.u AS SELECT 1 AS id; ALTER "
      "TABLE "
      "raw.t ADD PRIMARY KEY (id); CREATE TABLE raw.child (id int4 REFERENCES raw.t)");
  Options options = {.mode = "replace"};
  options.user = "writer";
  const json source = CheckStreams({{{"name", "t"}}, {{"name", "u"}}}, options);
  EXPECT_THAT(Found(AskDestination(source.at("streams"), options), "error"),
              ElementsAre(HasSubstr("t: the destination's role may not insert"),
                          HasSubstr("t: the destination's role may "
                                    "not truncate"),
                          HasSubstr("t: foreign keys"), HasSubstr("nothing for the columns more"),
                          HasSubstr("has no column \"gone\""), HasSubstr("u: the name of the destination table")));
}

TEST_F(CheckDestinations, WhatIsKnownIsCheckedWhereTheSourceDescribesNothing) {
  Sql(TABLE);
  Options options;
  options.user = "writer";
  const json unknown = {{{"name", "t"}, {"columns", nullptr}}};
  EXPECT_THAT(Found(AskDestination(unknown, options), "error"), ElementsAre(HasSubstr("may not insert into")));
  Sql("GRANT INSERT ON raw.t TO writer");
  EXPECT_EQ(AskDestination(unknown, options), json({{"findings", json::array()}}));
}

TEST_F(CheckDestinations, WhatBecomesTextIsToldBefore) {
  Sql("CREATE TYPE src.mood AS ENUM ('sad'); CREATE TABLE src.t AS SELECT 'sad'::src.mood AS m");
  Sql("DROP DATABASE IF EXISTS bare");
  Sql("CREATE DATABASE bare");
  const json answer = CheckDestination("t", {.database = "bare"});
  EXPECT_THAT(Found(answer, "note"), ElementsAre(HasSubstr("the column \"m\" of \"raw\".\"t\" will be created as "
                                                           "pg_catalog.text")));
  EXPECT_THAT(Found(answer, "error"), ElementsAre());
}

TEST_F(CheckDestinations, ATableIsNotLoadedIntoItself) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id");
  const json answer = CheckDestination("t", {}, "src");
  EXPECT_THAT(Found(answer, "error"), ElementsAre(HasSubstr("is the stream's own source")));
  EXPECT_EQ(answer["findings"][0]["category"], "config");
}

TEST_F(CheckDestinations, WhatMayHappenIsANote) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id, 'a'::text AS v; " SECURED "ALTER TABLE raw.t ALTER v SET NOT NULL");
  Options options = {.method = "insert"};
  options.user = "writer";
  EXPECT_THAT(Found(CheckDestination("t", options), "note"),
              ElementsAre(HasSubstr("t: the columns v of \"raw\".\"t\" are NOT NULL"), HasSubstr("may refuse rows")));
}

TEST_F(CheckDestinations, AnotherEncodingIsANote) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id");
  Sql("DROP DATABASE IF EXISTS latin");
  Sql("CREATE DATABASE latin ENCODING LATIN1 TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
  EXPECT_THAT(Found(CheckDestination("t", {.database = "latin"}), "note"), ElementsAre(HasSubstr("LATIN1")));
}

TEST_F(CheckDestinations, ALockIsNotWaitedForLong) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id, 'a'::text AS v; " WRITABLE "GRANT TRUNCATE ON raw.t TO writer");
  TestSession other;
  other.Run("BEGIN; LOCK TABLE raw.t");
  Options options = {.mode = "replace"};
  options.user = "writer";
  const json answer = CheckDestination("t", options);
  EXPECT_THAT(Found(answer, "note"), ElementsAre(HasSubstr("another session holds a lock")));
  EXPECT_THAT(Found(answer, "error"), ElementsAre());
}

// Triggers, defaults and casts that would be seen at work.
TEST_F(CheckDestinations, NothingIsDoneToTheTable) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id, '7'::text AS v; CREATE SCHEMA raw; CREATE SEQUENCE raw.s; CREATE FUNCTION "
      "raw.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'fired'; END $$; CREATE TABLE raw.t (id int8, v "
      "text, "
      "n int8 DEFAULT nextval('raw.s')); INSERT INTO raw.t VALUES (99, 'x', 0); CREATE TRIGGER i BEFORE INSERT ON "
      "raw.t "
      "FOR EACH ROW EXECUTE FUNCTION raw.f(); CREATE TRIGGER st BEFORE INSERT OR TRUNCATE OR DELETE ON raw.t EXECUTE "
      "FUNCTION raw.f()");
  const std::string xid = Sql("SELECT pg_snapshot_xmax(pg_current_snapshot())");
  for (const char* replace_by : {"truncate", "staged", "delete"}) {
    const json answer = CheckDestination("t", {.mode = "replace", .replace_by = replace_by});
    EXPECT_EQ(answer.at("findings"), json::array()) << replace_by;
  }
  EXPECT_EQ(Sql("SELECT id, v, n, (SELECT is_called FROM raw.s) FROM raw.t"), "99|x|0|f");
  EXPECT_EQ(Sql("SELECT pg_snapshot_xmax(pg_current_snapshot())"), xid) << "no transaction has written";
  AwaitTrue("SELECT count(*) = 0 FROM pg_locks WHERE relation::regclass::text LIKE 'raw.%'");
}

}  // namespace
}  // namespace rapidbyte::test
