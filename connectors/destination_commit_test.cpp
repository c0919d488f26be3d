// What a run says about a COMMIT that fails, is answered otherwise, or is not answered.
#include "postgres_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;

class DestinationCommit : public Postgres {
 protected:
  void SetUp() override {
    Postgres::SetUp();
    Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE SCHEMA raw; CREATE TABLE raw.t (id int4)");
    Read("t");
  }

  // Writes; `before` is called when COMMIT is about to be sent.
  json WriteAndCommit(std::function<void(TestHost&)> before, std::optional<abi::Phase> break_in_phase = std::nullopt) {
    Options options;
    options.at_phase = [before](TestHost& host, abi::Phase phase) {
      if (phase == abi::Phase::kCommit) before(host);
    };
    return Write("t", options, break_in_phase);
  }
};

TEST_F(DestinationCommit, AnsweredWithRollbackIsAFailure) {
  const json answer = WriteAndCommit([](TestHost& host) { host.Inject("SELECT 1/0"); });
  ExpectError(answer, "internal", "rolled the transaction back");
  EXPECT_EQ(answer["error"]["commit"], "none");
  EXPECT_EQ(Rows("raw.t"), "");
}

TEST_F(DestinationCommit, WithoutAnAnswerIsLookedUp) {
  const json answer = WriteAndCommit([](TestHost&) {}, abi::Phase::kCommit);
  EXPECT_EQ(answer["rows"], 1) << answer;
  EXPECT_THAT(answer["notes"].dump(), testing::HasSubstr("has committed"));
  EXPECT_EQ(Rows("raw.t"), "(1)");
}

TEST_F(DestinationCommit, ThatWasLostWithItsSessionIsKnownNotToHaveHappened) {
  const json answer = WriteAndCommit(
      [](TestHost& host) {
        host.lose_writes_before_break = true;
        Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'");
      },
      abi::Phase::kCommit);
  ExpectError(answer, "transient_network", "closed the connection");
  EXPECT_EQ(answer["error"]["commit"], "none");
  EXPECT_EQ(Rows("raw.t"), "");
}

TEST_F(DestinationCommit, IsUnknownWhereNobodyCanBeAsked) {
  const json answer = WriteAndCommit([](TestHost& host) { host.target.port = 1; }, abi::Phase::kCommit);
  ExpectError(answer, "transient_network", "closed the connection");
  EXPECT_EQ(answer["error"]["commit"], "unknown");
}

TEST_F(DestinationCommit, IsUnknownWhereAnotherServerAnswers) {
  const auto other = TestCluster::Start({});
  ASSERT_TRUE(other) << other.error().message;
  const json answer = WriteAndCommit(
      [&](TestHost& host) {
        host.target.host = (*other)->socket_dir();
        host.target.port = (*other)->port();
      },
      abi::Phase::kCommit);
  ExpectError(answer, "transient_network", "closed the connection");
  EXPECT_EQ(answer["error"]["commit"], "unknown");
}

TEST_F(DestinationCommit, IsUnknownWhileItsTransactionGoesOn) {
  const json answer = WriteAndCommit(
      [](TestHost& host) {
        host.lose_writes_before_break = true;
        host.keep_broken_connections = true;
      },
      abi::Phase::kCommit);
  ExpectError(answer, "transient_network", "closed the connection");
  EXPECT_EQ(answer["error"]["commit"], "unknown");
}

}  // namespace
}  // namespace rapidbyte::test
