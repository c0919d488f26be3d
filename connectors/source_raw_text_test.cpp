// A source of the encoding SQL_ASCII, whose text may be anything.
#include "postgres_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class SourceRawText : public Postgres {
 protected:
  void SetUp() override {
    Postgres::SetUp();
    if (Sql("SELECT count(*) FROM pg_database WHERE datname = 'raw_text'") == "0") {
      Sql("CREATE DATABASE raw_text ENCODING SQL_ASCII TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
    }
    InRaw(
        "DROP SCHEMA IF EXISTS src CASCADE; CREATE SCHEMA src; CREATE FUNCTION src.bytes(hex text) RETURNS text "
        "LANGUAGE sql AS $$ SELECT convert_from(decode(hex, 'hex'), 'SQL_ASCII') $$");
  }

  static std::string InRaw(const std::string& sql) {
    return Sql("SET client_encoding = 'SQL_ASCII'; " + sql, "raw_text");
  }

  json Ask(abi::Export function, const json& request) {
    const std::unique_ptr<TestHost> source = OpenSource(kOptions);
    json answer = source->Run(function, request);
    source->Run(abi::Export::kClose, json::object());
    return answer;
  }

  const Options kOptions = {.source_database = "raw_text"};
};

TEST_F(SourceRawText, ValidTextArrivesByEitherMethod) {
  InRaw(
      "CREATE TABLE src.t AS SELECT i AS id, src.bytes('6772c3b6c39f65') AS v, ARRAY[src.bytes('e282ac')] AS a FROM "
      "generate_series(1, 3) i; INSERT INTO src.t VALUES (4, '', NULL), (5, NULL, '{}')");
  for (const char* method : {"copy", "insert"}) {
    Sql("DROP SCHEMA IF EXISTS raw CASCADE");
    Options options = kOptions;
    options.method = method;
    options.batch_rows = 2;
    EXPECT_EQ(Move("t", options), json({{"rows", 5}})) << method;
    EXPECT_EQ(Sql("SELECT string_agg(DISTINCT v, '|'), min(a::text) FILTER (WHERE id = 1) FROM raw.t"), "|größe|{€}");
  }
}

TEST_F(SourceRawText, AnInvalidValueIsNamed) {
  InRaw(
      "CREATE TABLE src.t AS SELECT i AS id, 'fine'::text AS v, CASE i WHEN 7 THEN src.bytes('636166e9206372e86d65') "
      "END AS name FROM generate_series(1, 10) i");
  Options options = kOptions;
  options.batch_rows = 3;
  const json answer = Read("t", options);
  ExpectError(answer, "data", "row 7, column \"name\": the value 'caf\\xe9 cr\\xe8me' is not valid UTF-8");
  EXPECT_THAT(answer["error"]["hint"].get<std::string>(), HasSubstr("SQL_ASCII"));
}

// The server converts, and does not say what it cannot.
TEST_F(SourceRawText, OfAValueThatTheServerCannotConvertTheRowIsTold) {
  Sql("DROP DATABASE IF EXISTS windows");
  Sql("CREATE DATABASE windows ENCODING WIN1252 TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
  Sql("CREATE SCHEMA src; CREATE TABLE src.t AS SELECT CASE i WHEN 7 THEN convert_from('\\x81', 'WIN1252') ELSE 'a' "
      "END "
      "AS v FROM generate_series(1, 10) i",
      "windows");
  ExpectError(Read("t", {.source_database = "windows"}), "data", "after 6 rows: character with byte sequence 0x81");
}

TEST_F(SourceRawText, OfALongValueTheInvalidPlaceIsShown) {
  InRaw("CREATE TABLE src.t AS SELECT repeat('x', 1000) || src.bytes('c3b6e9') || repeat('y', 1000) AS v");
  ExpectError(Read("t", kOptions), "data",
              "the value '…" + std::string(22, 'x') + "ö\\xe9" + std::string(23, 'y') + "…' is not valid UTF-8");
}

TEST_F(SourceRawText, AnInvalidValueWithinAnotherTypeIsNamed) {
  InRaw("CREATE TABLE src.t AS SELECT ARRAY['a', src.bytes('ff')] AS v");
  ExpectError(Read("t", kOptions), "data", "row 1, column \"v\": the value '{a,\\xff}'");
}

TEST_F(SourceRawText, BytesAreNoText) {
  InRaw("CREATE TABLE src.t AS SELECT '\\xff00'::bytea AS v");
  EXPECT_EQ(Move("t", kOptions), json({{"rows", 1}}));
  EXPECT_EQ(Sql("SELECT v FROM raw.t"), "\\xff00");
}

TEST_F(SourceRawText, AColumnWithAnInvalidNameIsNamedAndCanBeLeftOut) {
  InRaw("CREATE TABLE src.t AS SELECT 1 AS id, 's'::text AS \"pr\xe9nom\"");
  ExpectError(Read("t", kOptions), "data", "\"pr\\xe9nom\": its name is not valid UTF-8");
  Options options = kOptions;
  options.columns = {"id"};
  EXPECT_EQ(Move("t", options), json({{"rows", 1}}));
}

TEST_F(SourceRawText, ATypeWithAnInvalidNameIsRefused) {
  InRaw("CREATE TYPE src.\"\xe9tat\" AS ENUM ('ok'); CREATE TABLE src.t AS SELECT 'ok'::src.\"\xe9tat\" AS v");
  ExpectError(Read("t", kOptions), "data", "\"v\": the name of its type is not valid UTF-8");
}

TEST_F(SourceRawText, DiscoverSurvivesABadName) {
  InRaw(
      "CREATE TABLE src.a (id int4); CREATE TABLE src.\"caf\xe9\" (id int4); CREATE TABLE src.\"größe\" (id int4); "
      "CREATE TABLE src.z (id int4, \"pr\xe9nom\" text)");
  const json answer = Ask(abi::Export::kDiscover, json::object());
  std::vector<std::string> names;
  for (const json& stream : answer.at("streams")) names.push_back(stream.at("name"));
  EXPECT_THAT(names, testing::ElementsAre("a", "größe", "z"));
  EXPECT_THAT(answer.at("notes"), testing::ElementsAre("left out is \"caf\\xe9\", whose name is not valid UTF-8",
                                                       HasSubstr("\"pr\\xe9nom\": its name is not valid UTF-8")));
}

TEST_F(SourceRawText, CheckSaysWhatMayComeOfIt) {
  InRaw("CREATE TABLE src.t (id int4)");
  const json answer = Ask(abi::Export::kValidate, {{"streams", {{{"name", "t"}}}}});
  ASSERT_EQ(answer.at("findings").size(), 1u) << answer;
  EXPECT_EQ(answer["findings"][0]["level"], "note");
  EXPECT_THAT(answer["findings"][0]["message"].get<std::string>(), HasSubstr("SQL_ASCII"));
}

}  // namespace
}  // namespace rapidbyte::test
