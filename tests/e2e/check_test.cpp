// What `check` and `discover` print, and the exit codes of `check`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

using testing::HasSubstr;

class Check : public testing::Test {
 protected:
  void SetUp() override { MakeSourceTable(1); }

  static RunResult RunCheck(const PipelineSpec& spec, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"check", WritePipeline(spec).string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunRapidbyte(std::move(arguments));
  }
};

TEST_F(Check, SaysWhatItHasProved) {
  const RunResult check = RunCheck({});
  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_EQ(check.out, "OK: document valid, 1 stream found, destination privileges sufficient\n");
  EXPECT_EQ(check.err, "");
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'raw'"), "0");
}

TEST_F(Check, TellsBothSidesInEightyColumns) {
  Server::Get().Sql(
      "CREATE TABLE src.u (id int4); CREATE SCHEMA raw; CREATE TABLE raw.t (id int4); CREATE SEQUENCE raw.u; CREATE "
      "TABLE src.w AS SELECT 1 AS id; CREATE TABLE raw.w (id int4, a_column_with_quite_a_long_name int4 NOT NULL)");
  PipelineSpec spec;
  spec.streams = {"gone", "t", "u", "lost", "w"};
  const RunResult check = RunCheck(spec);
  EXPECT_EQ(check.exit_code, 13) << "the first error's";
  EXPECT_EQ(check.out, "");
  EXPECT_EQ(check.err,
            "error: stream \"gone\": source: there is no table or view \"src\".\"gone\" in the\n"
            "       source\n"
            "  hint: check source.config.schema and the streams' names; names are\n"
            "        case-sensitive\n"
            "error: stream \"lost\": source: there is no table or view \"src\".\"lost\" in the\n"
            "       source\n"
            "  hint: check source.config.schema and the streams' names; names are\n"
            "        case-sensitive\n"
            "error: stream \"t\": destination: the destination table \"raw\".\"t\" has no column\n"
            "       \"name\"\n"
            "  hint: add what is missing, select fewer columns, or drop the table to have it\n"
            "        created anew\n"
            "error: stream \"u\": destination: the name of the destination table \"raw\".\"u\" is\n"
            "       taken by a sequence\n"
            "  hint: rename that, or write into another schema (destination.config.schema)\n"
            "error: stream \"w\": destination: the stream has nothing for the columns\n"
            "       a_column_with_quite_a_long_name of \"raw\".\"w\", which are NOT NULL and have\n"
            "       no default\n"
            "  hint: give them a default, or have the source select them\n"
            "5 errors\n");
}

TEST_F(Check, TellsNotesWhereAllIsWell) {
  Server::Get().Sql("CREATE TYPE src.mood AS ENUM ('sad'); ALTER TABLE src.t ADD m src.mood");
  PipelineSpec spec;
  spec.destination_database = "other";
  const RunResult check = RunCheck(spec);
  EXPECT_EQ(check.exit_code, 0);
  EXPECT_THAT(check.err, testing::StartsWith("note: stream \"t\": destination: the column \"m\" of \"raw\".\"t\""));
  EXPECT_THAT(check.out, testing::StartsWith("OK: "));
}

TEST_F(Check, AsksTheDestinationWhereTheSourceIsNotThere) {
  PipelineSpec spec;
  spec.source_host = "127.0.0.1";
  spec.source_port = 1;
  spec.destination_database = "nowhere";
  const RunResult check = RunCheck(spec);
  EXPECT_EQ(check.exit_code, 12);
  EXPECT_THAT(check.err, HasSubstr("error: source: "));
  EXPECT_THAT(check.err, HasSubstr("error: destination: "));
  EXPECT_THAT(check.err, testing::EndsWith("\n2 errors\n"));
}

TEST_F(Check, PrintsJson) {
  PipelineSpec spec;
  spec.streams = {"gone"};
  const RunResult check = RunCheck(spec, {"--json"});
  EXPECT_EQ(check.exit_code, 13);
  EXPECT_EQ(check.err, "");
  const nlohmann::json found = nlohmann::json::parse(check.out);
  EXPECT_EQ(found.at("errors"), 1);
  EXPECT_EQ(found.at("findings")[0].at("stream"), "gone");
  EXPECT_EQ(found.at("findings")[0].at("exit_code"), 13);
  EXPECT_EQ(RunJson({"check", WritePipeline({}).string(), "--json"}),
            nlohmann::json::parse(R"({"errors": 0, "findings": []})"));
}

TEST_F(Check, DiscoverTellsWhatNobodyCouldRead) {
  Server::Get().Sql("CREATE TABLE src.none ()");
  const RunResult discover = RunRapidbyte({"discover", WritePipeline({}).string()});
  EXPECT_EQ(discover.exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(discover.out).at("streams").size(), 2u);
  EXPECT_EQ(discover.err, "note: the source table \"src\".\"none\" has no columns\n");
}

}  // namespace
}  // namespace rapidbyte::e2e
