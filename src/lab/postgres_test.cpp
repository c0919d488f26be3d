#include "lab/postgres.h"

#include <chrono>
#include <thread>

#include "lab/test_server.h"

namespace rapidbyte::lab {
namespace {

class PostgresTest : public ServerTest {};

TEST_F(PostgresTest, ReadsValuesRowsAndColumns) {
  EXPECT_EQ(Value("SELECT 'a' || 1"), "a1");
  EXPECT_EQ(Value("SELECT 1 WHERE false"), "");
  EXPECT_EQ(session_->Row("SELECT 1; SELECT 2, NULL, 'x'"), (std::vector<std::string>{"2", "", "x"}));
  EXPECT_EQ(session_->Column("SELECT generate_series(1, 3)"), (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(PostgresTest, AnErrorHasMessageAndSqlState) {
  const Status done = session_->Exec("SELECT 1; SELECT * FROM nosuchtable");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kConfiguration);
  EXPECT_NE(done.error().message.find("nosuchtable"), std::string::npos);
  EXPECT_EQ(session_->sql_state(), "42P01");
  EXPECT_EQ(Value("SELECT 1"), "1") << "the session goes on";
  EXPECT_EQ(session_->sql_state(), "");
}

TEST_F(PostgresTest, ALostSessionIsAConnectionError) {
  const Status done = session_->Exec("SELECT pg_terminate_backend(pg_backend_pid())");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kConnection);
  EXPECT_EQ(done.error().message.find("  "), std::string::npos) << done.error().message;
}

TEST_F(PostgresTest, AnInterruptEndsAQuery) {
  Interrupt interrupt;
  auto session = Postgres::Connect(environment_->address(), &interrupt);
  ASSERT_TRUE(session);
  std::thread trigger([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    interrupt.Trigger();
  });
  const Status done = session->Exec("SELECT pg_sleep(1000)");
  trigger.join();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kInterrupted);
}

TEST_F(PostgresTest, AWrongPasswordIsSaidWithoutIt) {
  ServerAddress address = environment_->tcp_address();
  address.password = "wrongsecret";
  const auto session = Postgres::Connect(address);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::kConnection);
  EXPECT_NE(session.error().message.find("password authentication failed"), std::string::npos);
  EXPECT_EQ(session.error().message.find("wrongsecret"), std::string::npos);
  EXPECT_EQ(session.error().message.find('\n'), std::string::npos);
}

TEST_F(PostgresTest, QuotesWhatIsInNamesAndTexts) {
  for (const std::string text : {"plain", "it's", "a\"b", "back\\slash", "ü €", "''", "\\'"}) {
    EXPECT_EQ(Value("SELECT" + QuoteLiteral(text)), text);
    Exec("CREATE TEMP TABLE " + QuoteIdentifier(text) + " (x int)");
    EXPECT_EQ(Value("SELECT count(*) FROM " + Quote({"pg_temp", text})), "0");
  }
}

}  // namespace
}  // namespace rapidbyte::lab
