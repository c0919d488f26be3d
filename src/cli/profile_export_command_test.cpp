#include "cli/profile_export_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/load_profile.h"
#include "cli/test_command_line.h"
#include "profile/profile_file.h"
#include "store/test_folder.h"

namespace rapidbyte::cli {
namespace {

using profile::ExportFormat;
using store::TestFolder;
using testing::HasSubstr;

std::filesystem::path MakeFile(const TestFolder& folder, const std::string& text) {
  std::filesystem::path path = folder / "input";
  std::ofstream(path) << text;
  return path;
}

bool Parses(const std::string& line, ProfileExportOptions& options) {
  return ParseLine(line, [&](Command profile) { AddProfileExport(profile, options); }).has_value();
}

TEST(ProfileExport, ReadsItsOptions) {
  ProfileExportOptions options;
  ASSERT_TRUE(Parses("export a.perf --format firefox -o out.json", options));
  EXPECT_EQ(options.file, "a.perf");
  EXPECT_EQ(options.format, ExportFormat::kFirefox);
  EXPECT_EQ(options.output, "out.json");

  ProfileExportOptions defaults;
  ASSERT_TRUE(Parses("export --format pprof", defaults));
  EXPECT_EQ(defaults.file, "-");
  EXPECT_TRUE(defaults.output.empty());
  EXPECT_FALSE(Parses("export", defaults)) << "the format is required";
  EXPECT_FALSE(Parses("export --format xml", defaults));
}

TEST(ProfileExport, FoldedStacksInAnyFormat) {
  const TestFolder folder;
  ProfileExportOptions options;
  options.file = MakeFile(folder, "main;decode 3\nmain;encode 4\n");
  options.format = ExportFormat::kSpeedscope;
  std::ostringstream out;
  ASSERT_TRUE(ExportProfile(options, out, true));
  EXPECT_EQ(nlohmann::json::parse(out.str())["profiles"][0]["endValue"], 7);

  options.format = ExportFormat::kFolded;
  std::ostringstream folded;
  ASSERT_TRUE(ExportProfile(options, folded, true));
  EXPECT_EQ(folded.str(), "main;decode 3\nmain;encode 4\n");
}

TEST(ProfileExport, AProfileFileIntoAFile) {
  const TestFolder folder;
  profile::Profile profile;
  profile.threads.resize(1);
  profile.samples.push_back({5, 0, profile::kRoot, profile::State::kBlocked, 1, 7});
  ProfileExportOptions options;
  options.file = MakeFile(folder, profile::WriteProfile(profile));
  options.format = ExportFormat::kPprof;
  options.output = folder / "out.pb.gz";
  std::ostringstream out;
  ASSERT_TRUE(ExportProfile(options, out, true));
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(store::ReadFile(options.output).substr(0, 2), "\x1f\x8b");
  EXPECT_FALSE(std::filesystem::exists(folder / "out.pb.gz.partial"));
}

TEST(ProfileExport, ADeviceIsWrittenToAndStaysOne) {
  const TestFolder folder;
  ProfileExportOptions options;
  options.file = MakeFile(folder, "a;b 3\n");
  options.output = folder / "device";
  std::filesystem::create_symlink("/dev/null", options.output);
  std::ostringstream out;
  const Status done = ExportProfile(options, out, /*to_terminal=*/false);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(std::filesystem::is_symlink(options.output));
  EXPECT_TRUE(std::filesystem::is_character_file(options.output));
}

TEST(ProfileExport, BinaryIsNotForATerminal) {
  ProfileExportOptions options;
  options.file = "/nonexistent";
  options.format = ExportFormat::kPprof;
  std::ostringstream out;
  const Status refused = ExportProfile(options, out, true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message, HasSubstr("terminal"));
  EXPECT_EQ(ExportProfile(options, out, false).error().code, ErrorCode::kConfiguration) << "there is no such file";
}

TEST(ProfileExport, ReadsAFileThatEndsWithinACharacter) {
  const TestFolder folder;
  const std::string text(
      "\xff\xfe"
      "a\0 \0"
      "3\0"
      "\n\0"
      "b",
      11);
  ProfileExportOptions options;
  options.file = MakeFile(folder, text);
  options.format = ExportFormat::kSpeedscope;
  std::ostringstream out;
  ASSERT_TRUE(ExportProfile(options, out, false));
  const auto loaded = LoadProfile(options.file);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->missing.size(), 1u);
  EXPECT_THAT(loaded->missing[0], HasSubstr("ends within a character"));
}

TEST(ProfileExport, WhatGoesWrongIsSaid) {
  const TestFolder folder;
  ProfileExportOptions options;
  options.file = MakeFile(folder, "");
  std::ostringstream out;
  EXPECT_EQ(ExportProfile(options, out, false).error().code, ErrorCode::kData);

  options.file = MakeFile(folder, "a 1\n");
  options.output = folder / "none" / "out";
  const Status no_folder = ExportProfile(options, out, false);
  ASSERT_FALSE(no_folder);
  EXPECT_EQ(no_folder.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(no_folder.error().message, HasSubstr("out: cannot make the file: No such file or directory"));

  options.output.clear();
  out.setstate(std::ios::badbit);
  EXPECT_EQ(ExportProfile(options, out, false).error().code, ErrorCode::kConfiguration);
}

}  // namespace
}  // namespace rapidbyte::cli
