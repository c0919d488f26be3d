#include "report/plan_text.h"

#include <gmock/gmock.h>

#include <sstream>

#include "report/golden_file.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

scenario::Plan PlanOf(const std::string& text) {
  const auto parsed = scenario::ParseScenario("version: 1\nscenario: load-methods\n" + text, "s.yaml",
                                              [](auto&) { return std::nullopt; });
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message;
    return {};
  }
  auto plan = scenario::MakePlan(*parsed, {});
  EXPECT_TRUE(plan);
  return plan ? *plan : scenario::Plan{};
}

constexpr const char* kMoves =
    "description: COPY and INSERT beside a pipe\n"
    "dataset: {name: bench_events, rows: 1000}\n"
    "subjects: {rapidbyte: {pipeline: default}, psql-pipe: {command: 'psql {table}'}}\n"
    "axes: {load_method: [insert, copy], runtime: [aot, native]}\n";

void ExpectNarrow(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(DisplayWidth(line), 80u) << line;
}

TEST(PlanTextTest, ATableOfCells) { ExpectGolden("plan.txt", PlanText(PlanOf(kMoves), 6)); }

TEST(PlanTextTest, APlanThatIsTooShortIsTold) {
  const std::string text =
      PlanText(PlanOf(std::string(kMoves) + "until_decided: {max_blocks: 4, max_time: 90s}\ntimeout: 2m\n"), 9);
  ExpectGolden("plan_short.txt", text);
  ExpectNarrow(text);
}

TEST(PlanTextTest, WideCellsAreLines) {
  const std::string wide(70, 'x');
  const std::string text =
      PlanText(PlanOf("subject: {command: '{a} {b}'}\naxes: {a: [" + wide + ", y], b: [1, " + wide + "]}\n"), {});
  ExpectGolden("plan_wide.txt", text);
  ExpectNarrow(text);
}

TEST(PlanTextTest, OneCellNeedsNoTable) {
  const std::string text = PlanText(PlanOf("subject: {command: work}\niterations: 1\nwarmup: 0\n"), {});
  EXPECT_THAT(text, HasSubstr("1 = 1 cell x 1 block\n"));
  EXPECT_THAT(text, Not(HasSubstr("\n\n  1")));
}

TEST(PlanTextTest, ControlCharactersDoNotReachTheTerminal) {
  const std::string text =
      PlanText(PlanOf("description: \"a\\e[2Jb\"\nsubject: {command: '{a}'}\naxes: {a: [\"\\e[1m\"]}\n"), {});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace rapidbyte::report
