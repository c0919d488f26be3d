#include "scenario/matrix.h"

#include <gmock/gmock.h>

#include "scenario/plan.h"

namespace rapidbyte::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Scenario Parsed(const std::string& text) {
  auto parsed = ParseScenario("version: 1\nscenario: s\n" + text, "s.yaml", [](auto&) { return std::nullopt; });
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message;
    return {};
  }
  return *parsed;
}

// The cells' labels, or the error.
std::vector<std::string> Cells(const std::string& text, const Overrides& overrides = {}) {
  const auto cells = ExpandMatrix(Parsed(text), overrides);
  if (!cells) return {cells.error().message};
  std::vector<std::string> labels;
  for (const PlannedCell& cell : *cells) labels.push_back(record::Label(cell.key));
  return labels;
}

constexpr const char* kMoves =
    "dataset: {name: bench_events, rows: 1000}\n"
    "subjects:\n"
    "  rapidbyte: {pipeline: default}\n"
    "  pipe: {command: 'psql {source_dsn} -c {table}'}\n"
    "axes:\n"
    "  load_method: [insert, copy]\n"
    "  runtime: [aot, native]\n";

constexpr const char* kWork = "subject: {command: 'work {threads} {mode}'}\naxes: {threads: 1..3, mode: [a, b]}\n";

TEST(MatrixTest, TheLastAxisIsTheFastest) {
  EXPECT_THAT(Cells(kWork), ElementsAre("mode=a threads=1", "mode=b threads=1", "mode=a threads=2", "mode=b threads=2",
                                        "mode=a threads=3", "mode=b threads=3"));
}

TEST(MatrixTest, AxesMultiplyOnlyTheSubjectsThatUseThem) {
  EXPECT_THAT(Cells(kMoves),
              ElementsAre("load_method=insert rows=1000 runtime=aot subject=rapidbyte",
                          "load_method=insert rows=1000 runtime=native subject=rapidbyte",
                          "load_method=copy rows=1000 runtime=aot subject=rapidbyte",
                          "load_method=copy rows=1000 runtime=native subject=rapidbyte", "rows=1000 subject=pipe"));
}

TEST(MatrixTest, AHookUsesAParameterForAllSubjects) {
  EXPECT_EQ(Cells(std::string(kMoves) + "hooks: {prepare: 'echo {runtime}'}\n").size(), 6u);
}

TEST(MatrixTest, CellsSayWhatGoesWhere) {
  const auto cells = ExpandMatrix(Parsed(std::string(kMoves) + "  rows: [7]\n"), {});
  ASSERT_TRUE(cells);
  const PlannedCell& pipeline = cells->front();
  EXPECT_EQ(pipeline.subject, 0u);
  EXPECT_EQ(pipeline.pipeline_values, (record::CellKey{{"load_method", "insert"}, {"runtime", "aot"}}));
  EXPECT_EQ(pipeline.values,
            (record::CellKey{{"load_method", "insert"}, {"runtime", "aot"}, {"rows", "7"}, {"subject", "rapidbyte"}}));
  const PlannedCell& command = cells->back();
  EXPECT_EQ(command.subject, 1u);
  EXPECT_EQ(command.pipeline_values, record::CellKey{});
  EXPECT_EQ(command.values, (record::CellKey{{"rows", "7"}, {"subject", "pipe"}}));
}

TEST(MatrixTest, ASingleSubjectIsNoParameter) {
  EXPECT_THAT(Cells("subject: {command: work}\n"), ElementsAre("all"));
  EXPECT_THAT(Cells("dataset: {name: pgbench, scale: 3}\nsubject: {command: work}\n"), ElementsAre("scale=3"));
  EXPECT_THAT(Cells("dataset: {table: a.b}\nsubject: {command: work}\n"), ElementsAre("all"));
}

TEST(MatrixTest, ExclusionsLeaveOutWhatMatchesAllOfThem) {
  EXPECT_THAT(Cells(std::string(kWork) + "exclude: [{threads: [1, 2], mode: a}, {threads: 3}]\n"),
              ElementsAre("mode=b threads=1", "mode=b threads=2"));
  // pipe has no load_method, so this does not touch it.
  EXPECT_THAT(Cells(std::string(kMoves) + "exclude: [{load_method: [insert, copy]}]\n"),
              ElementsAre("rows=1000 subject=pipe"));
  EXPECT_THAT(Cells(std::string(kWork) + "exclude: [{mode: [a, b]}]\n"),
              ElementsAre("s.yaml: every cell of the matrix is excluded"));
}

TEST(MatrixTest, OverridesReplaceAndAddAxes) {
  EXPECT_THAT(Cells(kWork, {.axes = {"threads=8,10..12:2", "mode=z"}}),
              ElementsAre("mode=z threads=8", "mode=z threads=10", "mode=z threads=12"));
  EXPECT_EQ(Cells(kMoves, {.axes = {"compression=lz4,zstd"}}).size(), 9u);
  EXPECT_THAT(Cells("dataset: {name: bench_events}\nsubject: {command: work}\n", {.rows = " 1000  10000,5 "}),
              ElementsAre("rows=1000", "rows=10000", "rows=5"));
}

