#include "cli/bench_cmd_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/bench_cmd_command.h"
#include "cli/options.h"

namespace rapidbyte::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// As a user gives them.
Result<BenchCmdOptions> TryParse(std::vector<std::string> arguments) {
  CommandLine line("tool");
  BenchCmdOptions options;
  AddBenchCmd(line.root(), options);
  arguments.insert(arguments.begin(), "cmd");
  RB_ASSIGN(const std::string asked, line.Parse(std::move(arguments)));
  EXPECT_EQ(asked, "");
  return options;
}

BenchCmdOptions Parse(const std::vector<std::string>& arguments) {
  auto options = TryParse(arguments);
  EXPECT_TRUE(options) << options.error().message;
  return options ? *std::move(options) : BenchCmdOptions();
}

CommandPlan Plan(const std::vector<std::string>& arguments) {
  auto plan = PlanCommands(Parse(arguments));
  EXPECT_TRUE(plan) << plan.error().message;
  return plan ? *std::move(plan) : CommandPlan();
}

std::string WhyNot(const std::vector<std::string>& arguments) {
  const auto plan = PlanCommands(Parse(arguments));
  EXPECT_FALSE(plan);
  if (plan) return "no error";
  EXPECT_EQ(plan.error().code, ErrorCode::kUsage);
  return plan.error().message;
}

std::vector<std::string> Names(const CommandPlan& plan) {
  std::vector<std::string> names;
  for (const PlannedCommand& command : plan.commands) names.push_back(command.name);
  return names;
}

