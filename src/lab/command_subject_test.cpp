#include "lab/command_subject.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class CommandSubjectTest : public testing::Test {
 protected:
  CommandSettings Line(const std::string& line) const {
    CommandSettings settings;
    settings.command = line;
    settings.working_directory = folder_.path();
    return settings;
  }

  std::unique_ptr<Subject> Make(const CommandSettings& settings) {
    auto subject = MakeCommandSubject(settings, nullptr);
    EXPECT_TRUE(subject) << subject.error().message;
    return subject ? *std::move(subject) : nullptr;
  }

  std::string WhyNot(const CommandSettings& settings) {
    const auto subject = MakeCommandSubject(settings, nullptr);
    const Status start = subject ? CheckStart(settings) : Status(tl::unexpected(subject.error()));
    EXPECT_TRUE(start || start.error().code == ErrorCode::kConfiguration);
    return start ? "no error" : start.error().message;
  }

  // What the campaign runner does with a subject.
  SubprocessResult Run(Subject& subject) {
    EXPECT_TRUE(subject.Prepare());
    auto run = RunSubprocess(*subject.NextCommand());
    EXPECT_TRUE(run) << run.error().message;
    subject.Correct(*run);
    return *run;
  }

  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path() / name).rdbuf();
    return text.str();
  }

  os::TemporaryFolder folder_ = *os::TemporaryFolder::Make();
};

TEST_F(CommandSubjectTest, RunsALineOrArguments) {
  CommandSettings settings = Line("echo $NAME; pwd; cat");
  std::ofstream(folder_.path() / "in") << "input\n";
  settings.environment = {{"NAME", "value"}};
  settings.input = folder_.path() / "in";
  EXPECT_EQ(Run(*Make(settings)).out, "value\n" + folder_.path().string() + "\ninput\n");
  settings.command = std::vector<std::string>{"echo", "$NAME", "a b"};
  EXPECT_EQ(Run(*Make(settings)).out, "$NAME a b\n");
}

TEST_F(CommandSubjectTest, IsMadeOfAProgramThatIsMissingSoThatItsRunsFail) {
  EXPECT_EQ(Run(*Make(Line("nosuchthing"))).exit_code, 127);
}

TEST_F(CommandSubjectTest, RunsHooksInItsFolderAndEnvironment) {
  CommandSettings settings = Line("printf 'run ' >> log");
  settings.environment = {{"WORD", "setup"}};
  settings.hooks = {"printf \"$WORD \" >> log", "printf 'prepare ' >> log", "printf 'conclude ' >> log",
                    "echo end >> log"};
  const auto subject = Make(settings);
  ASSERT_TRUE(subject->Setup());
  for (int i = 0; i < 2; ++i) {
    Run(*subject);
    ASSERT_TRUE(subject->Conclude());
  }
  ASSERT_TRUE(subject->Cleanup());
  EXPECT_EQ(Read("log"), "setup prepare run conclude prepare run conclude end\n");
}

TEST_F(CommandSubjectTest, AFailingHookIsNamedWithItsOutput) {
  CommandSettings settings = Line("true");
  settings.hooks = {
      .setup = "exit 2", .prepare = "echo one; echo what was wrong >&2; exit 7", .conclude = "", .cleanup = ""};
  const auto subject = Make(settings);
  EXPECT_THAT(subject->Setup().error().message,
              HasSubstr("the setup hook failed with exit code 2: exit 2: it printed nothing"));
  const Status prepared = subject->Prepare();
  ASSERT_FALSE(prepared);
  EXPECT_THAT(prepared.error().message, HasSubstr("the prepare hook failed with exit code 7"));
  EXPECT_THAT(prepared.error().message, HasSubstr("what was wrong"));
  EXPECT_TRUE(subject->Conclude());
}

TEST_F(CommandSubjectTest, AnInterruptEndsAHookButNotTheCleanup) {
  Interrupt interrupt;
  interrupt.Trigger();
  CommandSettings settings = Line("true");
  settings.hooks = {.setup = "sleep 1000", .prepare = "", .conclude = "", .cleanup = "echo cleaned > log"};
  const auto subject = *MakeCommandSubject(settings, &interrupt);
  const Status setup = subject->Setup();
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().code, ErrorCode::kInterrupted);
  EXPECT_TRUE(subject->Cleanup());
  EXPECT_EQ(Read("log"), "cleaned\n");
}

TEST_F(CommandSubjectTest, AcceptsTheExitCodesItWasTold) {
  CommandSettings settings = Line("true");
  const auto accepts = [&](int code) {
    SubprocessResult run;
    run.exit_code = code;
    return Make(settings)->IsSuccess(run);
  };
  EXPECT_TRUE(accepts(0));
  EXPECT_FALSE(accepts(3));
  settings.accepted.codes = {3, 4};
  EXPECT_TRUE(accepts(0));
  EXPECT_TRUE(accepts(3));
  EXPECT_FALSE(accepts(5));
  settings.accepted.all = true;
  EXPECT_TRUE(accepts(139));
}

