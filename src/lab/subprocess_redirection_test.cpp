// Where a command's streams lead, and what becomes of the processes it leaves behind.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "lab/subprocess.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

class SubprocessFiles : public testing::Test {
 protected:
  fs::path Path(const std::string& name) const { return folder_.path() / name; }
  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(Path(name)).rdbuf();
    return text.str();
  }
  Command Shell(const std::string& script) const {
    return {.argv = {"sh", "-c", script}, .environment = {}, .working_directory = folder_.path()};
  }
  SubprocessResult Run(const Command& command) {
    auto result = RunSubprocess(command);
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : SubprocessResult{};
  }
  pid_t PidIn(const std::string& name) const {
    const std::string text = Read(name);
    return text.empty() ? 0 : std::stoi(text);
  }
  static bool IsAlive(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name;
    char state = 'X';
    in >> number >> name >> state;
    return state != 'X' && state != 'Z';
  }

  os::TemporaryFolder folder_ = *os::TemporaryFolder::Make();
};

TEST_F(SubprocessFiles, ReadsItsInputFromAFile) {
  std::ofstream(Path("in")) << "some text\n";
  Command command = Shell("cat");
  command.input = Path("in");
  EXPECT_EQ(Run(command).out, "some text\n");
  EXPECT_EQ(Run(command).out, "some text\n");  // from its start each time
}

TEST_F(SubprocessFiles, AMissingFileIsAnErrorWithItsName) {
  Command command = Shell("cat");
  command.input = Path("missing");
  const auto no_input = RunSubprocess(command);
  ASSERT_FALSE(no_input);
  EXPECT_EQ(no_input.error().code, ErrorCode::kConfiguration);
  EXPECT_NE(no_input.error().message.find("input file " + Path("missing").string()), std::string::npos);
  command = Shell("true");
  command.output = OutputTo::kFile;
  command.output_file = Path("no/folder");
  const auto no_output = RunSubprocess(command);
  ASSERT_FALSE(no_output);
  EXPECT_NE(no_output.error().message.find("output file " + Path("no/folder").string()), std::string::npos);
}

TEST_F(SubprocessFiles, WritesItsOutputToAFileButKeepsErrors) {
  std::ofstream(Path("out")) << "much that was there before\n";
  Command command = Shell("echo to out; echo to err >&2");
  command.output = OutputTo::kFile;
  command.output_file = Path("out");
  const SubprocessResult result = Run(command);
  EXPECT_EQ(Read("out"), "to out\n");
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "to err\n");
}

TEST_F(SubprocessFiles, LosesItsOutputButKeepsErrors) {
  Command command = Shell("where=$(readlink /proc/$$/fd/1); echo lost; echo $where >&2");
  command.output = OutputTo::kNull;
  const SubprocessResult result = Run(command);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "/dev/null\n");
}

TEST_F(SubprocessFiles, InheritsOurStreams) {
  Command command =
      Shell("one=$(readlink /proc/$$/fd/1); two=$(readlink /proc/$$/fd/2); echo $one > one; echo $two > two");
  command.output = OutputTo::kInherit;
  const SubprocessResult result = Run(command);
  EXPECT_EQ(result.out + result.err, "");
  EXPECT_EQ(Read("one"), fs::read_symlink("/proc/self/fd/1").string() + "\n");
  EXPECT_EQ(Read("two"), fs::read_symlink("/proc/self/fd/2").string() + "\n");
}

// Leaves its parent's group and session, works, and then stays.
constexpr const char* kStartDaemon =
    "(setsid sh -c 'echo $$ > pid; i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done; touch done; exec sleep 1000' "
    ">/dev/null 2>&1 &) ; while [ ! -e done ]; do sleep 0.01; done";

TEST_F(SubprocessFiles, KillsAndCountsADaemonOfTheTree) {
  Command command = Shell(kStartDaemon);
  command.leftovers = Leftovers::kKillTree;
  const SubprocessResult result = Run(command);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_GT(result.user_secs, 0.01);
  EXPECT_GT(PidIn("pid"), 0);
  EXPECT_FALSE(IsAlive(PidIn("pid")));
}

TEST_F(SubprocessFiles, KillsTheChildrenOfADaemonToo) {
  Command command = Shell(
      "(setsid sh -c 'setsid sleep 1000 & echo $! > child; (setsid sh -c \"echo \\$\\$ > orphan; exec sleep 1000\" &); "
      "wait' &) ;"
      "while [ ! -s child ] || [ ! -s orphan ]; do sleep 0.01; done");
  command.leftovers = Leftovers::kKillTree;
  Run(command);
  EXPECT_FALSE(IsAlive(PidIn("child")));
  EXPECT_FALSE(IsAlive(PidIn("orphan")));
}

TEST_F(SubprocessFiles, CountsOrphansThatEndedByThemselves) {
  Command command = Shell(
      "(sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done; touch done' &) ;"
      "while [ ! -e done ]; do sleep 0.01; done; sleep 0.05; exit 3");
  command.leftovers = Leftovers::kKillTree;
  const SubprocessResult result = Run(command);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_GT(result.user_secs, 0.01);
}

TEST_F(SubprocessFiles, ADaemonOutlivesWhatKillsOnlyTheGroup) {
  Run(Shell(kStartDaemon));
  const pid_t daemon = PidIn("pid");
  ASSERT_GT(daemon, 0);
  EXPECT_TRUE(IsAlive(daemon));
  kill(daemon, SIGKILL);
}

TEST_F(SubprocessFiles, KeepsWhatItStartedWhereAskedTo) {
  Command command = Shell("sleep 1000 >/dev/null 2>&1 & echo $! > pid");
  command.leftovers = Leftovers::kKeep;
  Run(command);
  const pid_t sleeper = PidIn("pid");
  ASSERT_GT(sleeper, 0);
  EXPECT_TRUE(IsAlive(sleeper));
  kill(sleeper, SIGKILL);
}

TEST_F(SubprocessFiles, ATimeoutEndsDaemonsToo) {
  Command command = Shell("(setsid sleep 1000 & echo $! > pid); sleep 1000");
  command.leftovers = Leftovers::kKillTree;
  const auto result = RunSubprocess(command, {.timeout_secs = 0.5});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->timed_out);
  EXPECT_GT(PidIn("pid"), 0);
  EXPECT_FALSE(IsAlive(PidIn("pid")));
}

// The peak is of one process: two that are large at the same time do not add up.
TEST_F(SubprocessFiles, PeakMemoryIsThatOfTheLargestProcess) {
  const std::string large = "dd if=/dev/zero of=/dev/null bs=60000000 count=3 2>/dev/null";
  const SubprocessResult result = Run(Shell(large + " & " + large + "; wait"));
  EXPECT_GT(result.max_rss_bytes, 60'000'000u);
  EXPECT_LT(result.max_rss_bytes, 100'000'000u);
}

}  // namespace
}  // namespace rapidbyte::lab
