// Causes are found: programs of which it is known what makes them slow, measured and profiled in turns with the one
// that is not.
//
// Each slow program is this build with a few objects compiled anew (tests/e2e/CMakeLists.txt): the connectors that are
// linked in and those beside it are the slow ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "base/json.h"
#include "fixture.h"
#include "lab/test_repository.h"
#include "record/run_record.h"
#include "record/sample_json.h"

namespace rapidbyte::e2e {
namespace {

using testing::HasSubstr;

struct SlowPlace {
  const char* name;
  const char* part;      // that must stand first
  const char* function;  // that must stand first
};

constexpr SlowPlace kPlaces[] = {{"source_decode", "source.guest", "CopyDecoder::DecodeRow"},
                                 {"host_compress", "source.emit_batch.compress", "Lz4Codec::Compress"},
                                 {"dest_encode", "destination.guest", "CopyEncoder::Encode"}};

// A repository whose commits "build" this program, or one of which a place is slow.
class Explain : public testing::Test {
 protected:
  void SetUp() override {
    old_folder_ = std::filesystem::current_path();
    std::filesystem::current_path(repository_.path());
  }
  void TearDown() override { std::filesystem::current_path(old_folder_); }

  std::string CommitOf(const std::string& program) {
    EXPECT_TRUE(std::filesystem::exists(program)) << program;
    repository_.Write("program", program);
    return repository_.Commit(program);
  }

  // Every commit in every block.
  static void Measure(const std::vector<std::string>& commits, const std::string& options) {
    std::vector<std::string> words = {"bench", "compare", "--build", "ln -sf \"$(cat program)\" rapidbyte"};
    words.insert(words.end(), commits.begin(), commits.end());
    std::istringstream more(
        "--measure --binary rapidbyte --rows 20000 --filter load_method=copy --axis compression=lz4 --iters 10 "
        "--warmup 1 " +
        options);
    for (std::string word; more >> word;) words.push_back(word);
    const RunResult run = RunRapidbyte(words);
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }

