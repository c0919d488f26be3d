#include "report/flamegraph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/golden_file.h"
#include "report/test_profile.h"

namespace rapidbyte::report {
namespace {

using testing::HasSubstr;
using testing::Not;

// What lies between the first `begin` and the next `end`.
std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t from = text.find(begin);
  if (from == std::string::npos) return {};
  const size_t start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

nlohmann::json DataOf(const std::string& svg) {
  return nlohmann::json::parse(Between(svg, "application/json\"><![CDATA[", "]]>"));
}

// Without style and script, which have tests of their own in a browser.
std::string DrawingOf(std::string svg) {
  const auto cut = [&svg](const std::string& begin, const std::string& end) {
    const size_t from = svg.find(begin);
    ASSERT_NE(from, std::string::npos);
    const size_t start = from + begin.size();
    svg.replace(start, svg.find(end, start) - start, "…");
  };
  cut("<style><![CDATA[", "]]>");
  cut("<script><![CDATA[", "]]>");
  return svg;
}

size_t Count(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(Flamegraph, Golden) {
  FlamegraphOptions options;
  options.state = FlamegraphState::kBoth;
  ExpectGolden("flamegraph.svg", DrawingOf(Flamegraph(TestProfile(), options)));
}

TEST(Flamegraph, ALongTitleIsWrappedAndNotCut) {
  FlamegraphOptions options;
  for (int i = 0; i < 40; ++i) options.title += "word" + std::to_string(i) + " ";
  const std::string drawing = Between(Flamegraph(TestProfile(), options), "<g id=\"drawing\">", "</g>");
  EXPECT_GT(Count(drawing, "class=\"title\""), 2u);
  for (int i = 0; i < 40; ++i) EXPECT_THAT(drawing, HasSubstr("word" + std::to_string(i)));
}

TEST(Flamegraph, GoldenOfThreadsAsReverseIcicle) {
  FlamegraphOptions options;
  options.title = "By thread";
  options.icicle = options.reverse = options.split_threads = true;
  ExpectGolden("flamegraph_threads.svg", DrawingOf(Flamegraph(TestProfile(), options)));
}

TEST(Flamegraph, TheSameProfileGivesTheSameBytes) {
  EXPECT_EQ(Flamegraph(TestProfile(), {}), Flamegraph(TestProfile(), {}));
}

TEST(Flamegraph, SaysWhatWasSampledAndWhatIsMissing) {
  const std::string svg = Flamegraph(TestProfile(), {});
  EXPECT_THAT(svg, HasSubstr("cpu-clock at 499 Hz (no hardware counter) · 639 samples · 3 lost · 2.50 s"));
  EXPECT_THAT(svg, HasSubstr("commit 0123456789ab"));
  EXPECT_THAT(svg, HasSubstr("Missing: kernel frames"));
  EXPECT_THAT(svg, Not(HasSubstr("(pruned): ")));
}

TEST(Flamegraph, WarnsWhereManyRecordsWereLost) {
  profile::Profile profile = TestProfile();
  profile.lost_records = 100;
  EXPECT_THAT(Flamegraph(profile, {}), HasSubstr("100 lost (9.1%: the shares may be wrong)"));
}

TEST(Flamegraph, AnEmptyProfileSaysSo) {
  EXPECT_THAT(Flamegraph({}, {}), HasSubstr("The profile has no samples in this view."));
}

TEST(Flamegraph, ShowsTimeOffTheCpuWhereThereIsNoOther) {
  profile::Profile profile;
  AddSample(profile, {{"wait"}}, 5e6, profile::State::kBlocked);
  EXPECT_EQ(DataOf(Flamegraph(profile, {}))["show"]["state"], "off");
}

TEST(Flamegraph, HostileNamesStayData) {
  profile::Profile profile;
  AddSample(profile,
            {{"</script><script>alert(1)</script>"}, {"]]>"}, {"a\"b'c&amp;<i>"}, {std::string("\x01\x1B[2J\0x", 7)}},
            1);
  AddSample(profile,
            {{"\xFF\xFE\xC0\x80\xED\xA0\x80"},
             {"\xE2\x80\xAE"
              "evil"},
             {"\xEF\xBF\xBF"},
             {std::string(10'000, 'n')}},
            1);
  profile.command = "]]></title><script>";
  const std::string svg = Flamegraph(profile, {});
  EXPECT_EQ(Count(svg, "<script"), 2u);
  EXPECT_EQ(Count(svg, "]]>"), 3u);
  EXPECT_EQ(svg.find('\x01'), std::string::npos);
  EXPECT_EQ(svg.find('\x1B'), std::string::npos);
  EXPECT_EQ(svg.find(std::string(1000, 'n')), std::string::npos);
  const auto data = DataOf(svg);
  EXPECT_THAT(data["strings"].dump(), HasSubstr("</script><script>alert(1)</script>"));
}

TEST(Flamegraph, ManyDeepStacksWithLongNamesStayBelowTwoMegabytes) {
  profile::Profile profile;
  uint64_t state = 1;
  const auto next = [&state](uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
  };
  for (int i = 0; i < 20'000; ++i) {
    std::vector<TestFrame> path;
    for (uint64_t depth = 5 + next(20); depth > 0; --depth) {
      path.push_back({"a::rather::long::Name<with, arguments>::Number" + std::to_string(next(30'000)) + "(int, char)"});
    }
    AddSample(profile, path, static_cast<double>(1 + next(1000)));
  }
  const std::string svg = Flamegraph(profile, {});
  EXPECT_LT(svg.size(), 2'000'000u);
  EXPECT_GT(svg.size(), 500'000u);
  EXPECT_THAT(svg, HasSubstr("are summed up as (pruned): "));
}

profile::Profile OneRun(int fast, int slow, int gone, int fresh) {
  profile::Profile profile;
  AddMillis(profile, {{"main"}, {"fast"}}, fast);
  AddMillis(profile, {{"main"}, {"slow <T>"}}, slow);
  if (gone > 0) AddMillis(profile, {{"main"}, {"gone"}, {"deep"}}, gone);
  if (fresh > 0) AddMillis(profile, {{"main"}, {"fresh"}}, fresh);
  return profile;
}

profile::Difference TestDifference() {
  std::vector<profile::Profile> before, after;
  for (int run = 0; run < 4; ++run) {
    before.push_back(OneRun(5000 + run * 10, 3000 - run * 20, 2000 + run * 10, 0));
    after.push_back(OneRun(5000 - run * 10, 4500 + run * 10, 0, 500));
  }
  std::vector<const profile::Profile*> old_runs, new_runs;
  for (const profile::Profile& profile : before) old_runs.push_back(&profile);
  for (const profile::Profile& profile : after) new_runs.push_back(&profile);
  return profile::Compare(old_runs, new_runs);
}

TEST(DifferentialFlamegraph, Golden) {
  DifferentialOptions options;
  options.title = "main against topic";
  options.facts = {"before: a.json", "after: b.json"};
  ExpectGolden("flamegraph_difference.svg", DrawingOf(DifferentialFlamegraph(TestDifference(), options)));
}

TEST(DifferentialFlamegraph, ShowsWhatIsGoneAndWhatIsNew) {
  const std::string svg = DifferentialFlamegraph(TestDifference(), {});
  EXPECT_THAT(svg, HasSubstr("4 runs before, 4 after"));
  const std::string gone = Between(svg, "<title>gone", "</svg>");
  EXPECT_THAT(gone, HasSubstr("after 0.00%"));
  EXPECT_THAT(gone, HasSubstr("class=\"hatch\" x=\"0.0%\" width=\"100.0%\""));
  EXPECT_THAT(Between(svg, "<title>fresh", "</svg>"), HasSubstr("before 0.00%, after 5.0%, change +5.0%"));
}

TEST(DifferentialFlamegraph, SaysThatOneRunASideDecidesNothing) {
  const profile::Profile one = OneRun(1, 1, 1, 0), other = OneRun(1, 2, 0, 0);
  const profile::Profile* before = &one;
  const profile::Profile* after = &other;
  const profile::Difference difference = profile::Compare({&before, 1}, {&after, 1});
  const std::string svg = DifferentialFlamegraph(difference, {});
  EXPECT_THAT(svg, HasSubstr("it takes 3 runs a side"));
  EXPECT_FALSE(DataOf(svg)["decided"]);
}

}  // namespace
}  // namespace rapidbyte::report