TEST(BenchCmdOptions, CommandsMayComeBetweenOptions) {
  const BenchCmdOptions options = Parse({"-p", "sync", "a", "-L", "x", "1,2", "b", "-i", "c", "-n", "one", "d"});
  EXPECT_THAT(options.commands, ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(options.prepare, ElementsAre("sync"));
  EXPECT_THAT(options.names, ElementsAre("one"));
  EXPECT_EQ(options.ignore_failure, "true");
}

TEST(BenchCmdOptions, ACommandMayLookLikeAListOrASubcommand) {
  EXPECT_THAT(Parse({"[ -d /, ]", "cmd", "run"}).commands, ElementsAre("[ -d /, ]", "cmd", "run"));
  EXPECT_THAT(Parse({"--", "-x"}).commands, ElementsAre("-x"));
  EXPECT_THAT(Parse({"-p", "[ a ]", "x"}).prepare, ElementsAre("[ a ]"));
}

TEST(BenchCmdOptions, HelpSaysThatThereMayBeSeveralCommands) {
  CommandLine line("tool");
  BenchCmdOptions options;
  AddBenchCmd(line.root(), options);
  EXPECT_THAT(*line.Parse({"cmd", "--help"}), HasSubstr("Usage: tool cmd [OPTIONS] COMMAND ...\n"));
}

TEST(BenchCmdOptions, HyperfinesSpellingsAreUnderstood) {
  const BenchCmdOptions options =
      Parse({"-s", "make", "-u", "second", "--ignore-failure=all-non-zero", "--show-output", "--sort", "mean-time",
             "--style", "basic", "--export-asciidoc", "t.adoc", "a"});
  EXPECT_EQ(options.setup, "make");
  EXPECT_EQ(options.time_unit, report::TimeUnit::kSeconds);
  EXPECT_TRUE(options.show_output);
  EXPECT_THAT(options.commands, ElementsAre("a"));
  const auto plan = PlanCommands(options);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_TRUE(plan->accepted.all);
}

TEST(BenchCmdOptions, RefusesWhatIsNone) {
  EXPECT_FALSE(TryParse({"true", "-u", "hour"}));
  EXPECT_FALSE(TryParse({"true", "--style", "loud"}));
  EXPECT_FALSE(TryParse({"true", "--show-output", "--output", "null"}));

  EXPECT_FALSE(TryParse({"true", "--warmpu", "1"}));
  EXPECT_FALSE(TryParse({"true", "-r", "0"}));
  EXPECT_FALSE(TryParse({"true", "-r", "-1"}));
  EXPECT_FALSE(TryParse({"true", "--sort", "mean"}));
}

TEST(CommandPlan, RunsAreByTimeUnlessTheyAreGiven) {
  const CommandPlan plan = Plan({"a"});
  EXPECT_EQ(plan.min_runs, 10u);
  EXPECT_EQ(plan.max_runs, 10'000u);
  EXPECT_GT(plan.min_secs_per_command, 0);
  const CommandPlan exact = Plan({"a", "-r", "3"});
  EXPECT_EQ(exact.min_runs, 3u);
  EXPECT_EQ(exact.max_runs, 3u);
  EXPECT_EQ(Plan({"a", "-M", "5"}).min_runs, 5u);
  EXPECT_EQ(Plan({"a", "-m", "20000"}).max_runs, 20'000u);
  EXPECT_THAT(WhyNot({"a", "-m", "5", "-M", "4"}), HasSubstr("-m is more than -M"));
  EXPECT_THAT(WhyNot({"a", "-r", "5", "-M", "4"}), HasSubstr("no meaning"));
}

TEST(CommandPlan, UntilDecidedIsBounded) {
  const CommandPlan plan = Plan({"a", "b", "--max-blocks", "50", "--max-time", "90s"});
  EXPECT_TRUE(plan.until_decided);
  EXPECT_EQ(plan.max_runs, 50u);
  EXPECT_EQ(plan.max_secs, 90);
  EXPECT_THAT(WhyNot({"a", "--until-decided"}), HasSubstr("nothing to decide about one command"));
  EXPECT_THAT(WhyNot({"a", "b", "--until-decided", "-r", "5"}), HasSubstr("not given beforehand"));
  EXPECT_THAT(WhyNot({"a", "b", "--max-blocks", "3"}), HasSubstr("nothing can be decided"));
  EXPECT_THAT(WhyNot({"a", "b", "--max-time", "soon"}), HasSubstr("--max-time"));
}

TEST(CommandPlan, MultipliesACommandByTheParametersThatItUses) {
  const CommandPlan plan = Plan({"f {n} {c}", "g {n}", "h", "-P", "n", "1", "2", "-L", "c", "x,y"});
  EXPECT_THAT(Names(plan), ElementsAre("f 1 x", "f 1 y", "f 2 x", "f 2 y", "g 1", "g 2", "h"));
  EXPECT_EQ(plan.commands[1].key, (record::CellKey{{"command", "f {n} {c}"}, {"n", "1"}, {"c", "y"}}));
  EXPECT_EQ(plan.commands[4].parameters, (record::CellKey{{"n", "1"}}));
}

TEST(CommandPlan, AParameterOfAHookAloneIsInTheName) {
  const CommandPlan plan = Plan({"make", "-p", "git checkout {rev}", "-L", "rev", "a,b"});
  EXPECT_THAT(Names(plan), ElementsAre("make (rev = a)", "make (rev = b)"));
  EXPECT_EQ(plan.commands[1].hooks.prepare, "git checkout b");
  EXPECT_EQ(plan.commands[1].line, "make");
}

TEST(CommandPlan, AParameterThatNothingUsesIsAMistake) {
  EXPECT_THAT(WhyNot({"f {m}", "-L", "n", "1,2"}), HasSubstr("no command or hook has the parameter {n}"));
  EXPECT_THAT(WhyNot({"f {n}", "-L", "n", "1,2", "-P", "n", "1", "2"}), HasSubstr("two parameters are named n"));
  EXPECT_THAT(WhyNot({"f {n}", "-L", "n", "1,2", "-D", "1"}), HasSubstr("a step size without -P"));
  EXPECT_THAT(WhyNot({"f {command}", "-L", "command", "1,2"}), HasSubstr("cannot be named command"));
}

TEST(CommandPlan, StepSizesGoWithTheScans) {
  const CommandPlan plan = Plan({"f {a} {b}", "-P", "a", "1", "3", "-D", "2", "-P", "b", "0.5", "1", "-D", "0.5"});
  EXPECT_THAT(Names(plan), ElementsAre("f 1 0.5", "f 1 1.0", "f 3 0.5", "f 3 1.0"));
  EXPECT_THAT(WhyNot({"f {a}", "-P", "a", "1", "3", "-D", "2", "-D", "3"}), HasSubstr("one for each -P"));
}

TEST(CommandPlan, NamesAndHooksGoByTheOrderOfTheCommands) {
  const CommandPlan plan =
      Plan({"a {n}", "b", "-n", "first {n}", "-L", "n", "1,2", "-p", "x {n}", "-p", "y", "--setup", "s"});
  EXPECT_THAT(Names(plan), ElementsAre("first 1", "first 2", "b"));
  EXPECT_EQ(plan.commands[1].hooks.prepare, "x 2");
  EXPECT_EQ(plan.commands[2].hooks.prepare, "y");
  EXPECT_EQ(plan.commands[2].hooks.setup, "s");
  EXPECT_EQ(plan.commands[0].key.at("command"), "first {n}");
  EXPECT_THAT(WhyNot({"a", "-n", "x", "-n", "y"}), HasSubstr("2 names for 1 commands"));
  EXPECT_THAT(WhyNot({"a", "b", "c", "-p", "x", "-p", "y"}), HasSubstr("one for each of the 3 commands"));
}

TEST(CommandPlan, TheReferenceIsTheFirstAndTakenLiterally) {
  const CommandPlan plan = Plan({"f {n}", "-L", "n", "1,2", "--reference", "g {n}", "--reference-name", "old"});
  EXPECT_TRUE(plan.has_reference);
  EXPECT_THAT(Names(plan), ElementsAre("old", "f 1", "f 2"));
  EXPECT_EQ(plan.commands[0].line, "g {n}");
  EXPECT_THAT(WhyNot({"f", "--reference-name", "old"}), HasSubstr("there is no --reference"));
}

TEST(CommandPlan, ACommandMayBeMeasuredAgainstItself) {
  const CommandPlan plan = Plan({"a", "a", "a"});
  EXPECT_THAT(Names(plan), ElementsAre("a", "a (2)", "a (3)"));
  EXPECT_NE(plan.commands[0].key, plan.commands[1].key);
  EXPECT_EQ(plan.commands[2].line, "a");
}

TEST(CommandPlan, FailuresAreAcceptedByCode) {
  EXPECT_FALSE(Plan({"a"}).accepted.all);
  EXPECT_TRUE(Plan({"a", "-i"}).accepted.all);
  EXPECT_THAT(Plan({"a", "--ignore-failure=1,42"}).accepted.codes, ElementsAre(1, 42));
  EXPECT_THAT(WhyNot({"a", "--ignore-failure=256"}), HasSubstr("exit codes from 1 to 255"));
}

TEST(CommandPlan, RefusesNothing) {
  EXPECT_THAT(WhyNot({}), HasSubstr("no command to measure"));
  EXPECT_THAT(WhyNot({" "}), HasSubstr("a command is empty"));
}

}  // namespace
}  // namespace rapidbyte::cli
