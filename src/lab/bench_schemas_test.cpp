#include "lab/bench_schemas.h"

#include "lab/test_server.h"

namespace rapidbyte::lab {
namespace {

constexpr const char* kSource = "rapidbyte_bench_table_10";

class BenchSchemasTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    Exec("DROP SCHEMA IF EXISTS rapidbyte_bench_table_10, rapidbyte_bench_destination CASCADE");
  }
  void Claim() {
    const Status claimed = ClaimSchemas(*session_);
    ASSERT_TRUE(claimed) << claimed.error().message;
    ASSERT_TRUE(MakeSchema(*session_, kSource));
    Exec("CREATE TABLE rapidbyte_bench_table_10.t AS SELECT 1");
  }
};

TEST_F(BenchSchemasTest, ADestinationIsCleanEachTime) {
  Claim();
  Exec("CREATE TABLE rapidbyte_bench_destination.bench_events AS SELECT 1");
  ASSERT_TRUE(CleanDestination(*session_));
  EXPECT_EQ(Value("SELECT count(*) FROM pg_tables WHERE schemaname = 'rapidbyte_bench_destination'"), "0");
  EXPECT_EQ(Value("SELECT count(*) FROM pg_tables WHERE schemaname = 'rapidbyte_bench_table_10'"), "1");
}

TEST_F(BenchSchemasTest, WhatOthersMadeIsNeverTouched) {
  Exec("CREATE SCHEMA rapidbyte_bench_destination; CREATE TABLE rapidbyte_bench_destination.precious AS SELECT 1");
  const Status claimed = ClaimSchemas(*session_);
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, ErrorCode::kConfiguration);
  EXPECT_NE(claimed.error().message.find("rapidbyte_bench_destination"), std::string::npos);
  EXPECT_FALSE(CleanDestination(*session_));
  EXPECT_TRUE(DropSchemas(*session_));
  EXPECT_EQ(Value("SELECT count(*) FROM rapidbyte_bench_destination.precious"), "1");
}

TEST_F(BenchSchemasTest, RemainsOfAKilledCampaignAreReplaced) {
  Claim();
  Exec("SELECT pg_advisory_unlock_all()");  // as when the session ends
  ASSERT_TRUE(ClaimSchemas(*session_));
  EXPECT_EQ(Value("SELECT count(*) FROM pg_namespace WHERE nspname = 'rapidbyte_bench_table_10'"), "0");
}

TEST_F(BenchSchemasTest, OneCampaignAtATime) {
  Claim();
  auto other = Postgres::Connect(environment_->address());
  ASSERT_TRUE(other);
  const Status claimed = ClaimSchemas(*other);
  ASSERT_FALSE(claimed);
  EXPECT_NE(claimed.error().message.find("another benchmark"), std::string::npos);
  EXPECT_EQ(Value("SELECT count(*) FROM rapidbyte_bench_table_10.t"), "1");
}

TEST_F(BenchSchemasTest, NothingIsLeft) {
  Claim();
  ASSERT_TRUE(DropSchemas(*session_));
  EXPECT_EQ(Value("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'rapidbyte%'"), "0");
}

TEST_F(BenchSchemasTest, ARoleThatMayNotCheckpointDoesWithout) {
  Exec("DROP ROLE IF EXISTS loader; CREATE ROLE loader LOGIN; GRANT CREATE ON DATABASE postgres TO loader");
  ServerAddress address = environment_->address();
  address.user = "loader";
  auto session = Postgres::Connect(address);
  ASSERT_TRUE(session) << session.error().message;
  ASSERT_TRUE(ClaimSchemas(*session));
  EXPECT_TRUE(CleanDestination(*session));
  EXPECT_TRUE(DropSchemas(*session));
}

}  // namespace
}  // namespace rapidbyte::lab