TEST(MatrixTest, OverridesOfBlocks) {
  const Scenario scenario = Parsed(std::string(kWork) + "until_decided: {max_blocks: 9}\n");
  EXPECT_EQ(ApplyOverrides(scenario, {})->MaxBlocks(), 9u);
  const auto applied = ApplyOverrides(scenario, {.iterations = 3, .warmup = 0});
  EXPECT_EQ(applied->MaxBlocks(), 3u);
  EXPECT_FALSE(applied->until_decided);
  EXPECT_EQ(applied->warmup, 0u);
}

TEST(MatrixTest, FiltersKeepCells) {
  EXPECT_THAT(Cells(kWork, {.filters = {"threads=1,3", "mode!=a"}}),
              ElementsAre("mode=b threads=1", "mode=b threads=3"));
  EXPECT_THAT(Cells(kMoves, {.filters = {"subject=pipe"}}), ElementsAre("rows=1000 subject=pipe"));
  // A cell without the parameter has none of its values.
  EXPECT_EQ(Cells(kMoves, {.filters = {"load_method=copy"}}).size(), 2u);
  EXPECT_EQ(Cells(kMoves, {.filters = {"load_method!=copy"}}).size(), 3u);
  EXPECT_EQ(Cells(kMoves, {.filters = {"rows=1000"}}).size(), 5u);
}

TEST(MatrixTest, WrongFiltersNameTheNearest) {
  EXPECT_THAT(Cells(kWork, {.filters = {"thread=1"}}),
              ElementsAre("--filter thread=1: no parameter of this matrix; did you mean 'threads'?"));
  EXPECT_THAT(Cells(kWork, {.filters = {"zzzzzzz=1"}}),
              ElementsAre("--filter zzzzzzz=1: no parameter of this matrix; expected subject, threads or mode"));
  EXPECT_THAT(Cells(kMoves, {.filters = {"load_method=copi"}}),
              ElementsAre("--filter load_method=copi: no cell has \"copi\"; did you mean 'copy'?"));
  for (const char* text : {"threads", "=1", "!=1", "threads=", "threads!="}) {
    EXPECT_THAT(Cells(kWork, {.filters = {text}}), ElementsAre(HasSubstr("expected key=value[,value]"))) << text;
  }
  EXPECT_THAT(Cells(kWork, {.filters = {"threads=1", "threads=2"}}),
              ElementsAre("s.yaml: no cell is left by --filter"));
  EXPECT_EQ(ExpandMatrix(Parsed(kWork), {.filters = {"x=1"}}).error().code, ErrorCode::kUsage);
}

TEST(MatrixTest, WrongOptionsAreErrors) {
  EXPECT_THAT(Cells(kWork, {.axes = {"threads"}}),
              ElementsAre("--axis threads: expected key=value,value or key=1..9:2"));
  EXPECT_THAT(Cells(kWork, {.axes = {"threads=1,1"}}), ElementsAre("--axis threads=1,1: \"1\" is listed twice"));
  EXPECT_THAT(Cells(kWork, {.axes = {"thraeds=1"}}),
              ElementsAre("s.yaml: key '--axis thraeds': binds nothing: no subject uses it; did you mean 'threads'?"));
  EXPECT_THAT(Cells(kMoves, {.axes = {"lod_method=copy"}}),
              ElementsAre("s.yaml: key '--axis lod_method': binds nothing: no subject uses it; did you mean "
                          "'load_method'?"));
  EXPECT_THAT(Cells(kWork, {.rows = "10"}), ElementsAre("s.yaml: key '--rows': binds nothing: no subject uses it"));
  EXPECT_THAT(Cells(kMoves, {.rows = "ten"}),
              ElementsAre("s.yaml: key '--rows': expected a number from 1 to 1000000000, found \"ten\""));
  EXPECT_THAT(Cells(kMoves, {.rows = " "}), ElementsAre("--rows: expected values separated by commas, found \"\""));
}

// An exclusion may speak of values that an option took away.
TEST(MatrixTest, ExclusionsDoNotMindReplacedAxes) {
  EXPECT_EQ(Cells(std::string(kWork) + "exclude: [{threads: 3}]\n", {.axes = {"threads=1"}}).size(), 2u);
}

TEST(MatrixTest, TooManyCellsAreCountedNotMade) {
  EXPECT_EQ(Cells(kWork, {.axes = {"threads=1..5000"}}).size(), 10'000u);
  EXPECT_THAT(
      Cells(kWork, {.axes = {"threads=1..5001"}}),
      ElementsAre("s.yaml: the axes multiply to 10002 cells, more than 10000; leave some values out, or measure "
                  "them in several scenarios"));
  std::string command, axes;
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    command += std::string("{") + name + "}";
    axes += std::string("  ") + name + ": 1..9999\n";
  }
  EXPECT_THAT(Cells("subject: {command: '" + command + "'}\naxes:\n" + axes),
              ElementsAre(HasSubstr("far too many cells")));
}

TEST(MatrixTest, APlanCountsRunsAndNamesItsParameters) {
  const auto plan = MakePlan(Parsed(std::string(kMoves) + "warmup: 2\niterations: 5\n"), {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->RunCount(), 35u);
  EXPECT_THAT(plan->parameters, ElementsAre("subject", "rows", "load_method", "runtime"));
  EXPECT_EQ(plan->environment, "ephemeral server");
  EXPECT_EQ(plan->dataset, "bench_events");
}

}  // namespace
}  // namespace rapidbyte::scenario
