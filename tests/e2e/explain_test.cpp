// Causes are found: programs of which it is known what makes them slow, against the one that is not.
//
// Each slow program is this build with one object compiled anew (tests/e2e/CMakeLists.txt), so that the connectors that
// are linked in are the slow ones: runs are native.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "fixture.h"
#include "record/run_record.h"
#include "record/sample_json.h"

namespace rapidbyte::e2e {
namespace {

using testing::HasSubstr;

constexpr uint32_t kBlocks = 12;
constexpr const char* kSide[] = {"quick.jsonl", "slow.jsonl"};

struct SlowPlace {
  const char* name;
  const char* part;  // that must stand first
};

class Explain : public testing::TestWithParam<SlowPlace> {
 protected:
  static void SetUpTestSuite() {
    Server::Get().Sql(
        "DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA src;"
        "CREATE TABLE src.t (id int4 NOT NULL, name text);"
        "INSERT INTO src.t SELECT g, repeat('some text ', 10) || g FROM generate_series(1, 30000) g");
  }

  static record::Campaign Campaign() {
    record::Campaign campaign;
    campaign.id = "20260101T000000-0000aaaa";
    campaign.started_at = "2026-01-01T00:00:00Z";
    campaign.git_sha = "1111111111111111111111111111111111111111";
    campaign.blocks = kBlocks;
    return campaign;
  }

  static record::Sample Measure(const std::string& program, uint32_t block, uint32_t position) {
    PipelineSpec spec;
    spec.runtime = "native";
    spec.compression = "lz4";
    Server::Get().Sql("DROP SCHEMA IF EXISTS raw CASCADE");
    const auto result = lab::RunSubprocess({{program, "run", WritePipeline(spec).string()}, {}, {}});
    record::Sample sample;
    EXPECT_TRUE(result);
    if (!result) return sample;
    EXPECT_EQ(result->exit_code, 0) << result->err;
    sample.campaign_id = Campaign().id;
    sample.block = block;
    sample.position = position;
    sample.timestamp = "2026-01-01T00:00:01Z";
    sample.cell = {{"load_method", "copy"}, {"rows", "30000"}};
    sample.wall_secs = result->wall_secs;
    sample.user_secs = result->user_secs;
    sample.system_secs = result->system_secs;
    const size_t at = result->out.rfind(record::kBenchLinePrefix);
    EXPECT_NE(at, std::string::npos);
    if (at == std::string::npos) return sample;
    const size_t begin = at + record::kBenchLinePrefix.size();
    sample.run = nlohmann::json::parse(result->out.substr(begin, result->out.find('\n', begin) - begin));
    return sample;
  }

  // Both programs once in every block, who is first in turns. A file of lines for each, in Scratch().
  static void MeasureBoth(const std::string& slow) {
    std::ofstream lines[] = {std::ofstream(Scratch() / kSide[0]), std::ofstream(Scratch() / kSide[1])};
    for (uint32_t block = 0; block < kBlocks; ++block) {
      for (uint32_t position = 0; position < 2; ++position) {
        const size_t side = (block + position) % 2;
        const record::Sample sample = Measure(side == 0 ? RAPIDBYTE_BINARY : slow, block, position);
        lines[side] << record::DumpLine(record::ToJson(sample, Campaign())) << "\n";
      }
    }
  }

  static std::string File(size_t side) { return (Scratch() / kSide[side]).string(); }
};

TEST_P(Explain, TheSlowPlaceStandsFirst) {
  const std::string program = std::string(RAPIDBYTE_SLOW_PROGRAMS) + "/rapidbyte_slow_" + GetParam().name;
  ASSERT_TRUE(std::filesystem::exists(program)) << program;
  MeasureBoth(program);
  const RunResult run = RunRapidbyte({"bench", "explain", File(0), File(1), "mode=copy", "--format", "json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const nlohmann::json cell = nlohmann::json::parse(run.out).at("cells").at(0);
  ASSERT_FALSE(cell.at("parts").empty());
  const RunResult text = RunRapidbyte({"bench", "explain", File(0), File(1), "mode=copy", "--all"});
  EXPECT_EQ(cell.at("parts").at(0).at("key"), GetParam().part) << text.out;
  EXPECT_TRUE(cell.at("parts").at(0).at("significant")) << text.out;
  double path = 0;
  for (const auto& part : cell.at("parts")) path += part.at("on_path").get<double>();
  EXPECT_NEAR(path, cell.at("wall").at("change").get<double>(), 1e-9);

  const RunResult gate = RunRapidbyte({"bench", "gate", File(1), "--baseline", File(0), "--format", "json"});
  EXPECT_EQ(gate.exit_code, 1) << gate.out << gate.err;
  const nlohmann::json judged = nlohmann::json::parse(gate.out).at("cells").at(0);
  ASSERT_TRUE(judged.at("causes").is_array()) << gate.out;
  EXPECT_EQ(judged.at("causes").at(0).at("key"), GetParam().part) << text.out;
  EXPECT_LE(judged.at("causes").size(), 3u);
  EXPECT_THAT(RunRapidbyte({"bench", "compare", File(0), File(1)}).out, HasSubstr("Causes"));
}

INSTANTIATE_TEST_SUITE_P(Places, Explain,
                         testing::Values(SlowPlace{"source_decode", "source.guest"},
                                         SlowPlace{"host_compress", "source.emit_batch.compress"},
                                         SlowPlace{"dest_encode", "destination.guest"}),
                         [](const auto& param) { return std::string(param.param.name); });

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
        lines << record::DumpLine(record::ToJson(sample, campaign)) << "\n";
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
  const nlohmann::json profiles = nlohmann::json::parse(run.out).at("profiles");
  EXPECT_EQ(profiles.at("profiles_before"), 3);
  EXPECT_EQ(profiles.at("unit"), "share");
  EXPECT_EQ(profiles.at("functions").at(0).at("name"), "grows");
  EXPECT_TRUE(profiles.at("functions").at(0).at("significant"));
  const RunResult one_side =
      RunRapidbyte({"bench", "explain", File("a.jsonl"), File("b.jsonl"), "--profile-after", File("after0.folded")});
  EXPECT_THAT(one_side.err, HasSubstr("profiles of one side only"));
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
