// Scenarios as a user meets them: matrices of commands and of pipelines, planned, measured, resumed.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
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

  // Runs s.yaml and kills it where so many samples are there, or after so long.
  static void RunAndKillAt(size_t samples, std::chrono::seconds patience) {
    const pid_t pid = fork();
    if (pid == 0) {
      const int null = open("/dev/null", O_WRONLY);
      dup2(null, STDOUT_FILENO);
      dup2(null, STDERR_FILENO);
      execl(RAPIDBYTE_BINARY, "rapidbyte", "bench", "run", "s.yaml", nullptr);
      _exit(127);
    }
    for (auto i = patience / 10ms; i > 0 && Samples().size() < samples; --i) std::this_thread::sleep_for(10ms);
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }

  static std::vector<nlohmann::json> Samples() {
    std::vector<nlohmann::json> samples;
    std::ifstream in("target/bench_results/results.jsonl");
    for (std::string line; std::getline(in, line);) {
      nlohmann::json sample = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (sample.is_object()) samples.push_back(std::move(sample));  // the last line may be under way
    }
    return samples;
  }
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
  RunAndKillAt(7, 6s);
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

// The pipeline's runs fail, as nobody listens there, but they are runs.
TEST_F(BenchScenario, AChangedPipelineIsNotGoneOnWith) {
  const auto write_pipeline = [](const std::string& mode) {
    const std::string config = "config: {host: 127.0.0.1, port: 1, user: u, database: d}";
    Write("p.yaml", "version: 1\npipeline: p\nsource: {use: source-postgres, " + config +
                        ", streams: [{name: t, sync_mode: full_refresh}]}\ndestination: {use: dest-postgres, " +
                        config + ", write_mode: " + mode + "}\nstate: {backend: sqlite, connection: state.db}\n");
  };
  write_pipeline("append");
  Write("s.yaml",
        "version: 1\nscenario: x\nsubjects: {p: {pipeline: p.yaml}, c: {command: 'sleep 0.05 # {runtime}'}}\n"
        "axes: {runtime: native}\nwarmup: 0\niterations: 8\n");
  RunAndKillAt(3, 30s);
  const size_t before = Samples().size();
  ASSERT_GE(before, 3u);
  ASSERT_LT(before, 16u);
  write_pipeline("replace");
  const RunResult changed = RunRapidbyte({"bench", "run", "s.yaml"});
  EXPECT_THAT(changed.err, testing::Not(HasSubstr("goes on")));
  EXPECT_EQ(Samples().size(), before + 16);
}

TEST_F(BenchScenario, KilledItLeavesNoTemporaryFolder) {
  Write("p.yaml",
        "version: 1\npipeline: p\nsource: {use: source-postgres, config: {host: h, user: u, database: d}, streams: "
        "[{name: t, sync_mode: full_refresh}]}\n"
        "destination: {use: dest-postgres, config: {host: h, user: u, database: d}, write_mode: append}\nstate: "
        "{backend: sqlite, connection: state.db}\n");
  Write("s.yaml",
        "version: 1\nscenario: x\nsubject: {pipeline: p.yaml}\naxes: {runtime: native}\n"
        "hooks: {setup: 'touch begun; while [ -e begun ]; do sleep 0.05; done'}\n");
  std::filesystem::create_directory("temporary");
  const pid_t pid = fork();
  if (pid == 0) {
    setenv("TMPDIR", "temporary", 1);
    execl(RAPIDBYTE_BINARY, "rapidbyte", "bench", "run", "s.yaml", nullptr);
    _exit(127);
  }
  for (int i = 0; i < 1000 && !std::filesystem::exists("begun"); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_TRUE(std::filesystem::exists("begun"));
  EXPECT_FALSE(std::filesystem::is_empty("temporary"));
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  for (int i = 0; i < 1000 && !std::filesystem::is_empty("temporary"); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_TRUE(std::filesystem::is_empty("temporary"));
  std::filesystem::remove("begun");
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

TEST_F(BenchScenario, TheExitCodeOfAMeasuredCommandIsNotOurs) {
  for (const char* end : {"kill -9 $$", "exit 12"}) {
    Write("s.yaml", std::string("version: 1\nscenario: x\nsubject: {command: '") + end +
                        " # {n}'}\naxes: {n: 1}\nwarmup: 0\niterations: 1\n");
    EXPECT_EQ(RunRapidbyte({"bench", "run", "s.yaml"}).exit_code, 11) << end;
  }
}

TEST_F(BenchScenario, AFailingHookFailsItsCellAndTheRestGoesOn) {
  const std::string body = "\nsubject: {command: 'true {n}'}\naxes:\n  n: [1, 2]\nwarmup: 0\niterations: 2\nhooks:\n";
  const std::string failing = "'if [ {n} = 2 ]; then echo no room >&2; exit 7; fi'\n";
  for (const char* hook : {"setup", "prepare", "conclude"}) {
    SCOPED_TRACE(hook);
    std::filesystem::remove_all("suite");
    std::filesystem::remove_all("target");
    std::filesystem::create_directory("suite");
    Write("suite/a.yaml", "version: 1\nscenario: a" + body + "  " + hook + ": " + failing);
    Write("suite/b.yaml", "version: 1\nscenario: b" + body);
    const RunResult run = RunRapidbyte({"bench", "run", "suite"});
    EXPECT_EQ(run.exit_code, 11) << run.err;
    EXPECT_THAT(run.err, HasSubstr("2 of 4 runs failed"));
    EXPECT_THAT(run.err, HasSubstr(std::string("the ") + hook + " hook failed with exit code 7"));
    EXPECT_THAT(run.out, HasSubstr("no room"));
    std::map<std::string, size_t> good;
    for (const nlohmann::json& sample : Samples()) {
      good[sample["scenario"].get<std::string>()] += sample["outcome"] == "ok" ? 1 : 0;
    }
    EXPECT_EQ(good["a"], 2u);
    EXPECT_EQ(good["b"], 4u);
  }
}

TEST_F(BenchScenario, AFailingCleanupIsInTheExitCodeAndNotInTheRuns) {
  Write("s.yaml",
        "version: 1\nscenario: a\nsubject: {command: 'true'}\nwarmup: 0\niterations: 2\n"
        "hooks: {cleanup: 'echo still there; exit 1'}\n");
  const RunResult run = RunRapidbyte({"bench", "run", "s.yaml"});
  EXPECT_EQ(run.exit_code, 11) << run.err;
  EXPECT_THAT(run.err, HasSubstr("still there"));
  EXPECT_THAT(run.out, HasSubstr("scenario  a\n")) << "the report of what was measured";
  for (const nlohmann::json& sample : Samples()) EXPECT_EQ(sample["outcome"], "ok");
  EXPECT_EQ(Samples().size(), 2u);
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
  Write("s.yaml", "version: 1\nscenario: x\ndataset:\n  sql: nofile.sql\n  table: b\nsubject: {pipeline: default}\n");
  EXPECT_THAT(RunRapidbyte({"bench", "run", "s.yaml", "--dry-run"}).err,
              HasSubstr("s.yaml:4: key 'dataset.sql': there is no file nofile.sql"));
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

}  // namespace
}  // namespace rapidbyte::e2e
