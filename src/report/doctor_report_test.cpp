#include "report/doctor_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "report/golden_file.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;
using testing::HasSubstr;

DoctorFindings Findings() {
  DoctorFindings findings;
  findings.planned_blocks = 60;
  findings.facts.host = {"vm-1", "6.1.0-39-amd64", "Example CPU 3000 at 2.4 GHz", 2, 8'201'000'000};
  findings.facts.virtual_machine = true;
  findings.facts.smt = false;
  findings.facts.aslr = 2;
  findings.facts.huge_pages = "madvise";
  findings.facts.folder = "/tmp";
  findings.facts.filesystem = "ext4";
  findings.facts.load_before = 0.4;
  findings.facts.load_after = 1.1;
  findings.facts.activity = {0.012, 0.31, 0, {{"cc1plus", 0.25}, {"sshd", 0.001}}};
  std::mt19937_64 random(1);
  const auto noise = [&random] {  // from -1 to 1, the same with every standard library
    return static_cast<double>(random() >> 11) / static_cast<double>(uint64_t{1} << 52) - 1;
  };
  std::vector<double> quiet, drifting;
  for (int i = 0; i < 40; ++i) {
    quiet.push_back(0.040 * (1 + 0.01 * noise()));
    drifting.push_back(0.012 * (1 + 0.003 * i + 0.06 * noise()));
  }
  findings.works = {{"processor", "steps", "", analysis::NoiseOf(quiet)},
                    {"memory bandwidth", "reads", "", analysis::NoiseOf(drifting)},
                    {"PostgreSQL", "rows", "PostgreSQL is not installed: no folder with initdb was found", {}}};
  return findings;
}

void ExpectFitsTerminal(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), 80u) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(DoctorReport, Text) {
  const std::string text = DoctorText(Findings());
  ExpectFitsTerminal(text);
  ExpectGolden("doctor.txt", text);
}

TEST(DoctorReport, WithoutAnythingMeasured) {
  DoctorFindings findings = Findings();
  for (auto& work : findings.works) work.noise = {};
  ExpectFitsTerminal(DoctorText(findings));
  EXPECT_TRUE(json::parse(DoctorJson(findings))["probes"][0]["noise"].is_null());
}

TEST(DoctorReport, Json) {
  const json report = json::parse(DoctorJson(Findings()));
  EXPECT_EQ(report["format"], "rapidbyte-bench-doctor");
  EXPECT_EQ(report["probes"].size(), 3u);
  EXPECT_EQ(report["probes"][0]["noise"]["blocks"], 40);
  EXPECT_EQ(report["probes"][0]["noise"]["resolution"].size(), 6u);
  EXPECT_TRUE(report["probes"][0]["noise"]["resolution"][3]["smallest_change"].is_null()) << "10 blocks, 54 cells";
  EXPECT_TRUE(report["probes"][0]["skipped"].is_null());
  EXPECT_THAT(report["probes"][2]["skipped"].get<std::string>(), HasSubstr("not installed"));
  EXPECT_TRUE(report["facts"]["governor"].is_null());
  EXPECT_EQ(report["facts"]["smt"], false);
  EXPECT_EQ(report["facts"]["busiest"][0]["name"], "cc1plus");
  EXPECT_FALSE(report["advice"].empty());
}

EnvironmentFindings Environment(double slowest) {
  EnvironmentFindings findings;
  findings.command = "prog --flag";
  findings.blocks = 20;
  findings.sizes = {0, 1000, 4000};
  findings.aslr = 0;
  std::vector<std::vector<double>> blocks;
  for (int i = 0; i < 20; ++i) blocks.push_back({0.1, 0.1 * slowest, 0.1001 + 0.0001 * (i % 3)});
  findings.effect = analysis::EffectOfEnvironment(blocks);
  return findings;
}

TEST(EnvironmentReport, SaysWhetherTheTimeDepends) {
  const std::string text = EnvironmentText(Environment(1.05));
  ExpectFitsTerminal(text);
  EXPECT_THAT(text, HasSubstr("The time depends on the environment's size: 1000 bytes against 0 bytes +5.00%"));
  EXPECT_THAT(text, testing::Not(HasSubstr("setarch")));
}

TEST(EnvironmentReport, SaysWhereNoneIsShown) {
  EnvironmentFindings findings = Environment(1);
  findings.effect = analysis::EffectOfEnvironment(std::vector<std::vector<double>>(20, {0.1, 0.1, 0.1}));
  findings.aslr = 2;
  const std::string text = EnvironmentText(findings);
  EXPECT_THAT(text, HasSubstr("No dependence is shown"));
  EXPECT_THAT(text, HasSubstr("setarch -R"));
}

TEST(EnvironmentReport, JsonHasTheInterval) {
  const json report = json::parse(EnvironmentJson(Environment(1.05)));
  EXPECT_EQ(report["slowest_bytes"], 1000);
  EXPECT_EQ(report["fastest_bytes"], 0);
  EXPECT_NEAR(report["ratio"]["estimate"], 1.05, 1e-9);
  EXPECT_EQ(report["ratio"]["interval"].size(), 2u);
  EnvironmentFindings nothing = Environment(1.05);
  nothing.effect.reset();
  EXPECT_TRUE(json::parse(EnvironmentJson(nothing))["ratio"].is_null());
}

}  // namespace
}  // namespace rapidbyte::report
