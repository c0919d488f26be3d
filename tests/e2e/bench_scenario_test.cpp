// Scenarios as a user meets them: matrices of commands and of pipelines, resumed, compared, judged.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>
#include <thread>
#include <tuple>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class BenchScenario : public InOwnFolder {
 protected:
  static void Write(const std::string& name, const std::string& text) { std::ofstream(name) << text; }

  static std::vector<nlohmann::json> Samples() {
    std::vector<nlohmann::json> samples;
    std::ifstream in("target/bench_results/results.jsonl");
    for (std::string line; std::getline(in, line);) {
      nlohmann::json sample = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (sample.is_object()) samples.push_back(std::move(sample));  // the last line may be under way
    }
    return samples;
  }

  static nlohmann::json RunJson(std::vector<std::string> arguments) {
    const RunResult run = RunRapidbyte(std::move(arguments));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return nlohmann::json::parse(run.out, nullptr, false);
  }

 private:
};

constexpr const char* kSleepers = R"(version: 1
scenario: sleepers
subject: {command: 'sleep 0.0{n}; echo value={n}', shell: sh}
axes:
  n: [1, 4]
warmup: 1
iterations: 9
metrics:
  wall:
  value: {primary: true, threshold: 5%, regex: 'value=([0-9]+)'}
)";

TEST_F(BenchScenario, ComparesTheCellsOfAMatrixOfCommands) {
  Write("s.yaml", kSleepers);
  const nlohmann::json report = RunJson({"bench", "run", "s.yaml", "--json"});
  EXPECT_EQ(report["scenario"], "sleepers");
  ASSERT_EQ(report["cells"].size(), 2u);
  EXPECT_EQ(report["cells"][1]["cell"]["n"], "4");
  EXPECT_EQ(report["cells"][1]["metrics"]["value"]["median"], 4);
  ASSERT_EQ(report["comparison"]["cells"].size(), 1u);
  EXPECT_EQ(report["comparison"]["cells"][0]["verdict"], "regressed") << "four times the sleep of the first value";
  EXPECT_TRUE(report["comparison"]["cells"][0]["causes"].is_null()) << "causes split wall time, which does not decide";
  EXPECT_EQ(Samples().size(), 20u);
}

TEST_F(BenchScenario, SaysWhereTheTimeOfASlowerCellGoes) {
  Write("s.yaml", R"(version: 1
scenario: sleepers
subject: {command: 'sleep 0.0{n}'}
axes:
  n: [1, 4]
iterations: 9
)");
  const nlohmann::json cell = RunJson({"bench", "run", "s.yaml", "--json"})["comparison"]["cells"][0];
  EXPECT_EQ(cell["verdict"], "regressed");
  EXPECT_EQ(cell["causes"][0]["key"], "waiting");
}

