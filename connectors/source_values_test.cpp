// Values whose text form is not the cast to text, and roles that change what a statement means.
#include "postgres_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;

TEST_F(Postgres, BlanksOfACharacterWithoutLengthStay) {
  Sql("CREATE TABLE src.t (b bpchar, c char(4), bs bpchar[]); INSERT INTO src.t VALUES ('ab  ', 'ab', '{\"x  \"}')");
  EXPECT_EQ(Move("t"), json({{"rows", 1}}));
  EXPECT_EQ(Sql("SELECT b::text || '|', octet_length(b), octet_length(c), octet_length(bs[1]) FROM raw.t"),
            "ab||4|4|3");
  EXPECT_EQ(Columns("src"), Columns("raw"));
}

// A cast of a user's own from the type to text is not the type's text form.
TEST_F(Postgres, AUsersCastToTextIsNotTakenForTheValue) {
  Sql("CREATE TYPE src.mood AS ENUM ('sad', 'ok'); CREATE DOMAIN src.moody AS src.mood; CREATE TYPE src.pair AS (a "
      "int4, b "
      "int4); CREATE FUNCTION src.always(src.mood) RETURNS text LANGUAGE sql AS $$ SELECT 'ok' $$; CREATE FUNCTION "
      "src.of_pair(src.pair) RETURNS text LANGUAGE sql AS $$ SELECT '(0,0)' $$; CREATE CAST (src.mood AS text) WITH "
      "FUNCTION src.always(src.mood); CREATE CAST (src.pair AS text) WITH FUNCTION src.of_pair(src.pair); CREATE TABLE "
      "src.t AS SELECT 'sad'::src.mood AS m, 'sad'::src.moody AS d, '(1,2)'::src.pair AS p, '{sad}'::src.mood[] AS ms");
  EXPECT_EQ(Move("t"), json({{"rows", 1}}));
  EXPECT_EQ(Sql("SELECT (m = 'sad'), (d::src.mood = 'sad'), (p).b, (ms = '{sad}') FROM raw.t"), "t|t|2|t");
}

// Names are qualified whatever the role's search_path is, which itself holds for the functions of views.
TEST_F(Postgres, TheRolesSearchPathHoldsForFunctionsAndNotForNames) {
  Sql("DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; CREATE TABLE app.names (id int4); CREATE FUNCTION "
      "app.one() RETURNS int4 LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION app.uses_path() RETURNS int4 LANGUAGE "
      "plpgsql AS "
      "'BEGIN RETURN one(); END'; CREATE TYPE app.t AS ENUM ('x'); DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE "
      "rolname = 'pathy') THEN DROP OWNED BY pathy; DROP ROLE pathy; END IF; END $$; CREATE ROLE pathy SUPERUSER "
      "LOGIN; "
      "ALTER ROLE pathy SET search_path = app, public; CREATE VIEW src.v AS SELECT app.uses_path() AS one, "
      "'app.names'::regclass AS c, 'app.one'::regproc AS f, 'app.one()'::regprocedure AS fs, 'app.t'::regtype AS t, "
      "'pg_catalog.=(int4,int4)'::regoperator AS o, 'pg_catalog.simple'::regdictionary AS d, '\"C\"'::regcollation AS "
      "l, "
      "0::regclass AS none, NULL::regclass AS nothing, 'x'::app.t AS e");
  EXPECT_EQ(Read("v", {.source_user = "pathy"}), json({{"rows", 1}}));
  std::string sent;
  for (const auto& message : queue_.messages) sent.append(message.begin(), message.end());
  for (const char* name : {"app.names", "app.one", "app.one()", "app.t", "pg_catalog.=(integer,integer)"}) {
    EXPECT_THAT(sent, testing::HasSubstr(name));
  }
  EXPECT_EQ(Write("v"), json({{"rows", 1}}));
  EXPECT_EQ(Sql("SET search_path = app; SELECT v::text FROM src.v"),
            Sql("SET search_path = app; SELECT v::text FROM raw.v v"));
  EXPECT_EQ(Sql("SELECT one, c, f, fs, t, o, d, l, none::oid, nothing IS NULL, e FROM raw.v"),
            "1|app.names|app.one|app.one()|app.t|=(integer,integer)|simple|\"C\"|0|t|x");
}

TEST_F(Postgres, NamesInsideOfValuesAreRefused) {
  Sql("CREATE TABLE src.t AS SELECT '{pg_class}'::regclass[] AS many, 1 AS id");
  ExpectError(Read("t"), "data", "\"many\"");
  EXPECT_EQ(Read("t", {.columns = {"id"}}), json({{"rows", 1}}));
}

// A search_path that puts look-alikes of the server's own functions, types and operators first.
TEST_F(Postgres, LookAlikesOnTheSearchPathAreNotCalled) {
  Sql("DROP SCHEMA IF EXISTS evil CASCADE; CREATE SCHEMA evil; CREATE DOMAIN evil.text AS int4; CREATE FUNCTION "
      "evil.pg_export_snapshot() RETURNS text LANGUAGE sql AS $$ SELECT 'x'::pg_catalog.text $$; CREATE FUNCTION "
      "evil.to_regclass(pg_catalog.text) RETURNS regclass LANGUAGE sql AS $$ SELECT 'pg_class'::regclass $$; CREATE "
      "FUNCTION evil.never(oid, int4) RETURNS bool LANGUAGE sql AS 'SELECT false'; CREATE OPERATOR evil.= (LEFTARG = "
      "oid, "
      "RIGHTARG = int4, FUNCTION = evil.never); DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'misled') "
      "THEN "
      "DROP OWNED BY misled; DROP ROLE misled; END IF; END $$; CREATE ROLE misled SUPERUSER LOGIN; ALTER ROLE misled "
      "SET "
      "search_path = evil, pg_catalog; CREATE TABLE src.t AS SELECT 1.5::numeric AS n, 0::regclass AS c, "
      "'a'::pg_catalog."
      "bpchar AS b");
  EXPECT_EQ(Move("t", {.source_user = "misled"}), json({{"rows", 1}}));
  EXPECT_EQ(Rows("src.t"), Rows("raw.t"));
}

}  // namespace
}  // namespace rapidbyte::test