  // The cell as `bench explain` has it; its largest part is checked.
  static nlohmann::json Explained(const SlowPlace& place, const std::string& before, const std::string& after,
                                  const std::string& cell_name) {
    const RunResult text = RunRapidbyte({"bench", "explain", before, after, cell_name, "--all"});
    const RunResult run = RunRapidbyte({"bench", "explain", before, after, cell_name, "--format", "json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    nlohmann::json cell = nlohmann::json::parse(run.out).at("cells").at(0);
    EXPECT_EQ(cell.at("parts").at(0).at("key"), place.part) << text.out;
    EXPECT_TRUE(cell.at("parts").at(0).at("significant")) << text.out;
    double path = 0;
    for (const auto& part : cell.at("parts")) path += part.at("on_path").get<double>();
    EXPECT_NEAR(path, cell.at("wall").at("change").get<double>(), 1e-9);
    return cell;
  }

  // The gate and its JUnit file say so too.
  static void ExpectInGate(const SlowPlace& place, const std::string& before, const std::string& after) {
    const RunResult gate =
        RunRapidbyte({"bench", "gate", after, "--baseline", before, "--filter", "runtime=aot", "--junit", "gate.xml"});
    EXPECT_EQ(gate.exit_code, 1) << gate.out << gate.err;
    EXPECT_THAT(gate.out, HasSubstr(place.function));
    std::ifstream junit("gate.xml");
    const std::string xml{std::istreambuf_iterator<char>(junit), {}};
    const size_t failure = xml.find("<failure");
    ASSERT_NE(failure, std::string::npos) << xml;
    EXPECT_THAT(xml.substr(failure, xml.find("</failure>") - failure), HasSubstr(place.function));
  }

  lab::TestRepository repository_;

 private:
  std::filesystem::path old_folder_;
};

TEST_F(Explain, TheSlowPlaceStandsFirst) {
  std::vector<std::string> commits = {CommitOf(RAPIDBYTE_BINARY)};
  for (const SlowPlace& place : kPlaces) {
    commits.push_back(CommitOf(std::string(RAPIDBYTE_SLOW_PROGRAMS) + "/" + place.name + "/rapidbyte"));
  }
  Measure(commits, "--axis runtime=aot --profile --profile-runs 4");
  Measure(commits, "--axis runtime=native");
  for (size_t i = 0; i < std::size(kPlaces); ++i) {
    SCOPED_TRACE(kPlaces[i].name);
    const nlohmann::json sandboxed = Explained(kPlaces[i], commits[0], commits[i + 1], "mode=copy,runtime=aot");
    ASSERT_TRUE(sandboxed.at("profiles").is_object());
    EXPECT_EQ(sandboxed.at("profiles").at("profiles_after"), 4);
    const nlohmann::json& functions = sandboxed.at("profiles").at("functions");
    EXPECT_THAT(functions.at(0).at("name").get<std::string>(), HasSubstr(kPlaces[i].function)) << functions.dump(1);
    EXPECT_GT(functions.at(0).at("change"), 0);
    ExpectInGate(kPlaces[i], commits[0], commits[i + 1]);

    const nlohmann::json native = Explained(kPlaces[i], commits[0], commits[i + 1], "mode=copy,runtime=native");
    EXPECT_TRUE(native.at("profiles").is_null());
    EXPECT_THAT(native.at("missing_profiles").at(0).at("command"), HasSubstr("rapidbyte bench profile --of "));
  }
}

// What needs no slow program: lines made by hand.
class ExplainCommand : public testing::Test {
 protected:
  static std::string File(const std::string& name) { return (Scratch() / name).string(); }

  // Two cells, of which only one is slower, by its kernel time.
  static void Write(const std::string& name, double more, uint32_t blocks) {
    std::ofstream lines(Scratch() / name);
    for (uint32_t block = 0; block < blocks; ++block) {
      for (uint32_t position = 0; position < 2; ++position) {
        record::Sample sample;
        sample.campaign_id = "20260101T000000-0000bbbb";
        sample.block = block;
        sample.position = position;
        sample.timestamp = "2026-01-01T00:00:01Z";
        sample.cell = {{"query", position == 0 ? "q1" : "q2"}};
        sample.user_secs = 0.5 + 0.001 * (block % 3);
        sample.system_secs = 0.1 + (position == 1 ? more * (1 + 0.01 * (block % 4)) : 0);
        sample.wall_secs = sample.user_secs + sample.system_secs + 0.2 + 0.001 * (block % 5);
        record::Campaign campaign;
        campaign.id = sample.campaign_id;
        campaign.started_at = "2026-01-01T00:00:00Z";
        campaign.git_sha = name;
        lines << DumpJson(record::ToJson(sample, campaign)) << "\n";
      }
    }
  }
};

TEST_F(ExplainCommand, ShowsTheWorstCellWithoutBeingAsked) {
  Write("a.jsonl", 0, 12);
  Write("b.jsonl", 0.1, 12);
  const RunResult run = RunRapidbyte({"bench", "explain", File("a.jsonl"), File("b.jsonl")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("query=q2"));
  EXPECT_THAT(run.out, HasSubstr("CPU, system"));
  EXPECT_THAT(run.out, testing::Not(HasSubstr("query=q1")));
  const RunResult one = RunRapidbyte({"bench", "explain", File("a.jsonl"), File("b.jsonl"), "query=q1"});
  EXPECT_THAT(one.out, HasSubstr("query=q1"));
}

TEST_F(ExplainCommand, CompareAndGateNameTheCausesOfARegression) {
  Write("a.jsonl", 0, 12);
  Write("b.jsonl", 0.1, 12);
  const RunResult gate =
      RunRapidbyte({"bench", "gate", File("b.jsonl"), "--baseline", File("a.jsonl"), "--format", "json"});
  EXPECT_EQ(gate.exit_code, 1) << gate.err;
  const nlohmann::json judged = nlohmann::json::parse(gate.out);
  size_t regressed = 0;
  for (const auto& cell : judged.at("cells")) {
    if (!cell.at("causes").is_array()) continue;
    ++regressed;
    ASSERT_FALSE(cell.at("causes").empty());
    EXPECT_EQ(cell.at("causes").at(0).at("key"), "system");
    EXPECT_LE(cell.at("causes").size(), 3u);
  }
  EXPECT_EQ(regressed, 1u) << gate.out;
  EXPECT_THAT(RunRapidbyte({"bench", "compare", File("a.jsonl"), File("b.jsonl")}).out, HasSubstr("Causes"));
  const RunResult system = RunRapidbyte({"bench", "compare", File("a.jsonl"), File("b.jsonl"), "--metric", "system"});
  EXPECT_THAT(system.out, HasSubstr("regressed"));
  EXPECT_THAT(system.out, testing::Not(HasSubstr("Causes"))) << "they are those of the wall time";
}

TEST_F(ExplainCommand, NamesTheFunctionsThatGrew) {
  Write("a.jsonl", 0, 12);
  Write("b.jsonl", 0.1, 12);
  std::vector<std::string> arguments = {"bench", "explain", File("a.jsonl"), File("b.jsonl"), "--format", "json"};
  for (const bool after : {false, true}) {
    arguments.push_back(after ? "--profile-after" : "--profile-before");
    for (int i = 0; i < 3; ++i) {
      const std::string name = (after ? "after" : "before") + std::to_string(i) + ".folded";
      std::ofstream(Scratch() / name) << "prog;main;steady " << 1000 + i << "\nprog;main;grows "
                                      << (after ? 900 : 100) + 3 * i << "\n";
      arguments.push_back(File(name));
    }
  }
  const RunResult run = RunRapidbyte(arguments);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const nlohmann::json profiles = nlohmann::json::parse(run.out).at("cells").at(0).at("profiles");
  EXPECT_EQ(profiles.at("profiles_before"), 3);
  EXPECT_EQ(profiles.at("unit"), "share");
  EXPECT_EQ(profiles.at("functions").at(0).at("name"), "grows");
  EXPECT_TRUE(profiles.at("functions").at(0).at("significant"));
  const RunResult one_side =
      RunRapidbyte({"bench", "explain", File("a.jsonl"), File("b.jsonl"), "--profile-after", File("after0.folded")});
  EXPECT_EQ(one_side.exit_code, 0) << one_side.err;
  EXPECT_THAT(one_side.out, HasSubstr("no profile of "));
  EXPECT_THAT(one_side.out, HasSubstr("--profile-before"));
}

TEST_F(ExplainCommand, SaysWhatIsMissing) {
  Write("a.jsonl", 0, 12);
  Write("b.jsonl", 0, 12);
  const std::string a = File("a.jsonl");
  const std::string b = File("b.jsonl");
  EXPECT_THAT(RunRapidbyte({"bench", "explain", a, b}).err, HasSubstr("none of 2 cells changed"));
  EXPECT_THAT(RunRapidbyte({"bench", "explain", a, b, "query=q7"}).err, HasSubstr("there are:"));
  EXPECT_THAT(RunRapidbyte({"bench", "explain", a, b, "q1"}).err, HasSubstr("expected KEY=VALUE"));
  EXPECT_THAT(RunRapidbyte({"bench", "explain", a}).err, HasSubstr("one side only"));
  EXPECT_EQ(RunRapidbyte({"bench", "explain", a, b}).exit_code, 10);
  Write("few_a.jsonl", 0, 4);
  Write("few_b.jsonl", 0.1, 4);
  const RunResult few = RunRapidbyte({"bench", "explain", File("few_a.jsonl"), File("few_b.jsonl"), "query=q2"});
  EXPECT_EQ(few.exit_code, 0) << few.err;
  EXPECT_THAT(few.out, HasSubstr("4 blocks: parts have no intervals"));
  std::ofstream(Scratch() / "a.csv") << "case,ms\na,1\na,2\n";
  std::ofstream(Scratch() / "b.csv") << "case,ms\na,2\na,3\n";
  const RunResult foreign = RunRapidbyte({"bench", "explain", File("a.csv"), File("b.csv"), "case=a"});
  EXPECT_THAT(foreign.err, HasSubstr("no runs"));
}

}  // namespace
}  // namespace rapidbyte::e2e
