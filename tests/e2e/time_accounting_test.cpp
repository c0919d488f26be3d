// The time accounting holds: what is counted as work agrees with the thread's own CPU clock, and hardly any wall time
// is left without a name.
#include <gtest/gtest.h>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

class TimeAccounting : public testing::TestWithParam<std::tuple<std::string, std::string>> {};

TEST_P(TimeAccounting, WorkAgreesWithTheCpuClockAndLittleIsUnattributed) {
  Server::Get().Sql(
      "DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA src;"
      "CREATE TABLE src.t (id int4 NOT NULL, a int8, name text, at timestamptz);"
      "INSERT INTO src.t SELECT g, g * 7, 'some name of row ' || g, now() FROM generate_series(1, 2000000) g");
  PipelineSpec spec;
  spec.runtime = std::get<0>(GetParam());
  spec.load_method = std::get<1>(GetParam());
  spec.compression = "lz4";
  const RunResult run = RunPipeline(spec);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  for (const std::string side : {"source", "dest"}) {
    const double cpu = run.line.at(side + "_cpu_secs").get<double>();
    double work =
        run.line.at(side + "_guest_work_secs").get<double>() + run.line.at(side + "_hosting_work_secs").get<double>();
    for (const auto& [name, stats] : run.line.at("host_functions").at(side == "dest" ? "destination" : side).items()) {
      work += stats.at("work_nanos").get<double>() * 1e-9;
    }
    EXPECT_NEAR(work, cpu, 0.03 * cpu) << side;
    const double wall = run.line.at(side + "_duration_secs").get<double>();
    EXPECT_LT(run.line.at(side + "_unattributed_secs").get<double>(), 0.01 * wall) << side;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, TimeAccounting,
                         testing::Combine(testing::Values("aot", "native"), testing::Values("copy", "insert")),
                         [](const auto& param) { return std::get<0>(param.param) + "_" + std::get<1>(param.param); });

}  // namespace
}  // namespace rapidbyte::e2e