TEST_F(BenchScenario, KilledAndStartedAgainItLosesAndDoublesNothing) {
  Write("s.yaml", kSleepers);
  const pid_t pid = fork();
  if (pid == 0) {
    const int null = open("/dev/null", O_WRONLY);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execl(RAPIDBYTE_BINARY, "rapidbyte", "bench", "run", "s.yaml", nullptr);
    _exit(127);
  }
  for (int i = 0; i < 600 && Samples().size() < 7; ++i) std::this_thread::sleep_for(10ms);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  const size_t before = Samples().size();
  ASSERT_GE(before, 7u);
  ASSERT_LT(before, 20u);

  const RunResult again = RunRapidbyte({"bench", "run", "s.yaml"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("goes on"));
  std::set<std::tuple<std::string, int, int>> places;
  for (const nlohmann::json& sample : Samples()) {
    places.emplace(sample["campaign_id"].get<std::string>(), sample["block"].get<int>(), sample["position"].get<int>());
  }
  EXPECT_EQ(places.size(), 20u);
  EXPECT_EQ(Samples().size(), 20u);
  // It is finished now: the same command begins anew.
  RunRapidbyte({"bench", "run", "s.yaml"});
  EXPECT_EQ(Samples().size(), 40u);
}

TEST_F(BenchScenario, ACellThatFailsIsReportedAndTheRestGoesOn) {
  Write("s.yaml", R"(version: 1
scenario: half-broken
subject: {command: 'if [ {n} = 2 ]; then echo "no such luck" >&2; exit 3; fi', shell: sh}
axes:
  n: [1, 2, 3]
warmup: 0
iterations: 2
)");
  const RunResult run = RunRapidbyte({"bench", "run", "s.yaml"});
  EXPECT_EQ(run.exit_code, 11) << run.err;
  EXPECT_THAT(run.out, HasSubstr("no such luck"));
  EXPECT_THAT(run.err, HasSubstr("2 of 6 runs failed"));
  size_t good = 0;
  for (const nlohmann::json& sample : Samples()) good += sample["outcome"] == "ok" ? 1 : 0;
  EXPECT_EQ(good, 4u);
}

TEST_F(BenchScenario, AProgramThatIsNotThereFailsAndTheRestGoesOn) {
  Write("s.yaml", R"(version: 1
scenario: half-there
subjects:
  there: {command: 'true'}
  nowhere: {command: nosuchthing, shell: false}
  unknown: {command: nosuchthing}
warmup: 0
iterations: 2
)");
  const RunResult run = RunRapidbyte({"bench", "run", "s.yaml"});
  EXPECT_EQ(run.exit_code, 11) << run.err;
  EXPECT_THAT(run.out, HasSubstr("subject=nowhere: failed: cannot run nosuchthing: No such"));
  EXPECT_THAT(run.out, HasSubstr("subject=unknown: failed: exit code 127: "));
  EXPECT_THAT(run.err, HasSubstr("4 of 6 runs failed"));
  std::multiset<std::string> outcomes;
  for (const nlohmann::json& sample : Samples()) outcomes.insert(sample["outcome"].get<std::string>());
  EXPECT_EQ(outcomes, (std::multiset<std::string>{"failed", "failed", "failed", "failed", "ok", "ok"}));
}

TEST_F(BenchScenario, ASubjectThatLacksAParameterStandsInEveryRow) {
  Write("s.yaml", R"(version: 1
scenario: beside-a-peer
subjects:
  peer: {command: 'echo value=2'}
  ours: {command: 'echo value={n}'}
axes:
  n: [1, 4]
warmup: 0
metrics:
  value: {primary: true, threshold: 5%, regex: 'value=([0-9]+)'}
)");
  const nlohmann::json report = RunJson({"bench", "run", "s.yaml", "--json", "--until-decided", "--max-blocks", "20"});
  const nlohmann::json& cells = report["comparison"]["cells"];
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_EQ(cells[0]["cell"]["n"], "1");
  EXPECT_EQ(cells[0]["verdict"], "improved");
  EXPECT_EQ(cells[1]["verdict"], "regressed");
  EXPECT_LT(Samples().size(), 60u) << "decided before the last block";
}

TEST_F(BenchScenario, ASuiteHasOneReport) {
  std::filesystem::create_directory("suite");
  for (const std::string name : {"first", "second"}) {
    Write("suite/" + name + ".yaml", "version: 1\nscenario: " + name + "\nsubject: {command: 'true'}\n");
  }
  const RunResult run = RunRapidbyte({"bench", "run", "suite", "--warmup", "0", "--iters", "1"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  std::ifstream file("target/bench_results/report.txt");
  const std::string report{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(report, HasSubstr("scenario  first\n"));
  EXPECT_THAT(report, HasSubstr("scenario  second\n"));
  EXPECT_EQ(run.err.find("The report is in"), run.err.rfind("The report is in"));
}

TEST_F(BenchScenario, ADryRunRefusesWhatThePipelineWould) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--compression", "zip", "--axis compression"},
                                             {"--axis", "runtime=foo", "--axis runtime"},
                                             {"--modes", "insert,foo", "--axis load_method"},
                                             {"--axis", "max_batch_bytes=zz", "--axis max_batch_bytes"}}) {
    const RunResult run = RunRapidbyte({"bench", "run", "--dry-run", wrong[0], wrong[1]});
    EXPECT_EQ(run.exit_code, 11) << wrong[1];
    EXPECT_THAT(run.err, HasSubstr("key '" + wrong[2] + "': expected "));
  }
  Write("s.yaml",
        "version: 1\nscenario: x\ndataset: {name: orders}\nsubject: {pipeline: default}\naxes:\n"
        "  load_method: [copy, COPY]\n");
  EXPECT_THAT(RunRapidbyte({"bench", "run", "s.yaml", "--dry-run"}).err,
              HasSubstr("s.yaml:6: key 'axes.load_method': expected "));
  Write("s.yaml", "version: 1\nscenario: x\ndataset: {name: orders}\nsubject:\n  pipeline: nofile.yaml\n");
  EXPECT_THAT(RunRapidbyte({"bench", "run", "s.yaml", "--dry-run"}).err,
              HasSubstr("s.yaml:5: key 'subject.pipeline': cannot read the pipeline nofile.yaml"));
  EXPECT_NE(RunRapidbyte({"bench", "profile", "--mode", "turbo"}).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists("target"));
}

TEST_F(BenchScenario, UntilDecidedTakesNoNumberOfBlocks) {
  const RunResult run = RunRapidbyte({"bench", "run", "--dry-run", "--until-decided", "--iters", "5"});
  EXPECT_EQ(run.exit_code, 10);
  EXPECT_THAT(run.err, HasSubstr("--iters"));
}

TEST_F(BenchScenario, ADryRunMeasuresNothing) {
  Write("s.yaml", kSleepers);
  const RunResult run = RunRapidbyte({"bench", "run", "s.yaml", "--dry-run", "--iters", "3"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("8 = 2 cells x 4 blocks"));
  EXPECT_THAT(run.out, HasSubstr("no difference can be significant"));
  EXPECT_FALSE(std::filesystem::exists("target"));
}

TEST_F(BenchScenario, MistakesNameFileLineAndKey) {
  Write("s.yaml", "version: 1\nscenario: x\nsubject: {command: 'true'}\naxs: {n: 1}\n");
  const RunResult run = RunRapidbyte({"bench", "run", "s.yaml"});
  EXPECT_EQ(run.exit_code, 11);
  EXPECT_THAT(run.err, HasSubstr("s.yaml:4: key 'axs': unknown key; did you mean 'axes'?"));
  Write("missing.yaml", "version: 1\nscenario: x\nsubject: {command: 'no-such-command-anywhere 1', shell: false}\n");
  const RunResult missing = RunRapidbyte({"bench", "run", "missing.yaml"});
  EXPECT_EQ(missing.exit_code, 11) << missing.err;
  EXPECT_THAT(missing.err, HasSubstr("no-such-command-anywhere"));
}

// The built-in pipeline in a matrix, with peers beside it: each verified.
TEST_F(BenchScenario, PipelinesAndPeersStandInOneMatrix) {
  Write("s.yaml", R"(version: 1
scenario: small-peers
dataset: {name: orders, rows: 50}
subjects:
  rapidbyte: {pipeline: default}
  psql-pipe:
    command: >-
      psql -qX '{source_dsn}' -c 'COPY {source_schema}.{table} TO STDOUT (FORMAT BINARY)' |
      psql -qX -v ON_ERROR_STOP=1 '{destination_dsn}' -c 'COPY {destination_schema}.{table} FROM STDIN (FORMAT BINARY)'
    destination_table: true
  forgetful:
    command: 'true'
    destination_table: true
axes:
  compression: [none, lz4]
  runtime: native
warmup: 0
iterations: 1
)");
  const RunResult run = RunRapidbyte({"bench", "run", "s.yaml", "--rows", "50 80"});
  EXPECT_EQ(run.exit_code, 17) << run.err;
  std::multiset<std::string> outcomes;
  for (const nlohmann::json& sample : Samples()) {
    outcomes.insert(sample["cell"]["subject"].get<std::string>() + " " + sample["outcome"].get<std::string>());
  }
  EXPECT_EQ(outcomes,
            (std::multiset<std::string>{"forgetful wrong_rows", "forgetful wrong_rows", "psql-pipe ok", "psql-pipe ok",
                                        "rapidbyte ok", "rapidbyte ok", "rapidbyte ok", "rapidbyte ok"}));
}

// A store of two commits that were measured together, made from lines: nothing here depends on this machine's noise.
class BenchJudgement : public BenchScenario {
 protected:
  static constexpr const char* kOld = "1111111111111111111111111111111111111111";
  static constexpr const char* kNew = "2222222222222222222222222222222222222222";

  static void Import(double ratio, const std::string& campaign = "20260101T000000-0000aaaa") {
    std::ofstream lines("lines.jsonl");
    for (int block = 0; block < 12; ++block) {
      for (const char* build : {kOld, kNew}) {
        const double drift = 1 + 0.05 * block;
        const double value = drift * (build == kNew ? ratio * (1 + 0.001 * (block % 3)) : 1);
        lines << nlohmann::json({{"campaign_id", campaign},
                                 {"campaign_started_at", "2026-01-01T00:00:00Z"},
                                 {"scenario", "made"},
                                 {"git_sha", kNew},
                                 {"git_branch", "main"},
                                 {"build", build},
                                 {"cell", {{"query", "q1"}}},
                                 {"block", block},
                                 {"position", build == kNew ? 1 : 0},
                                 {"warmup", false},
                                 {"timestamp", "2026-01-01T00:00:01Z"},
                                 {"outcome", "ok"},
                                 {"wall_secs", value},
                                 {"user_secs", value / 2},
                                 {"system_secs", 0.0},
                                 {"max_rss_bytes", 1000}})
                     .dump()
              << "\n";
      }
    }
    lines.close();
    const RunResult import = RunRapidbyte({"bench", "import", "lines.jsonl"});
    ASSERT_EQ(import.exit_code, 0) << import.out << import.err;
  }
};

TEST_F(BenchJudgement, ARegressionShutsTheGate) {
  Import(1.08);
  const nlohmann::json comparison = RunJson({"bench", "compare", kOld, kNew, "--format", "json"});
  ASSERT_EQ(comparison["cells"].size(), 1u);
  EXPECT_EQ(comparison["cells"][0]["verdict"], "regressed");
  EXPECT_TRUE(comparison["cells"][0]["paired"]);
  EXPECT_NEAR(comparison["cells"][0]["ratio"], 1.08, 0.01);

  const RunResult gate = RunRapidbyte({"bench", "gate", "22222222", "--baseline", "11111111", "--junit", "gate.xml",
                                       "--markdown", "gate.md", "--json", "gate.json"});
  EXPECT_EQ(gate.exit_code, 1) << gate.out << gate.err;
  for (const char* file : {"gate.xml", "gate.md", "gate.json"}) EXPECT_TRUE(std::filesystem::file_size(file) > 100);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", kOld, "--threshold", "20"}).exit_code, 0)
      << "significant, but shown to lie within what does not matter";
}

TEST_F(BenchJudgement, NoChangeOpensItAndNothingToCompareIsAnError) {
  Import(1.0);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", kOld}).exit_code, 0);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", kNew}).exit_code, 3) << "the same commit twice";
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", "3333333"}).exit_code, 3);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", "window:x"}).exit_code, 3);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", "--baseline", kOld, "--store", "nowhere.db"}).exit_code, 3);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew}).exit_code, 3) << "no baseline";
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", kOld, "--threshold", "3%"}).exit_code, 0);
  const RunResult column = RunRapidbyte({"bench", "compare", kOld, kNew, "--col", "z"});
  EXPECT_EQ(column.exit_code, 11);
  EXPECT_THAT(column.err, HasSubstr("no sample has a parameter \"z\""));
  EXPECT_THAT(RunRapidbyte({"bench", "compare", kNew, "--col", "query"}).err, HasSubstr("it has one value only, q1"));
}

