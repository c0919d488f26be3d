#include "lab/dataset.h"

#include "lab/test_server.h"

namespace rapidbyte::lab {
namespace {

class DatasetTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    Exec("DROP SCHEMA IF EXISTS rapidbyte_bench_source, rapidbyte_bench_destination CASCADE");
  }
  void Seed(uint64_t rows) {
    const Status claimed = ClaimSchemas(*session_);
    ASSERT_TRUE(claimed) << claimed.error().message;
    const Status seeded = SeedBenchEvents(*session_, rows);
    ASSERT_TRUE(seeded) << seeded.error().message;
  }
  // How many rows break a rule.
  std::string Breaking(const std::string& rule) {
    return Value("SELECT count(*) FROM rapidbyte_bench_source.bench_events WHERE (" + rule + ") IS NOT TRUE");
  }
};

TEST_F(DatasetTest, HasTheColumnsOfBenchEvents) {
  Seed(10);
  EXPECT_EQ(Value("SELECT string_agg(format('%s %s%s%s', column_name, data_type, CASE is_nullable WHEN 'NO' THEN ' not "
                  "null' ELSE '' END, CASE WHEN column_default LIKE 'nextval%' THEN ' serial' WHEN column_default IS "
                  "NOT NULL THEN ' default ' || column_default ELSE '' END), E'\\n' ORDER BY ordinal_position) FROM "
                  "information_schema.columns WHERE table_schema = 'rapidbyte_bench_source'"),
            "id integer not null serial\n"
            "event_type text not null\n"
            "user_id integer not null\n"
            "amount integer not null\n"
            "is_active boolean not null default true\n"
            "payload text\n"
            "created_at timestamp without time zone default now()");
  EXPECT_EQ(Value("SELECT string_agg(attname, ',') FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = "
                  "ANY (indkey) WHERE indisprimary AND indrelid = 'rapidbyte_bench_source.bench_events'::regclass"),
            "id");
}

TEST_F(DatasetTest, EveryRowFollowsTheRules) {
  Seed(20'000);
  EXPECT_EQ(Value("SELECT count(*) || ' ' || min(id) || ' ' || max(id) FROM rapidbyte_bench_source.bench_events"),
            "20000 1 20000");
  EXPECT_EQ(Breaking("user_id = id % 1000 + 1"), "0");
  EXPECT_EQ(Breaking("amount = (7 * id) % 10000"), "0");
  EXPECT_EQ(Breaking("is_active = (id % 3 <> 0)"), "0");
  EXPECT_EQ(Breaking("payload = 'payload-' || id || '-' || repeat('x', 50)"), "0");
  // One moment of seeding for all rows.
  EXPECT_EQ(Value("SELECT count(DISTINCT created_at + make_interval(secs => (37 * id) % 86400)) FROM "
                  "rapidbyte_bench_source.bench_events"),
            "1");
  EXPECT_EQ(Value("SELECT string_agg(t, ',' ORDER BY t) FROM (SELECT event_type t FROM "
                  "rapidbyte_bench_source.bench_events GROUP BY 1 HAVING count(*) = 4000) x"),
            "click,logout,purchase,signup,view");
  EXPECT_EQ(Value("SELECT count(DISTINCT event_type) FROM rapidbyte_bench_source.bench_events WHERE id % 5 = 1"), "1");
}

TEST_F(DatasetTest, IsAnalysed) {
  Seed(1000);
  EXPECT_EQ(Value("SELECT reltuples FROM pg_class WHERE oid = 'rapidbyte_bench_source.bench_events'::regclass"),
            "1000");
}

TEST_F(DatasetTest, ADestinationIsCleanEachTime) {
  Seed(10);
  Exec("CREATE TABLE rapidbyte_bench_destination.bench_events AS SELECT 1");
  ASSERT_TRUE(CleanDestination(*session_));
  EXPECT_EQ(Value("SELECT count(*) FROM pg_tables WHERE schemaname = 'rapidbyte_bench_destination'"), "0");
  EXPECT_EQ(Value("SELECT count(*) FROM pg_tables WHERE schemaname = 'rapidbyte_bench_source'"), "1");
}

TEST_F(DatasetTest, WhatOthersMadeIsNeverTouched) {
  Exec("CREATE SCHEMA rapidbyte_bench_destination; CREATE TABLE rapidbyte_bench_destination.precious AS SELECT 1");
  const Status claimed = ClaimSchemas(*session_);
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, ErrorCode::kConfiguration);
  EXPECT_NE(claimed.error().message.find("rapidbyte_bench_destination"), std::string::npos);
  EXPECT_FALSE(CleanDestination(*session_));
  EXPECT_FALSE(DropSchemas(*session_));
  EXPECT_EQ(Value("SELECT count(*) FROM rapidbyte_bench_destination.precious"), "1");
}

TEST_F(DatasetTest, RemainsOfAKilledCampaignAreReplaced) {
  Seed(10);
  Exec("SELECT pg_advisory_unlock_all()");  // as when the session ends
  Seed(20);
  EXPECT_EQ(Value("SELECT count(*) FROM rapidbyte_bench_source.bench_events"), "20");
}

TEST_F(DatasetTest, OneCampaignAtATime) {
  Seed(10);
  auto other = Postgres::Connect(environment_->address());
  ASSERT_TRUE(other);
  const Status claimed = ClaimSchemas(*other);
  ASSERT_FALSE(claimed);
  EXPECT_NE(claimed.error().message.find("another benchmark"), std::string::npos);
  EXPECT_EQ(Value("SELECT count(*) FROM rapidbyte_bench_source.bench_events"), "10");
}

TEST_F(DatasetTest, NothingIsLeft) {
  Seed(10);
  ASSERT_TRUE(DropSchemas(*session_));
  EXPECT_EQ(Value("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'rapidbyte%'"), "0");
}

TEST_F(DatasetTest, ARoleThatMayNotCheckpointDoesWithout) {
  Exec("DROP ROLE IF EXISTS loader; CREATE ROLE loader LOGIN; GRANT CREATE ON DATABASE postgres TO loader");
  ServerAddress address = environment_->address();
  address.user = "loader";
  auto session = Postgres::Connect(address);
  ASSERT_TRUE(session) << session.error().message;
  ASSERT_TRUE(ClaimSchemas(*session));
  const Status seeded = SeedBenchEvents(*session, 10);
  EXPECT_TRUE(seeded) << seeded.error().message;
  EXPECT_TRUE(DropSchemas(*session));
}

}  // namespace
}  // namespace rapidbyte::lab
