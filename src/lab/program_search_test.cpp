#include "lab/program_search.h"

#include <gtest/gtest.h>

#include <fstream>

#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

Command Program(const std::string& name) { return {.argv = {name}, .environment = {}, .working_directory = {}}; }

TEST(CheckProgram, FindsWhatCanBeExecuted) {
  EXPECT_TRUE(CheckProgram(Program("sh")));
  EXPECT_TRUE(CheckProgram(Program("/bin/sh")));
  EXPECT_FALSE(CheckProgram(Program("/bin")));
  EXPECT_FALSE(CheckProgram(Program("/etc/passwd")));
}

TEST(CheckProgram, SaysWhichOneMayHaveBeenMeant) {
  const Status status = CheckProgram(Program("slepe"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(status.error().message, "there is no program 'slepe'");
  EXPECT_EQ(status.error().hint, "did you mean 'sleep'?");
}

TEST(CheckProgram, LooksInTheCommandsOwnFolderAndPath) {
  const os::TemporaryFolder folder = *os::TemporaryFolder::Make();
  std::ofstream(folder.path() / "own") << "#!/bin/sh\n";
  fs::permissions(folder.path() / "own", fs::perms::owner_all);
  Command command = Program("./own");
  EXPECT_FALSE(CheckProgram(command));
  command.working_directory = folder.path();
  EXPECT_TRUE(CheckProgram(command));
  command = Program("own");
  EXPECT_FALSE(CheckProgram(command));
  command.environment["PATH"] = "/nowhere:" + folder.path().string();
  EXPECT_TRUE(CheckProgram(command));
  EXPECT_FALSE(CheckProgram(Program("")));
}

TEST(CheckShellLine, AsksTheShell) {
  EXPECT_TRUE(CheckShellLine(Program("sh"), "sleep 1"));
  EXPECT_TRUE(CheckShellLine(Program("sh"), "cd / && ls"));
  EXPECT_TRUE(CheckShellLine(Program("sh"), "if true; then :; fi"));
  EXPECT_TRUE(CheckShellLine(Program("sh"), "NAME=x nowhere"));  // cannot be told
  EXPECT_TRUE(CheckShellLine(Program("sh"), "f () { :; }; f"));
  const Status status = CheckShellLine(Program("sh"), "slepe 1");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the shell knows no command 'slepe'");
  EXPECT_EQ(CheckShellLine(Program("/no/shell"), "ls").error().message, "there is no program '/no/shell'");
}

TEST(PlainFirstWord, OnlyWhereItIsTheNameOfACommand) {
  EXPECT_EQ(PlainFirstWord("  ls -l"), "ls");
  EXPECT_EQ(PlainFirstWord("./a-b.sh;x"), "./a-b.sh");
  EXPECT_EQ(PlainFirstWord("ls"), "ls");
  for (const char* line :
       {"", "  ", "A=1 ls", "'ls' -l", "$x", "(ls)", "f() { :; }", "f () { :; }", "2>x ls", "! ls"}) {
    EXPECT_EQ(PlainFirstWord(line), "") << line;
  }
}

}  // namespace
}  // namespace rapidbyte::lab