// Each commit measured by itself: one run of the candidate against eight decides nothing; the gate says what would.
TEST_F(BenchJudgement, AWindowNeedsSeveralRunsOfTheCandidate) {
  const auto measure = [](const std::string& sha, int day, double value) {
    std::ofstream lines("lines.jsonl");
    const std::string two_digits = std::to_string(100 + day).substr(1);
    const std::string date = "2026-01-" + two_digits + "T00:00:00Z";
    lines << nlohmann::json({{"campaign_id", "202601" + two_digits + "T000000-0000aaaa"},
                             {"campaign_started_at", date},
                             {"scenario", "made"},
                             {"git_sha", sha},
                             {"git_branch", "main"},
                             {"cell", {{"query", "q1"}}},
                             {"block", 0},
                             {"position", 0},
                             {"warmup", false},
                             {"timestamp", date},
                             {"outcome", "ok"},
                             {"wall_secs", value},
                             {"user_secs", value / 2},
                             {"system_secs", 0.0},
                             {"max_rss_bytes", 1000}})
                 .dump()
          << "\n";
    lines.close();
    EXPECT_EQ(RunRapidbyte({"bench", "import", "lines.jsonl"}).exit_code, 0);
  };
  for (int day = 1; day <= 8; ++day) measure(kOld, day, 1 + 0.002 * day);
  measure(kNew, 9, 1.1);
  const RunResult one = RunRapidbyte({"bench", "gate", "--baseline", "window:20"});
  EXPECT_EQ(one.exit_code, 2) << one.out << one.err;
  EXPECT_THAT(one.out, HasSubstr("8 runs of earlier commits (window:20)"));
  std::string one_line = one.out;
  std::replace(one_line.begin(), one_line.end(), '\n', ' ');
  EXPECT_THAT(one_line, HasSubstr("There are 8 runs before and 1 run after"));
  for (int day = 10; day <= 13; ++day) measure(kNew, day, 1.1 + 0.002 * day);
  const RunResult five = RunRapidbyte({"bench", "gate", "--baseline", "window:20"});
  EXPECT_EQ(five.exit_code, 1) << five.out << five.err;
}

