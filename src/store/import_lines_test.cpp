#include "store/import_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "record/run_record.h"
#include "store/test_store.h"

namespace rapidbyte::store {
namespace {

using record::ExampleCampaign;
using record::ExampleSample;
using record::Sample;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ImportTest : public StoreTest {
 protected:
  ImportResult Import(SampleStore& store, const std::string& text) {
    WriteFile(File(), text);
    auto result = ImportLines(store, File());
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(ImportResult{});
  }
  std::filesystem::path File() const { return folder_ / "in.jsonl"; }

  // As `bench export` writes it.
  static std::string Export(SampleStore& store) {
    std::string text;
    EXPECT_TRUE(
        store.ForEachSample(std::nullopt, [&](const Sample& sample, const record::Campaign& campaign) -> Status {
          text += DumpJson(record::ToJson(sample, campaign)) + "\n";
          return {};
        }));
    return text;
  }
  static std::string Line(const Sample& sample) {
    return DumpJson(record::ToJson(sample, ExampleCampaign(sample.campaign_id))) + "\n";
  }
  static std::string ManyLines() {
    std::string text;
    for (const char* id : {"a", "b"}) {
      for (uint32_t block = 0; block < 3; ++block) text += Line(ExampleSample(block, block % 2, id));
    }
    return text;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, ImportTest, testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

TEST_P(ImportTest, LosesNothing) {
  SampleStore store = OpenNew();
  const ImportResult result = Import(store, ManyLines());
  EXPECT_EQ(result.imported, 6u);
  EXPECT_EQ(result.skipped, 0u);
  EXPECT_EQ(result.campaigns, 2u);
  EXPECT_THAT(result.warnings, IsEmpty());
  EXPECT_EQ(Export(store), ManyLines());
}

TEST_P(ImportTest, DoublesNothing) {
  SampleStore store = OpenNew();
  Import(store, ManyLines());
  Sample late = ExampleSample(7, 0, "b");
  const ImportResult again = Import(store, ManyLines() + Line(late));
  EXPECT_EQ(again.imported, 1u);
  EXPECT_EQ(again.skipped, 6u);
  EXPECT_EQ(again.campaigns, 0u);
  EXPECT_EQ(Export(store), ManyLines() + Line(late));
}

TEST_P(ImportTest, TheLastLineOfAPlaceStands) {
  SampleStore store = OpenNew();
  Sample first = ExampleSample(1, 0, "a");
  first.wall_secs = 99;
  const ImportResult result = Import(store, Line(first) + Line(ExampleSample(1, 0, "a")));
  EXPECT_EQ(result.imported, 1u);
  EXPECT_EQ(result.skipped, 1u);
  EXPECT_EQ(Export(store), Line(ExampleSample(1, 0, "a")));
}

TEST_P(ImportTest, WhatTheStoreHasStays) {
  SampleStore store = OpenWithCampaign();
  Sample own = ExampleSample(1, 0);
  own.wall_secs = 42;
  ASSERT_TRUE(store.Append(own));
  Import(store, Line(ExampleSample(1, 0)) + Line(ExampleSample(2, 0)));
  EXPECT_EQ(Export(store), Line(own) + Line(ExampleSample(2, 0)));
}

TEST_P(ImportTest, TornLinesAreWarnedOf) {
  SampleStore store = OpenNew();
  const std::string half = Line(ExampleSample(9, 0, "a")).substr(0, 100);
  const ImportResult result = Import(store, ManyLines() + half + "\n" + Line(ExampleSample(8, 0, "a")) + half);
  EXPECT_EQ(result.imported, 7u);
  EXPECT_THAT(result.warnings, ElementsAre(HasSubstr("in.jsonl:7: skipped a torn line"), HasSubstr("in.jsonl:9:")));
}

TEST_P(ImportTest, AMalformedLineIsAnErrorAndNothingIsKept) {
  SampleStore store = OpenNew();
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  for (const std::string& bad :
       {std::string("not json"), std::string("[1]"), std::string("{\"block\": }"), std::string("{} {}"),
        std::string("{\"campaign_id\": \"x\"}"), "{\"a\":" + deep + "}", "{\"a\":" + std::string(200'000, '[')}) {
    WriteFile(File(), ManyLines() + bad + "\n" + Line(ExampleSample(8, 0)));
    const auto result = ImportLines(store, File());
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().code, ErrorCode::kConfiguration);
    EXPECT_THAT(result.error().message, HasSubstr("in.jsonl:7: ")) << bad;
    EXPECT_THAT(*store.Campaigns(), IsEmpty()) << bad;
  }
  EXPECT_EQ(Import(store, ManyLines()).imported, 6u) << "the store goes on";
  EXPECT_FALSE(ImportLines(store, folder_ / "none.jsonl"));
}

TEST_P(ImportTest, AnImportedCampaignIsFinished) {
  SampleStore store = OpenNew();
  record::Campaign campaign = ExampleCampaign();
  campaign.finished_at.clear();
  Sample last = ExampleSample(2, 0);
  last.timestamp = "2024-01-01T00:07:00Z";
  Import(store, DumpJson(record::ToJson(ExampleSample(1, 0), campaign)) + "\n" +
                    DumpJson(record::ToJson(last, campaign)) + "\n");
  EXPECT_EQ((*store.FindCampaign(campaign.id))->finished_at, "2024-01-01T00:07:00Z");
}

TEST_P(ImportTest, ReadsLinesOfBeforeThereWereCells) {
  SampleStore store = OpenNew();
  Import(store, R"({"campaign_id":"old","campaign_started_at":"2024-01-01T00:00:00Z","git_sha":"0123","seed":5,)"
                R"("bench_rows":5000,"block":3,"position":1,"mode":"copy","aot":true,"outcome":"ok","wall_secs":0.25,)"
                R"("records_read":5000})"
                "\n");
  const auto samples = store.Samples("old");
  ASSERT_THAT(*samples, SizeIs(1));
  EXPECT_EQ(samples->front().cell, (record::CellKey{{"load_method", "copy"}, {"rows", "5000"}, {"runtime", "aot"}}));
  EXPECT_EQ(samples->front().run, nlohmann::json({{"records_read", 5000}}));
}

TEST_P(ImportTest, ManyThousandAtOnce) {
  SampleStore store = OpenNew();
  std::string text;
  constexpr uint32_t kMany = 2500;  // more than are held back at a time
  for (uint32_t block = 0; block < kMany; ++block) text += Line(ExampleSample(block, 0, "a"));
  EXPECT_EQ(Import(store, text).imported, kMany);
  EXPECT_EQ(Export(store), text);
}

}  // namespace
}  // namespace rapidbyte::store
