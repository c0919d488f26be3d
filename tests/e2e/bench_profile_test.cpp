// `bench profile` and `bench run --profile` as a user meets them: pictures and profiles that reach into the sandbox.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "fixture.h"
#include "profile/read_profile.h"

namespace rapidbyte::e2e {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;

std::string ReadText(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> FilesEndingIn(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ending) files.push_back(entry.path());
  }
  return files;
}

class BenchProfile : public InOwnFolder {
 protected:
  static std::vector<fs::path> Lines(const std::string& text) {
    std::vector<fs::path> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.emplace_back(line);
    return lines;
  }

  static profile::Profile Load(const fs::path& file) {
    auto profile = profile::ReadProfile(ReadText(file), file.string());
    EXPECT_TRUE(profile) << profile.error().message;
    return profile ? *std::move(profile) : profile::Profile();
  }

  // The names of all functions of an origin.
  static std::set<std::string> Functions(const profile::Profile& profile, profile::Origin origin) {
    std::set<std::string> names;
    for (const profile::Sample& sample : profile.samples) {
      for (const profile::FrameId frame : profile.stacks.Path(sample.stack)) {
        if (profile.stacks.At(frame).origin == origin) names.emplace(profile.stacks.Name(frame));
      }
    }
    return names;
  }
};

TEST_F(BenchProfile, NamesTheFunctionsOfTheConnectors) {
  const RunResult run = RunRapidbyte({"bench", "profile", "--rows", "200000", "--mode", "copy", "--frequency", "2000"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::vector<fs::path> pictures = Lines(run.out);
  ASSERT_EQ(pictures.size(), 1u) << run.out;
  EXPECT_THAT(pictures[0].string(), HasSubstr("target/profiles/flamegraph_200000rows_copy_"));
  const std::string svg = ReadText(pictures[0]);
  EXPECT_THAT(svg, HasSubstr("</svg>"));

  const profile::Profile profile = Load(fs::path(pictures[0]).replace_extension(".json"));
  EXPECT_FALSE(profile.commit.empty() && profile.command.empty());
  const std::set<std::string> connector = Functions(profile, profile::Origin::kConnector);
  EXPECT_THAT(connector, Contains(HasSubstr("Decode")));
  EXPECT_THAT(connector, Contains(HasSubstr("Encode")));
  for (const std::string& name : connector) EXPECT_THAT(name, testing::Not(HasSubstr("w2c_")));
}

TEST_F(BenchProfile, ProfiledRunsAreNoSamples) {
  const RunResult run = RunRapidbyte({"bench", "run", "--rows", "1000", "--iters", "2", "--warmup", "0", "--profile"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(FilesEndingIn("target/profiles", ".svg").size(), 2u);
  std::ifstream in("target/bench_results/results.jsonl");
  size_t samples = 0;
  for (std::string line; std::getline(in, line);) ++samples;
  EXPECT_EQ(samples, 4u);
}

TEST_F(BenchProfile, RunsTheCellsOfARunAgain) {
  const RunResult run =
      RunRapidbyte({"bench", "run", "--rows", "1000", "--compression", "none,lz4", "--iters", "1", "--warmup", "0"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::ifstream in("target/bench_results/results.jsonl");
  std::string line;
  std::getline(in, line);
  const std::string id = nlohmann::json::parse(line).at("campaign_id");

  const std::vector<std::string> again = {"bench", "profile", "--of", id, "--filter", "load_method=copy"};
  const RunResult first = RunRapidbyte(again);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(Lines(first.out).size(), 2u) << first.out;
  EXPECT_THAT(first.out, HasSubstr("target/profiles/" + id + "/"));
  const RunResult second = RunRapidbyte(again);
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(FilesEndingIn("target/profiles", ".svg").size(), 4u);  // more of them, in the place of none

  EXPECT_THAT(RunRapidbyte({"bench", "profile", "--of", "20200101"}).err, HasSubstr("there is no run 20200101"));
  EXPECT_THAT(RunRapidbyte({"bench", "profile", "--of", id, "--rows", "10"}).err, HasSubstr("--filter chooses"));
}

TEST_F(BenchProfile, TheServersBackendsAreInTheSamePicture) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may look at the server of another user";
  const RunResult run =
      RunRapidbyte({"bench", "profile", "--rows", "200000", "--mode", "copy", "--postgres", "--frequency", "2000"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const profile::Profile profile = Load(Lines(run.out).at(0).replace_extension(".json"));
  EXPECT_FALSE(Functions(profile, profile::Origin::kPostgres).empty());
  EXPECT_FALSE(Functions(profile, profile::Origin::kConnector).empty());
}

TEST_F(BenchProfile, AWrongScenarioIsToldBeforeAnythingStarts) {
  const RunResult run = RunRapidbyte({"bench", "profile", "no_such_file.yaml"});
  EXPECT_EQ(run.exit_code, 11);
  EXPECT_THAT(run.err, HasSubstr("no_such_file.yaml"));
}

}  // namespace
}  // namespace rapidbyte::e2e