TEST_F(BenchJudgement, ImportedTwiceNothingIsDoubled) {
  Import(1.0);
  const RunResult again = RunRapidbyte({"bench", "import", "lines.jsonl"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("24 already there"));
  std::ofstream("lines.jsonl", std::ios::app) << "{\"torn";
  EXPECT_THAT(RunRapidbyte({"bench", "import", "lines.jsonl"}).out, HasSubstr("warning"));
}

TEST_F(BenchJudgement, ABaselineHasAName) {
  Import(1.08);
  EXPECT_EQ(RunRapidbyte({"bench", "baseline", "release", kOld}).exit_code, 0);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", "baseline:release"}).exit_code, 1);
}

TEST_F(BenchScenario, FilesFromElsewhereAreComparedAndHaveAHistory) {
  std::ofstream before("old.csv"), after("new.csv"), history("history.csv");
  before << "case,ms\n";
  after << "case,ms\n";
  history << "time,ms\n";
  for (int i = 0; i < 20; ++i) {
    before << "a," << 100 + i % 4 << "\n";
    after << "a," << 120 + i % 4 << "\n";
  }
  for (int i = 0; i < 60; ++i) history << i << "," << (i < 40 ? 100 : 130) + i * 7 % 5 << "\n";
  before.close();
  after.close();
  history.close();
  const nlohmann::json comparison = RunJson({"bench", "compare", "old.csv", "new.csv", "--format", "json"});
  EXPECT_EQ(comparison["cells"][0]["verdict"], "regressed");
  EXPECT_FALSE(comparison["cells"][0]["paired"]);
  std::ofstream("named.csv") << "when,ms\nmonday,1\ntuesday,2\n";
  EXPECT_THAT(RunRapidbyte({"bench", "history", "named.csv"}).err, HasSubstr("--time when"));
  const nlohmann::json series =
      RunJson({"bench", "history", "history.csv", "--time", "time", "--metric", "ms", "--json"});
  ASSERT_EQ(series.size(), 1u);
  EXPECT_EQ(series[0]["metric"], "ms");
  ASSERT_EQ(series[0]["change_points"].size(), 1u);
  EXPECT_EQ(series[0]["change_points"][0]["index"], 40);
}

}  // namespace
}  // namespace rapidbyte::e2e
