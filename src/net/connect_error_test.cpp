#include "net/connect_error.h"

#include <gmock/gmock.h>

namespace rapidbyte::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Folded(const std::string& text) {
  std::vector<std::string> sqlstates;
  return OneLine(text, &sqlstates);
}

TEST(OneLineTest, FoldsWhiteSpaceAndJoinsLines) {
  EXPECT_EQ(Folded("  one\t two \n\n three\n"), "one two; three");
  EXPECT_EQ(Folded(""), "");
}

TEST(OneLineTest, TellsARepeatedAttemptOnce) {
  EXPECT_EQ(Folded("connection failed: refused\n\tIs the server running on that host?\nconnection failed: refused\n"),
            "connection failed: refused");
}

TEST(OneLineTest, TakesTheSqlstateOutAndDropsTheLocation) {
  std::vector<std::string> sqlstates;
  EXPECT_EQ(
      OneLine("connection to server at \"::1\", port 1 failed: FATAL:  28P01: Passwort falsch\nLOCATION:  f, a.c:1\n",
              &sqlstates),
      "connection to server at \"::1\", port 1 failed: FATAL: Passwort falsch");
  EXPECT_THAT(sqlstates, ElementsAre("28P01"));
}

TEST(OneLineTest, LeavesOrdinaryWordsAfterAColonAlone) {
  std::vector<std::string> sqlstates;
  EXPECT_EQ(OneLine("failed: there: 12345", &sqlstates), "failed: there: 12345");
  EXPECT_TRUE(sqlstates.empty());
}

TEST(WithoutSecretTest, ReplacesEveryOccurrence) {
  EXPECT_EQ(WithoutSecret("a hunter2 b hunter2", "hunter2"), "a *** b ***");
  EXPECT_EQ(WithoutSecret("nothing to hide", ""), "nothing to hide");
  EXPECT_EQ(WithoutSecret("**", "*"), "******");
}

TEST(WithoutSecretTest, LeavesLongerWordsAlone) {
  EXPECT_EQ(WithoutSecret("port 1, p=p_q", "p"), "port 1, ***=p_q");
  EXPECT_EQ(WithoutSecret("p", "p"), "***");
}

TEST(ConnectErrorTest, HintsBySqlstateInAnyLanguage) {
  const Error error = ConnectError({"FATAL:  3D000: la base de données n'existe pas\n", "", false});
  EXPECT_EQ(error.code, ErrorCode::kConnection);
  EXPECT_THAT(error.hint, HasSubstr("database"));
  EXPECT_FALSE(error.retryable);
  EXPECT_TRUE(ConnectError({"FATAL:  57P03: startet gerade\n", "", false}).retryable);
}

TEST(ConnectErrorTest, NeverShowsTheSecret) {
  const Error error = ConnectError({"strange: s3cret\n", "s3cret", false});
  EXPECT_THAT(error.message, Not(HasSubstr("s3cret")));
  EXPECT_THAT(error.hint, HasSubstr("host, port, user, password and database"));
}

TEST(ConnectErrorTest, AsksForAPasswordWhereTheServerDid) {
  EXPECT_THAT(ConnectError({"anything", "", true}).hint, HasSubstr("set the password"));
}

}  // namespace
}  // namespace rapidbyte::net
