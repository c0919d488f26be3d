// `bench cmd` as a user meets it: real commands, no server, no repository.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "fixture.h"
#include "metrics/foreign_table.h"

namespace rapidbyte::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class BenchCmd : public InOwnFolder {
 protected:
  static RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"bench", "cmd"});
    return RunRapidbyte(std::move(arguments));
  }
  static json Json(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    const RunResult run = Run(std::move(arguments));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return json::parse(run.out, nullptr, false);
  }
  static std::vector<json> Lines(const fs::path& file) {
    std::vector<json> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
    return lines;
  }
  static std::string Text(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(BenchCmd, OneCommandHasNumbersAndNoComparison) {
  const RunResult run = Run({"sleep 0.01", "-r", "3"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("sleep 0.01\n  wall time "));
  EXPECT_THAT(run.out, HasSubstr(", 3 runs\n"));
  EXPECT_THAT(run.out, Not(HasSubstr("times as")));
}

TEST_F(BenchCmd, TwoAreComparedInASentence) {
  const RunResult run = Run({"sleep 0.001", "sleep 0.002", "-r", "10", "-N"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("'sleep 0.001'"));
  EXPECT_THAT(run.out, HasSubstr("(95% interval "));
  EXPECT_EQ(run.err, "");
}

TEST_F(BenchCmd, EverySampleIsInTheStore) {
  EXPECT_EQ(Run({"sleep {t}", "-P", "t", "0", "0.01", "-D", "0.01", "-r", "2", "-w", "1"}).exit_code, 0);
  const auto samples = Lines("target/bench_results/results.jsonl");
  ASSERT_EQ(samples.size(), 6u);
  EXPECT_EQ(samples[0]["scenario"], "cmd");
  EXPECT_EQ(samples[0]["cell"]["command"], "sleep {t}");
  EXPECT_TRUE(samples[0]["warmup"]);
  const RunResult exported = RunRapidbyte({"bench", "export", "--format", "jsonl"});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_FALSE(fs::exists("target/bench_results/report.txt"));
}

TEST_F(BenchCmd, NothingIsKeptWhereNobodyWantsIt) {
  EXPECT_EQ(Run({"true", "-N", "-r", "2", "--store", "none"}).exit_code, 0);
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(BenchCmd, ACommandThatFailsEndsIt) {
  const RunResult run = Run({"true", "sh -c 'exit 3'"});
  EXPECT_EQ(run.exit_code, 11);
  EXPECT_THAT(run.err, HasSubstr("error: 'sh -c 'exit 3'' failed with exit code 3\n"));
  EXPECT_THAT(run.err, HasSubstr("hint: -i "));
  EXPECT_EQ(run.out, "");
}

TEST_F(BenchCmd, AFailureMayBeIgnored) {
  const json all = Json({"sh -c 'exit 3'", "-i", "-r", "2"});
  EXPECT_EQ(all["commands"][0]["runs"], 2);
  EXPECT_EQ(all["commands"][0]["nonzero_exits"], 2);
  EXPECT_EQ(Json({"exit 3", "--ignore-failure=2,3", "-r", "2"})["commands"][0]["runs"], 2);
  EXPECT_EQ(Run({"exit 3", "--ignore-failure=2", "-r", "2"}).exit_code, 11);
}

TEST_F(BenchCmd, WhatCannotBeMeasuredIsToldBefore) {
  const RunResult missing = Run({"true", "slep 0.01"});
  EXPECT_EQ(missing.exit_code, 11);
  EXPECT_THAT(missing.err, HasSubstr("slep"));
  EXPECT_EQ(Run({"slep 0.01", "-N"}).exit_code, 11);
  EXPECT_EQ(Run({"true", "-S", "no-such-shell"}).exit_code, 11);
  EXPECT_EQ(Run({"echo a | cat", "-N"}).exit_code, 11);
  EXPECT_EQ(Run({"true", "--input", "missing"}).exit_code, 11);
  EXPECT_EQ(Run({"true", "--export-json", "no/such/folder.json"}).exit_code, 11);
  EXPECT_EQ(Run({}).exit_code, 10);
  EXPECT_EQ(Run({"true", "--primary", "wal"}).exit_code, 10);
  EXPECT_EQ(Run({"true", "--rnus", "3"}).exit_code, 10);
}

TEST_F(BenchCmd, ACommandOutOfTimeEndsIt) {
  const RunResult run = Run({"sleep 20", "--timeout", "0.05"});
  EXPECT_EQ(run.exit_code, 11);
  EXPECT_THAT(run.err, HasSubstr("'sleep 20' was killed after 0."));
}

TEST_F(BenchCmd, AMetricOfTheOutputDecides) {
  const json report = Json({"echo '{\"ops_per_sec\": 200}'", "echo '{\"ops_per_sec\": 100}'", "-r", "10", "--metric",
                            "ops_per_sec=json:$.ops_per_sec", "--primary", "ops_per_sec"});
  EXPECT_EQ(report["metric"], "ops_per_sec");
  EXPECT_EQ(report["commands"][1]["metrics"]["ops_per_sec"]["median"], 100);
  EXPECT_EQ(report["commands"][1]["comparison"]["verdict"], "regressed");
  const RunResult run = Run({"echo nothing", "--metric", "ops=regex:([0-9]+) ops", "-r", "2"});
  EXPECT_EQ(run.exit_code, 15);
  EXPECT_THAT(run.err, HasSubstr("metric 'ops'"));
}

TEST_F(BenchCmd, HooksRunAroundRuns) {
  const RunResult run =
      Run({"cat now >> seen", "-r", "2", "-w", "1", "--setup", "echo setup >> log", "-p",
           "echo prepare > now; echo prepare >> log", "-C", "echo conclude >> log", "-c", "echo cleanup >> log"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Text("log"), "setup\nprepare\nconclude\nprepare\nconclude\nprepare\nconclude\ncleanup\n");
  EXPECT_EQ(Text("seen"), "prepare\nprepare\nprepare\n");
}

TEST_F(BenchCmd, AFailingHookEndsIt) {
  for (const char* hook : {"--setup", "--prepare", "--conclude"}) {
    const RunResult run = Run({"true", "-i", "-r", "2", hook, "echo no room; exit 3"});
    EXPECT_EQ(run.exit_code, 11);
    EXPECT_THAT(run.err, HasSubstr(std::string("error: the ") + (hook + 2) + " hook failed with exit code 3"));
    EXPECT_THAT(run.err, HasSubstr("no room"));
    EXPECT_EQ(run.out, "");
  }
  const RunResult run = Run({"true", "-r", "2", "--cleanup", "exit 3"});
  EXPECT_EQ(run.exit_code, 11);
  EXPECT_THAT(run.err, HasSubstr("error: the cleanup hook failed with exit code 3"));
  EXPECT_THAT(run.out, HasSubstr(", 2 runs\n")) << "what was measured before it";
}

TEST_F(BenchCmd, InputAndOutputGoWhereTheyAreSent) {
  std::ofstream("in") << "hello\n";
  EXPECT_EQ(Run({"cat", "-N", "-r", "2", "--input", "in", "--output", "out"}).exit_code, 0);
  EXPECT_EQ(Text("out"), "hello\n");
}

TEST_F(BenchCmd, ExportsHaveTheKeysOfHyperfine) {
  const RunResult run = Run({"sleep {t}", "-L", "t", "0.001,0.002", "-r", "3", "--export-json", "out.json",
                             "--export-csv", "out.csv", "--export-markdown", "out.md"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const json document = json::parse(Text("out.json"));
  ASSERT_EQ(document["results"].size(), 2u);
  EXPECT_EQ(document["results"][1]["command"], "sleep 0.002");
  EXPECT_EQ(document["results"][1]["parameters"], json({{"t", "0.002"}}));
  EXPECT_EQ(document["results"][1]["times"].size(), 3u);
  EXPECT_EQ(document["results"][1]["exit_codes"], json({0, 0, 0}));
  // And what reads hyperfine's own reads ours.
  const auto table = metrics::ReadForeignTable(Text("out.json"), "out.json");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->format, metrics::ForeignFormat::kHyperfine);
  std::map<std::string, metrics::ForeignSeries> second;
  for (const metrics::ForeignSeries& series : table->series) {
    if (series.cell.at("t") == "0.002") second.emplace(series.metric, series);
  }
  EXPECT_EQ(second["wall"].cell.at("command"), "sleep 0.002");
  EXPECT_EQ(json(second["wall"].values), document["results"][1]["times"]);
  EXPECT_EQ(json(second["max_rss"].values), document["results"][1]["memory_usage_byte"]);
  EXPECT_EQ(second["user"].values.size(), 1u);
  EXPECT_EQ(second["system"].values.size(), 1u);
  EXPECT_THAT(Text("out.csv"), HasSubstr("parameter_t"));
  EXPECT_THAT(Text("out.md"), HasSubstr("| `sleep 0.002` | "));
}

// Decided on what the commands print, which is the same on a busy machine.
TEST_F(BenchCmd, SeveralAreComparedToTheReference) {
  const RunResult run = Run({"echo 1", "echo 4", "--reference", "echo 2", "--reference-name", "old", "-r", "10",
                             "--metric", "size=regex:([0-9]+)", "--primary", "size"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("Size relative to 'old', 10 blocks:"));
  EXPECT_THAT(run.out, HasSubstr("better\n"));
  EXPECT_THAT(run.out, HasSubstr("worse\n"));
  EXPECT_THAT(run.out, HasSubstr("corrected for 2 comparisons"));
}

TEST_F(BenchCmd, UntilDecidedEndsBeforeItsMostBlocks) {
  const json report =
      Json({"echo 1", "echo 2", "--until-decided", "--metric", "size=regex:([0-9]+)", "--primary", "size"});
  EXPECT_EQ(report["commands"][1]["comparison"]["verdict"], "regressed");
  EXPECT_LT(report["blocks"], 200);
}

TEST_F(BenchCmd, AnInterruptReportsWhatThereIs) {
  // The second prepare interrupts us: the parent of the shell that runs it.
  const RunResult run =
      Run({"true", "-N", "-r", "1000", "-p",
           "echo >> n; if [ $(wc -l < n) -eq 4 ]; then kill -INT $(cut -d' ' -f4 /proc/$PPID/stat); sleep 5; fi"});
  EXPECT_EQ(run.exit_code, 130) << run.err;
  EXPECT_THAT(run.out, HasSubstr(", 3 runs\n"));
  EXPECT_THAT(run.out, HasSubstr("interrupted"));
  EXPECT_EQ(Lines("target/bench_results/results.jsonl").size(), 3u);
}

}  // namespace
}  // namespace rapidbyte::e2e