TEST_F(CommandSubjectTest, ReadsMetricsFromItsStreamsAndFiles) {
  CommandSettings settings = Line("echo 'rate: 12'; echo 'errors: 3' >&2; echo '{\"p99\": 1.5}' > r.json");
  settings.metrics = {{"rate", metrics::RegexMetric{"rate: (\\d+)"}},
                      {"errors", metrics::RegexMetric{"errors: (\\d+)"}, MetricFrom::kStderr},
                      {"p99", metrics::JsonMetric{"$.p99"}, MetricFrom::kFile, "r.json"}};
  const auto subject = Make(settings);
  const auto values = subject->ExtractMetrics(Run(*subject));
  ASSERT_TRUE(values) << values.error().message;
  EXPECT_THAT(*values, ElementsAre(Pair("errors", 3), Pair("p99", 1.5), Pair("rate", 12)));
}

TEST_F(CommandSubjectTest, ReadsMetricsFromTheFileItsOutputGoesTo) {
  CommandSettings settings = Line("echo 'rate: 12'");
  settings.output = OutputTo::kFile;
  settings.output_file = folder_.path() / "out";
  settings.metrics = {{"rate", metrics::RegexMetric{"rate: (\\d+)"}}};
  const auto subject = Make(settings);
  EXPECT_THAT(*subject->ExtractMetrics(Run(*subject)), ElementsAre(Pair("rate", 12)));
}

TEST_F(CommandSubjectTest, SaysWhichMetricIsNotThere) {
  CommandSettings settings = Line("echo");
  settings.metrics = {{"rate", metrics::RegexMetric{"rate: (\\d+)"}}};
  auto subject = Make(settings);
  EXPECT_THAT(subject->ExtractMetrics(Run(*subject)).error().message, HasSubstr("metric 'rate': nothing matches"));
  settings.metrics = {{"p99", metrics::JsonMetric{"$.p99"}, MetricFrom::kFile, "r.json"}};
  subject = Make(settings);
  EXPECT_THAT(subject->ExtractMetrics(Run(*subject)).error().message,
              HasSubstr("cannot read " + folder_.path().string()));
  std::ofstream(folder_.path() / "r.json") << "{\"p99\": 1.5}";
  fs::last_write_time(folder_.path() / "r.json", fs::file_time_type::clock::now() - std::chrono::seconds(60));
  EXPECT_THAT(subject->ExtractMetrics(Run(*subject)).error().message, HasSubstr("was not written by it"));
}

TEST_F(CommandSubjectTest, HearsABenchLineButNeedsNone) {
  auto subject = Make(Line("echo '@@BENCH_JSON@@{\"a\": 1}'"));
  EXPECT_EQ(*subject->ReadMetrics(Run(*subject)), nlohmann::json({{"a", 1}}));
  subject = Make(Line("echo"));
  EXPECT_EQ(*subject->ReadMetrics(Run(*subject)), nlohmann::json());
  subject = Make(Line("echo '@@BENCH_JSON@@{'"));
  EXPECT_FALSE(subject->ReadMetrics(Run(*subject)));
}

TEST_F(CommandSubjectTest, TakesOffTheShell) {
  CommandSettings settings = Line("true");
  settings.shell_cost = ShellCost{.wall_secs = 1000, .user_secs = 1000, .system_secs = 1000};
  const SubprocessResult run = Run(*Make(settings));
  EXPECT_EQ(run.wall_secs + run.user_secs + run.system_secs, 0);
}

TEST_F(CommandSubjectTest, RefusesWhatCannotRunBeforeAnythingDoes) {
  EXPECT_EQ(WhyNot(Line("slepe 1")), "the shell knows no command 'slepe'");
  EXPECT_EQ(WhyNot(Line("")), "the command is empty");
  CommandSettings settings = Line("true");
  settings.command = std::vector<std::string>{"slepe", "1"};
  EXPECT_EQ(WhyNot(settings), "there is no program 'slepe'");
  settings.command = std::vector<std::string>{};
  EXPECT_EQ(WhyNot(settings), "the command is empty");
  settings = Line("true");
  settings.working_directory = "/no/folder";
  EXPECT_EQ(WhyNot(settings), "there is no folder /no/folder to run the command in");
  settings = Line("true");
  settings.input = "/no/file";
  EXPECT_EQ(WhyNot(settings), "there is no input file /no/file");
  settings = Line("true");
  settings.shell = "/no/shell";
  EXPECT_EQ(WhyNot(settings), "there is no program '/no/shell'");
}

TEST_F(CommandSubjectTest, RefusesMetricsThatCannotBeRead) {
  CommandSettings settings = Line("true");
  settings.metrics = {{"rate", metrics::RegexMetric{"no group"}}};
  EXPECT_THAT(WhyNot(settings), HasSubstr("metric 'rate': regular expression"));
  settings.metrics = {{"rate", metrics::RegexMetric{"(a)"}}};
  settings.output = OutputTo::kNull;
  EXPECT_THAT(WhyNot(settings), HasSubstr("an output that is not kept"));
  settings.metrics[0].from = MetricFrom::kStderr;
  EXPECT_EQ(WhyNot(settings), "no error");
  settings.output = OutputTo::kInherit;
  EXPECT_THAT(WhyNot(settings), HasSubstr("an output that is not kept"));
  settings.metrics[0].from = MetricFrom::kFile;
  EXPECT_EQ(WhyNot(settings), "no error");
}

}  // namespace
}  // namespace rapidbyte::lab
