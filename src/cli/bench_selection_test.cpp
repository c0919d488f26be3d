#include "cli/bench_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "record/run_record.h"
#include "record/sample_json.h"
#include "record/test_samples.h"
#include "store/test_folder.h"

namespace rapidbyte::cli {
namespace {

using store::TestFolder;
using testing::AllOf;
using testing::HasSubstr;

std::string Lines(const std::string& campaign_id, record::Outcome outcome = record::Outcome::kOk) {
  record::Campaign campaign = record::ExampleCampaign();
  campaign.id = campaign_id;
  std::string text;
  for (uint32_t block = 0; block < 3; ++block) {
    record::Sample sample = record::ExampleSample(block, 0);
    sample.campaign_id = campaign_id;
    sample.warmup = false;
    sample.outcome = outcome;
    text += DumpJson(record::ToJson(sample, campaign)) + "\n";
  }
  return text;
}

class SelectTest : public testing::Test {
 protected:
  std::string File(const std::string& name, const std::string& text) const {
    store::WriteFile(folder_ / name, text);
    return folder_ / name;
  }
  // The error of comparing two sides, with its hint.
  std::string Refused(const std::vector<std::string>& sides, SelectionOptions options = {}) const {
    options.sides = sides;
    options.store = folder_ / "results.db";
    const auto selection = Select(options);
    return selection ? "no error" : selection.error().message + "\n" + selection.error().hint;
  }

  const TestFolder folder_;
};

TEST_F(SelectTest, AFileThatIsNotThereIsNamed) {
  const std::string old = File("old.csv", "ms\n1\n2\n");
  EXPECT_EQ(Refused({old, "nothere.csv"}), "there is no file nothere.csv\n");
  EXPECT_THAT(Refused({old, "somewhere"}),
              AllOf(HasSubstr("\"somewhere\" is no file"), HasSubstr("there is no such database")));
}

TEST_F(SelectTest, ASideWhoseRunsAllFailedSaysSo) {
  const std::string good = File("good.jsonl", Lines("a"));
  const std::string bad = File("bad.jsonl", Lines("b", record::Outcome::kFailed));
  EXPECT_EQ(Refused({good, File("new.jsonl", Lines("c"))}), "no error");
  EXPECT_THAT(Refused({good, bad}), AllOf(HasSubstr("bad.jsonl: all 3 runs failed"), HasSubstr("bench export")));
}

TEST_F(SelectTest, AMetricThatNoSampleHasIsToldWithTheNearest) {
  const std::string before = File("before.jsonl", Lines("a"));
  const std::string after = File("after.jsonl", Lines("b"));
  SelectionOptions options;
  options.metric = "wlal";
  EXPECT_THAT(Refused({before, after}, options), HasSubstr("there is no metric 'wlal'; nearest: 'wall'"));
  options.metric = "nope";
  EXPECT_THAT(Refused({before, after}, options), HasSubstr("there is no metric 'nope'; there are 'wall', 'user'"));
}

TEST_F(SelectTest, ATruncatedJsonIsNoEmptySide) {
  const std::string whole =
      "{\"context\": {}, \"benchmarks\": [{\"name\": \"a\", \"real_time\": 1, \"cpu_time\": 1}]}\n";
  const std::string good = File("good.json", whole);
  EXPECT_EQ(Refused({good, File("same.json", whole)}), "no error");
  EXPECT_THAT(Refused({good, File("torn.json", whole.substr(0, whole.size() / 2))}), HasSubstr("torn.json"));
  EXPECT_THAT(Refused({good, File("torn_lines.json", "{\n  \"context\": {\n")}), HasSubstr("torn_lines.json"));
  EXPECT_EQ(Refused({File("ours.json", Lines("a")), File("ours.txt", Lines("b"))}), "no error");
}

TEST_F(SelectTest, AColumnThatSaysWhenIsNotCompared) {
  SelectionOptions options;
  options.sides = {File("old.csv", "at,ms\n1,5\n2,6\n"), File("new.csv", "at,ms\n3,5\n4,6\n")};
  options.time_column = "at";
  const auto selection = Select(options);
  ASSERT_TRUE(selection) << selection.error().message;
  for (const analysis::Observation& observation : selection->observations) {
    EXPECT_EQ(observation.dimensions.at("metric"), "ms");
  }
  EXPECT_EQ(selection->observations.size(), 4u);
}

}  // namespace
}  // namespace rapidbyte::cli
