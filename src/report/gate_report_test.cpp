#include "report/gate_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::report {
namespace {

using testing::HasSubstr;
using testing::Not;

// A cell that regressed, with a name that XML has to escape, and one of too few blocks.
analysis::Comparison Example() {
  std::vector<analysis::Observation> values;
  const auto add = [&](const std::string& cell, uint32_t blocks, double ratio) {
    for (uint32_t block = 0; block < blocks; ++block) {
      const double value = 1 + 0.01 * block;
      values.push_back({{{"side", "a"}, {"query", cell}}, "run", block, value});
      values.push_back({{{"side", "b"}, {"query", cell}}, "run", block, value * ratio * (1 + 0.001 * (block % 3))});
    }
  };
  add("x < \"1\" & y", 12, 1.2);
  add("short", 3, 1.0);
  return *analysis::Compare(values, {"side", {"a", "b"}, {}, {}}, analysis::MetricRule());
}

TEST(ComparisonJunit, ARegressionIsAFailure) {
  const std::string xml = ComparisonJunit(Example(), {{"main", "branch"}, {}, false}, false);
  EXPECT_THAT(xml, HasSubstr("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\""));
  EXPECT_THAT(xml, HasSubstr("name=\"query=x &lt; &quot;1&quot; &amp; y\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"regressed: 1.06 s to 1.27 s, +20.1%"));
  EXPECT_THAT(xml, Not(HasSubstr("x < ")));
}

TEST(ComparisonJunit, ARowThatOnlyFailedIsAFailure) {
  report::ComparisonNotes notes{{"main", "branch"}, {}, false};
  notes.failed = {{{"query", "q9"}}};
  const std::string xml = ComparisonJunit(Example(), notes, false);
  EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"2\""));
  EXPECT_THAT(xml, HasSubstr("name=\"query=q9\" time=\"0\">\n      <failure message=\"every run failed\""));
}

TEST(ComparisonJunit, WhoeverWantsMayFailWhatIsInconclusive) {
  EXPECT_THAT(ComparisonJunit(Example(), {{"main", "branch"}, {}, false}, true),
              HasSubstr("tests=\"2\" failures=\"2\" errors=\"0\" skipped=\"0\""));
}

}  // namespace
}  // namespace rapidbyte::report
