#include "cli/profile_diff_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "profile/profile_file.h"
#include "store/test_folder.h"

namespace rapidbyte::cli {
namespace {

using store::TestFolder;
using testing::HasSubstr;

std::string MakeFile(const TestFolder& folder, const std::string& name, const std::string& text) {
  const std::filesystem::path path = folder / name;
  std::ofstream(path) << text;
  return path;
}

TEST(ProfileDiff, AProfileWithoutSamplesIsRefused) {
  const TestFolder folder;
  ProfileDiffOptions options;
  options.before = {MakeFile(folder, "before", "main;work 3\n")};
  options.after = {MakeFile(folder, "after", profile::WriteProfile(profile::Profile()))};
  options.output = folder / "diff.txt";
  const Status done = DiffProfiles(options);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("after: nothing was sampled"));
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

TEST(ProfileDiff, NoSharesAreTakenOfStatesWithoutTime) {
  const TestFolder folder;
  ProfileDiffOptions options;
  options.before = {MakeFile(folder, "before", "main;[blocked] 3\nmain 1\n")};
  options.after = {MakeFile(folder, "after", "main;work 3\n")};
  options.output = folder / "diff.txt";
  options.state = "off";
  const Status done = DiffProfiles(options);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("after: no sample in the states"));
  options.difference.basis = profile::Basis::kPerRun;
  EXPECT_TRUE(DiffProfiles(options)) << "no time at all is a time of a run";
}

}  // namespace
}  // namespace rapidbyte::cli
