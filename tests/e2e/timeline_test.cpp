// A run's timeline, from the run to the picture.
#include "record/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

namespace fs = std::filesystem;
using record::Span;
using record::StageActivity;
using testing::HasSubstr;

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// When each batch was through with an activity.
std::map<uint32_t, uint64_t> Ends(const record::StageTimeline& stage, StageActivity activity) {
  std::map<uint32_t, uint64_t> ends;
  for (const Span& span : stage.spans) {
    if (span.activity == activity && span.first_batch != 0) ends[span.first_batch] = span.end_nanos;
  }
  return ends;
}

TEST(Timeline, FollowsEveryBatchThroughBothStages) {
  MakeSourceTable(200'000);
  const fs::path trace = Scratch() / "run.json";
  PipelineSpec spec;
  spec.max_batch_bytes = "262144";
  const RunResult run = RunPipeline(spec, {"--timeline", trace.string()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto timeline = record::ReadTraceJson(ReadText(trace), "run.json");
  ASSERT_TRUE(timeline) << timeline.error().message;
  EXPECT_EQ(timeline->source.connector, "source-postgres");

  const auto emitted = Ends(timeline->source, StageActivity::kEmit);
  const auto received = Ends(timeline->destination, StageActivity::kReceive);
  const auto encoded = Ends(timeline->destination, StageActivity::kEncode);
  const auto batches = run.line.at("batches").get<size_t>();
  ASSERT_GT(batches, 5u);
  ASSERT_EQ(emitted.size(), batches);
  for (uint32_t batch = 1; batch <= batches; ++batch) {
    ASSERT_TRUE(emitted.contains(batch) && received.contains(batch) && encoded.contains(batch)) << batch;
    EXPECT_LT(received.at(batch), encoded.at(batch)) << batch;
    if (batch > 1) {
      EXPECT_LT(emitted.at(batch - 1), emitted.at(batch));
    }
  }
  EXPECT_GE(Ends(timeline->source, StageActivity::kDecode).size(), batches);
  // One read may bring the rows of several batches.
  EXPECT_FALSE(Ends(timeline->source, StageActivity::kFetch).empty());
  EXPECT_FALSE(Ends(timeline->destination, StageActivity::kCommit).empty());
}

// The spans are the record's times, cut into pieces.
TEST(Timeline, AddsUpToTheRecord) {
  MakeSourceTable(100'000);
  const fs::path trace = Scratch() / "sum.json";
  const RunResult run = RunPipeline({}, {"--timeline", trace.string()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto timeline = record::ReadTraceJson(ReadText(trace), "sum.json");
  ASSERT_TRUE(timeline) << timeline.error().message;
  for (const auto& [side, stage] :
       {std::pair(std::string("source"), &timeline->source), std::pair(std::string("dest"), &timeline->destination)}) {
    double secs = 0;
    for (const uint64_t nanos : stage->Totals()) secs += static_cast<double>(nanos) * 1e-9;
    const double expected =
        run.line.at(side + "_duration_secs").get<double>() - run.line.at(side + "_unattributed_secs").get<double>();
    EXPECT_NEAR(secs, expected, 1e-5) << side;
  }
}

TEST(Timeline, IsDrawn) {
  MakeSourceTable(20'000);
  const fs::path trace = Scratch() / "draw.json";
  ASSERT_EQ(RunPipeline({}, {"--timeline", trace.string()}).exit_code, 0);
  const RunResult drawn = RunRapidbyte({"profile", "timeline", trace.string(), "-o", (Scratch() / "a.svg").string()});
  ASSERT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_THAT(drawn.out, HasSubstr("a.svg"));
  EXPECT_THAT(ReadText(Scratch() / "a.svg"), HasSubstr("</svg>"));
  ASSERT_EQ(RunRapidbyte({"profile", "timeline", trace.string()}).exit_code, 0);
  EXPECT_TRUE(fs::exists(Scratch() / "draw.svg")) << "beside the trace, where nothing is said";
}

TEST(Timeline, SaysWhatIsWrong) {
  MakeSourceTable(10);
  const RunResult missing = RunRapidbyte({"profile", "timeline", "/nowhere/run.json"});
  EXPECT_EQ(missing.exit_code, 11);
  EXPECT_THAT(missing.err, HasSubstr("/nowhere/run.json: No such file or directory"));
  const fs::path other = Scratch() / "other.json";
  std::ofstream(other) << "{\"traceEvents\": []}";
  const RunResult wrong = RunRapidbyte({"profile", "timeline", other.string()});
  EXPECT_EQ(wrong.exit_code, 15);
  EXPECT_THAT(wrong.err, HasSubstr("it is no timeline of a run"));
  const RunResult unwritable = RunPipeline({}, {"--timeline", "/nowhere/run.json"});
  EXPECT_EQ(unwritable.exit_code, 11);
  EXPECT_THAT(unwritable.err, HasSubstr("/nowhere/run.json: cannot make the file"));
  EXPECT_EQ(Server::Get().Sql("SELECT to_regclass('raw.t') IS NULL"), "t") << "told before anything moved";
}

}  // namespace
}  // namespace rapidbyte::e2e
