// The documented limits, in the sandbox with its bounded memory: the largest batches, and the largest rows.
#include "postgres_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;

class DestinationLimits : public Postgres, public testing::WithParamInterface<const char*> {
 protected:
  // Moves src.t through the sandbox in batches of the greatest size.
  json MoveInLargestBatches() {
    TestHost source("source-postgres", Runtime::kAot, Target("postgres", Cluster().user()), queue_);
    Open(source, "source", {{"schema", "src"}});
    const json read = source.Run(abi::Export::kRunRead, {{"stream", {{"name", "t"}, {"columns", nullptr}}},
                                                         {"max_batch_bytes", 256 << 20},
                                                         {"max_batch_rows", 1'000'000}});
    source.Run(abi::Export::kClose, json::object());
    if (read.contains("error")) return read;
    TestHost destination("dest-postgres", Runtime::kAot, Target("postgres", Cluster().user()), queue_);
    Open(destination, "destination", {{"schema", "raw"}});
    return destination.Run(abi::Export::kRunWrite, {{"stream", {{"name", "t"}}},
                                                    {"write_mode", "append"},
                                                    {"load_method", GetParam()},
                                                    {"replace_by", "truncate"}});
  }
};

INSTANTIATE_TEST_SUITE_P(Methods, DestinationLimits, testing::Values("copy", "insert"),
                         [](const auto& method) { return std::string(method.param); });

TEST_P(DestinationLimits, TakesTheLargestBatches) {
  Sql("CREATE UNLOGGED TABLE src.t AS SELECT i, repeat(chr(97 + i % 26), 960) AS v FROM generate_series(1, 300000) i");
  EXPECT_EQ(MoveInLargestBatches()["rows"], 300'000);
  EXPECT_EQ(Sql("SELECT count(*), count(DISTINCT i), sum(length(v)) FROM raw.t"), "300000|300000|288000000");
}

TEST_P(DestinationLimits, TakesTheLargestRowAndOthersBesideIt) {
  Sql("CREATE UNLOGGED TABLE src.t AS SELECT i, repeat('x', n) AS v FROM (VALUES (1, 10), (2, 200000000), (3, "
      "268435000), "
      "(4, 20)) AS r(i, n)");
  EXPECT_EQ(MoveInLargestBatches()["rows"], 4);
  EXPECT_EQ(Sql("SELECT i, length(v) FROM raw.t ORDER BY i"), "1|10\n2|200000000\n3|268435000\n4|20");
}

TEST_P(DestinationLimits, SaysWhichRowIsTooLarge) {
  Sql("CREATE UNLOGGED TABLE src.t AS SELECT 1 AS i, repeat('x', n) AS v FROM (VALUES (10), (268435456)) AS r(n)");
  ExpectError(MoveInLargestBatches(), "data", "row 2 has 268435");
}

}  // namespace
}  // namespace rapidbyte::test
