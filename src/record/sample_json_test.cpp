#include "record/sample_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/json.h"
#include "record/run_record.h"
#include "record/test_samples.h"

namespace rapidbyte::record {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// There and back as text. The line holds every field of both, so equal lines mean equal values.
void ExpectRoundTrip(const Sample& sample, const Campaign& campaign) {
  const json line = ToJson(sample, campaign);
  const auto back = ParseLine(DumpJson(line));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(DumpJson(ToJson(back->sample, back->campaign)), DumpJson(line));
  EXPECT_EQ(back->sample.run, sample.run);
  EXPECT_EQ(back->sample.cell, sample.cell);
  EXPECT_EQ(back->sample.metrics, sample.metrics);
  EXPECT_EQ(back->sample.build, sample.build);
  EXPECT_EQ(back->sample.wall_secs, sample.wall_secs);
  EXPECT_EQ(back->sample.read_bytes, sample.read_bytes);
  EXPECT_EQ(back->campaign.seed, campaign.seed);
  EXPECT_EQ(back->campaign.process.pid_started, campaign.process.pid_started);
  EXPECT_EQ(back->campaign.finished_at, campaign.finished_at);
}

TEST(SampleJson, ComesBackWithoutLoss) {
  ExpectRoundTrip(ExampleSample(0, 0), ExampleCampaign());
  ExpectRoundTrip(ExampleSample(3, 1), ExampleCampaign());
  ExpectRoundTrip(Sample{}, Campaign{});
}

TEST(SampleJson, WhateverTheRunPrintedComesBack) {
  Sample sample = ExampleSample(1, 0);
  const json documents[] = {nullptr,
                            json::object(),
                            json::array({1}),
                            {{"wall_secs", 99}},
                            {{"mode", "theirs"}, {"records_read", 5}},
                            {{"run_hidden", 1}, {"cell", 2}},
                            {{"", 1}},
                            "text"};
  for (const json& run : documents) {
    sample.run = run;
    SCOPED_TRACE(run.dump());
    ExpectRoundTrip(sample, ExampleCampaign());
  }
}

TEST(SampleJson, HoldsTheDeepestRunThatIsReadAndNoDeeperLine) {
  const auto nested = [](size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  Sample sample = ExampleSample(1, 0);
  for (const std::string& run : {nested(250), "{\"cell\":" + nested(249) + "}"}) {
    sample.run = json::parse(run);
    ExpectRoundTrip(sample, ExampleCampaign());
  }
  const auto deep = ParseLine("{\"a\":" + nested(200'000) + "}");
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().message, "the JSON nests deeper than 256 levels");
}

TEST(SampleJson, IsFlatAndKeepsTheKeysOfBeforeThereWereCells) {
  const json line = ToJson(ExampleSample(3, 0), ExampleCampaign());
  EXPECT_EQ(line["records_read"], 1000);
  EXPECT_TRUE(line["host_functions"]["source"].is_number());
  EXPECT_EQ(line["campaign_id"], ExampleCampaign().id);
  EXPECT_EQ(line["block"], 3);
  EXPECT_EQ(line["mode"], "copy");
  EXPECT_EQ(line["aot"], true);
  EXPECT_EQ(line["bench_rows"], 1000);
  EXPECT_EQ(line["cell"], json({{"load_method", "copy"}, {"rows", "1000"}, {"runtime", "aot"}}));
  EXPECT_EQ(line["outcome"], "ok");
  EXPECT_EQ(line["max_rss_bytes"], 5'000'000'000u);
  EXPECT_EQ(line["seed"].get<uint64_t>(), 18'446'744'073'709'551'615u);
  EXPECT_EQ(line["host_hash"], ExampleCampaign().host.Hash());
  EXPECT_EQ(line["metrics"]["throughput"], 123456.75);
}

TEST(SampleJson, OtherCellsHaveNoModeAndNoRows) {
  Sample sample;
  sample.cell = {{"rows", "many"}, {"jobs", "4"}};
  const json line = ToJson(sample, Campaign{});
  for (const char* key : {"mode", "aot", "bench_rows"}) EXPECT_FALSE(line.contains(key)) << key;
}

TEST(SampleJson, WhatTheLaboratoryMeasuredWins) {
  Sample sample = ExampleSample(1, 0);
  sample.run = {{"mode", "something else"}, {"wall_secs", 99}};
  const json line = ToJson(sample, ExampleCampaign());
  EXPECT_EQ(line["mode"], "copy");
  EXPECT_EQ(line["wall_secs"], 1.1);
}

TEST(SampleJson, NumbersThatAreNotFiniteAreLeftOut) {
  Sample sample = ExampleSample(1, 0);
  sample.metrics["broken"] = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(ToJson(sample, ExampleCampaign())["metrics"].contains("broken"));
}

constexpr const char* kOldLine = R"({"campaign_id":"c","campaign_started_at":"2024-01-01T00:00:00Z","git_sha":"0123",
"git_branch":"main","git_dirty":false,"seed":18446744073709551615,"dataset":"bench_events","bench_rows":5000,
"server":"PostgreSQL 15","settings":{"modes":["copy"],"iters":4,"warmup":2,"compression":"lz4"},"host_hash":"x",
"host_name":"h","host_kernel":"6","host_cpu_model":"m","host_cpus":2,"host_memory_bytes":4096,"block":3,"position":1,
"warmup":false,"timestamp":"2024-01-01T00:00:07Z","mode":"copy","aot":false,"outcome":"ok","error":"","exit_code":0,
"wall_secs":0.25,"user_secs":0.1,"system_secs":0.05,"max_rss_bytes":1048576,"records_read":5000,"build":"of the run"})";

TEST(SampleJson, ReadsLinesOfBeforeThereWereCells) {
  const auto line = ParseLine(kOldLine);
  ASSERT_TRUE(line) << line.error().message;
  const CellKey cell = {{"load_method", "copy"}, {"runtime", "native"}, {"rows", "5000"}, {"compression", "lz4"}};
  EXPECT_EQ(line->sample.cell, cell);
  EXPECT_EQ(line->sample.run, json({{"records_read", 5000}, {"build", "of the run"}}));
  EXPECT_EQ(line->sample.build, "");
  EXPECT_EQ(line->sample.block, 3u);
  EXPECT_EQ(line->sample.wall_secs, 0.25);
  EXPECT_EQ(line->sample.read_bytes, std::nullopt) << "not measured then";
  EXPECT_EQ(line->campaign.scenario, kDefaultScenario);
  EXPECT_EQ(line->campaign.seed, 18'446'744'073'709'551'615u);
  EXPECT_EQ(line->campaign.blocks, 4u);
  EXPECT_EQ(line->campaign.warmup_blocks, 2u);
  EXPECT_EQ(line->campaign.plan_hash, "");
}

TEST(SampleJson, NamesTheKeyThatIsWrong) {
  const json good = ToJson(ExampleSample(1, 1), ExampleCampaign());
  const std::pair<const char*, json> faults[] = {
      {"block", -1},        {"block", 5'000'000'000u}, {"wall_secs", "soon"}, {"warmup", 1},      {"outcome", "fine"},
      {"cell", "copy"},     {"metrics", {{"a", "b"}}}, {"process", 3},        {"git_sha", false}, {"seed", 1.5},
      {"run_hidden", "no"}, {"host_cpus", -2}};
  for (const auto& [key, value] : faults) {
    json line = good;
    line[key] = value;
    const auto parsed = FromJson(line);
    ASSERT_FALSE(parsed) << key;
    EXPECT_THAT(parsed.error().message, HasSubstr("'" + std::string(key) + "'"));
  }
  for (const char* key : {"campaign_id", "block", "position", "wall_secs", "outcome"}) {
    json line = good;
    line.erase(key);
    EXPECT_FALSE(FromJson(line)) << key;
  }
  EXPECT_FALSE(ParseLine("{"));
  EXPECT_FALSE(ParseLine("[]"));
}

}  // namespace
}  // namespace rapidbyte::record
