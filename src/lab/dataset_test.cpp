#include "lab/dataset.h"

#include <fstream>

#include "lab/bench_schemas.h"
#include "lab/test_server.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

using scenario::DatasetSpec;
using Kind = DatasetSpec::Kind;

class DatasetTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ASSERT_TRUE(DropSchemas(*session_));
  }
  static DatasetSpec Named(const std::string& name) { return {.kind = Kind::kGenerated, .name = name}; }

  Dataset MustSeed(const DatasetSpec& spec, uint64_t size) {
    const Status claimed = ClaimSchemas(*session_);
    EXPECT_TRUE(claimed) << claimed.error().message;
    auto seeded = lab::Seed(*session_, environment_->address(), spec, size);
    EXPECT_TRUE(seeded) << seeded.error().message;
    return seeded.value_or(Dataset());
  }
  void Seed(uint64_t rows) {
    const Dataset dataset = MustSeed(Named("bench_events"), rows);
    Exec("ALTER SCHEMA " + QuoteIdentifier(dataset.table.schema) + " RENAME TO rapidbyte_bench_source");
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

// Average bytes of a row as text, which is near to what travels.
TEST_F(DatasetTest, NamedDatasetsHaveTheSizeThatTheyPromise) {
  const struct {
    const char* name;
    uint64_t rows;
    double bytes;
  } expected[] = {{"events", 2000, 500}, {"orders", 200, 4000}, {"documents", 20, 50'000}};
  for (const auto& [name, rows, bytes] : expected) {
    const Dataset dataset = MustSeed(Named(name), rows);
    EXPECT_EQ(dataset.content.rows, rows) << name;
    const double average = std::stod(Value("SELECT avg(pg_column_size(t.*)) FROM " + Quote(dataset.table) + " t"));
    EXPECT_NEAR(average, bytes, 0.15 * bytes) << name;
  }
}

TEST_F(DatasetTest, SeveralSizesStandSideBySideAndAreTheSameEachTime) {
  ASSERT_TRUE(ClaimSchemas(*session_));
  const auto small = lab::Seed(*session_, environment_->address(), Named("orders"), 10);
  const auto large = lab::Seed(*session_, environment_->address(), Named("orders"), 20);
  ASSERT_TRUE(small && large);
  EXPECT_EQ(small->content.rows, 10u);
  EXPECT_EQ(large->content.rows, 20u);
  EXPECT_EQ(MustSeed(Named("orders"), 20).content, large->content);
}

TEST_F(DatasetTest, PgbenchInitialisesItsOwn) {
  const Dataset dataset = MustSeed({.kind = Kind::kPgbench}, 1);
  EXPECT_EQ(dataset.table.table, "pgbench_accounts");
  EXPECT_EQ(dataset.content.rows, 100'000u);
}

TEST_F(DatasetTest, AFileOfOnesOwnIsReadByPsql) {
  const auto folder = os::TemporaryFolder::Make(os::TemporaryRoot());
  ASSERT_TRUE(folder);
  const std::filesystem::path file = folder->path() / "own.sql";
  std::ofstream(file) << "\\set twice :bench_rows * 2\nCREATE TABLE own AS SELECT generate_series(1, :twice) AS i;\n";
  const Dataset dataset = MustSeed({.kind = Kind::kSql, .sql_file = file, .table = "own"}, 21);
  EXPECT_EQ(dataset.content.rows, 42u);

  std::ofstream(file) << "SELECT 1;\nCREATE TABL own (i int);\n";
  const auto broken =
      lab::Seed(*session_, environment_->address(), {.kind = Kind::kSql, .sql_file = file, .table = "own"}, 1);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("syntax error"), std::string::npos) << broken.error().message;
}

TEST_F(DatasetTest, AnExistingTableStaysAsItIs) {
  Exec("DROP TABLE IF EXISTS public.precious; CREATE TABLE public.precious AS SELECT 7 AS seven");
  const DatasetSpec spec = {.kind = Kind::kTable, .table = "public.precious"};
  EXPECT_EQ(MustSeed(spec, 0).content.rows, 1u);
  ASSERT_TRUE(DropSchemas(*session_));
  EXPECT_EQ(Value("SELECT seven FROM public.precious"), "7");
  Exec("DROP TABLE public.precious");
  const auto missing = lab::Seed(*session_, environment_->address(), spec, 0);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kConfiguration);
}

TEST_F(DatasetTest, AnUnknownNameNamesTheKnown) {
  ASSERT_TRUE(ClaimSchemas(*session_));
  const auto unknown = lab::Seed(*session_, environment_->address(), Named("bench_event"), 1);
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().hint.find("bench_events"), std::string::npos);
}

}  // namespace
}  // namespace rapidbyte::lab
