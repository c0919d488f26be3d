#include "engine/connection_table.h"

#include <gtest/gtest.h>

namespace rapidbyte::engine {
namespace {

class IdleConnection final : public net::Connection {
 public:
  IdleConnection(int* open, int* cancelled) : open_(open), cancelled_(cancelled) { ++*open_; }
  ~IdleConnection() override { --*open_; }
  Result<size_t> Read(std::span<uint8_t>, uint64_t*) override { return size_t{0}; }
  Status Write(std::span<const uint8_t>, uint64_t*) override { return {}; }
  Status CancelStatement(uint64_t) override {
    ++*cancelled_;
    return {};
  }

 private:
  int* open_;
  int* cancelled_;
};

class ConnectionTableTest : public testing::Test {
 protected:
  ConnectionTableTest() { table_.Grant({"postgres"}); }

  int32_t Open() { return table_.Open("postgres", &wait_).value_or(-1); }

  int open_ = 0;
  int cancelled_ = 0;
  net::PostgresTarget target_;
  net::CancelToken cancel_;
  uint64_t wait_ = 0;
  ConnectionTable table_{
      PostgresConfig{"db.example", 6543, "ada", "secret", "shop", "public"}, cancel_,
      [this](const net::PostgresTarget& target, const net::CancelToken&) {
        target_ = target;
        return Result<std::unique_ptr<net::Connection>>(std::make_unique<IdleConnection>(&open_, &cancelled_));
      }};
};

TEST_F(ConnectionTableTest, ConnectsToTheStagesServerWithItsCredentials) {
  EXPECT_EQ(Open(), 0);
  EXPECT_EQ(target_.host, "db.example");
  EXPECT_EQ(target_.port, 6543);
  EXPECT_EQ(target_.user, "ada");
  EXPECT_EQ(target_.password, "secret");
  EXPECT_EQ(target_.database, "shop");
}

TEST_F(ConnectionTableTest, OpensOnlyWhatTheManifestNames) {
  for (const char* name : {"", "mysql", "postgres2", "postgre"}) {
    const auto opened = table_.Open(name, &wait_);
    ASSERT_FALSE(opened) << name;
    EXPECT_EQ(opened.error().code, ErrorCode::kConnector);
  }
  table_.Grant({});
  EXPECT_FALSE(table_.Open("postgres", &wait_));
  EXPECT_EQ(open_, 0);
}

TEST_F(ConnectionTableTest, UsesTheNumbersOfClosedConnectionsAgain) {
  EXPECT_EQ(Open(), 0);
  EXPECT_EQ(Open(), 1);
  table_.Close(0);
  EXPECT_EQ(open_, 1);
  EXPECT_EQ(table_.Find(0), nullptr);
  EXPECT_NE(table_.Find(1), nullptr);
  EXPECT_EQ(Open(), 0);
  for (int i = 0; i < 100; ++i) {
    table_.Close(0);
    EXPECT_EQ(Open(), 0);
  }
}

TEST_F(ConnectionTableTest, RefusesOneTooMany) {
  for (int i = 0; i < 16; ++i) EXPECT_EQ(Open(), i);
  const auto opened = table_.Open("postgres", &wait_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kConnector);
  EXPECT_EQ(open_, 16);
}

TEST_F(ConnectionTableTest, KnowsNoNumberThatIsNotOpen) {
  EXPECT_EQ(table_.Find(0), nullptr);
  EXPECT_EQ(table_.Find(UINT64_MAX), nullptr);
  table_.Close(7);
  Open();
  Open();
  EXPECT_EQ(table_.size(), 2u);
  table_.Close(1);
  table_.Close(0);
  EXPECT_EQ(open_, 0);
}

TEST_F(ConnectionTableTest, AbandoningCancelsAndCloses) {
  Open();
  EXPECT_TRUE(table_.Abandon(7)) << "none of that number";
  EXPECT_EQ(cancelled_, 0);
  EXPECT_TRUE(table_.Abandon(0));
  EXPECT_EQ(cancelled_, 1);
  EXPECT_EQ(open_, 0);
}

}  // namespace
}  // namespace rapidbyte::engine
