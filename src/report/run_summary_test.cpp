#include "report/run_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/golden_file.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using abi::HostFunction;
using record::RunRecord;
using record::StageRecord;

record::HostFunctionStats& Stats(StageRecord& stage, HostFunction function) {
  return stage.functions[static_cast<size_t>(function)];
}

RunRecord Example() {
  RunRecord run;
  run.pipeline = "bench_events";
  run.runtime = "aot";
  run.load_method = "copy";
  run.compression = "lz4";
  run.streams = {{"users", 400'000, 400'000, 40'000'000, 40'000'000},
                 {"orders", 600'000, 600'000, 60'000'000, 60'000'000}};
  run.duration_nanos = 1'530'000'000;
  run.batches = 123;
  run.channel_bytes = 27'900'000;
  run.source.total = {1'490'000'000, 202'000'000, 1'200'000'000};
  run.source.guest = {59'000'000, 58'000'000, 0};
  run.source.hosting = {3'500'000, 3'400'000, 0};
  run.source.fetch_nanos = 895'000'000;
  run.source.compress_nanos = 40'100'000;
  Stats(run.source, HostFunction::k_net_connect).Add({2'500'000, 100'000, 2'400'000});
  Stats(run.source, HostFunction::k_net_read).Add({900'000'000, 90'000'000, 700'000'000});
  Stats(run.source, HostFunction::k_emit_batch).Add({524'000'000, 40'000'000, 484'000'000});
  run.destination.total = {1'520'000'000, 61'500'000, 1'430'000'000};
  run.destination.guest = {29'900'000, 29'000'000, 0};
  run.destination.hosting = {3'400'000, 3'300'000, 0};
  run.destination.flush_nanos = 1'430'000'000;
  run.destination.decompress_nanos = 8'910'000;
  run.destination.phase_nanos[static_cast<size_t>(abi::Phase::kCommit)] = 16'900'000;
  Stats(run.destination, HostFunction::k_net_connect).Add({10'400'000, 60'000, 10'300'000});
  Stats(run.destination, HostFunction::k_next_batch).Add({13'000'000, 9'000'000, 4'000'000});
  Stats(run.destination, HostFunction::k_net_write).Add({1'463'000'000, 20'000'000, 1'400'000'000});
  return run;
}

void ExpectNarrow(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(DisplayWidth(line), 80u) << line;
}

TEST(RunSummary, SaysWhatMovedAndWhereTheTimeWent) {
  ExpectGolden("run_summary.txt", RunSummary(Example()));
  ExpectNarrow(RunSummary(Example()));
}

TEST(RunSummary, TellsTheNotesOfEachStream) {
  RunRecord run = Example();
  run.streams[1].notes = {
      "column \"mood\" arrived as text: the destination has no type public.mood in any of its schemas.", "short"};
  EXPECT_THAT(RunSummary(run),
              testing::HasSubstr("\norders\n"
                                 "  note: column \"mood\" arrived as text: the destination has no type public.mood\n"
                                 "        in any of its schemas.\n"
                                 "  note: short\n"
                                 "\nSource and destination"));
  EXPECT_THAT(RunSummary(run), testing::Not(testing::HasSubstr("users")));
  ExpectNarrow(RunSummary(run));
}

TEST(RunSummary, SaysNothingOfCompressionWhereThereIsNone) {
  RunRecord run = Example();
  run.compression = "none";
  EXPECT_THAT(RunSummary(run), testing::HasSubstr("compression none\n"));
}

TEST(RunSummary, IsFiniteForARunThatMovedNothing) {
  const std::string text = RunSummary(RunRecord{});
  EXPECT_THAT(text, testing::HasSubstr("0 rows"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("nan")));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("inf")));
}

TEST(RunSummary, StaysNarrowForLargeNumbers) {
  RunRecord run = Example();
  run.streams[0] = {"users", 298'000'000'000, 298'000'000'000, 40'000'000'000'000, 40'000'000'000'000};
  run.duration_nanos = 86'400'000'000'000;
  run.source.total.wall_nanos = run.duration_nanos;
  ExpectNarrow(RunSummary(run));
}

}  // namespace
}  // namespace rapidbyte::report
