// The scenarios that the project ships are valid, and mean what their comments say.
#include <gmock/gmock.h>

#include "scenario/command_template.h"
#include "scenario/matrix.h"
#include "scenario/pipeline_binding.h"

namespace rapidbyte::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

const std::filesystem::path kFolder = std::filesystem::path(RAPIDBYTE_ROOT) / "scenarios";

Scenario Loaded(const std::string& name) {
  auto loaded = LoadScenario(kFolder / name, [](auto&) { return std::nullopt; });
  if (!loaded) {
    ADD_FAILURE() << loaded.error().message;
    return {};
  }
  return *loaded;
}

size_t CellCount(const std::string& name) {
  const auto cells = ExpandMatrix(Loaded(name), {});
  EXPECT_TRUE(cells) << cells.error().message;
  return cells ? cells->size() : 0;
}

TEST(ShippedScenariosTest, HaveTheCellsThatTheySay) {
  EXPECT_EQ(CellCount("matrix/bench_matrix.yaml"), 36u);
  EXPECT_EQ(CellCount("sweeps/batch_bytes.yaml"), 6u);
  EXPECT_EQ(CellCount("sweeps/inflight.yaml"), 5u);
  EXPECT_EQ(CellCount("peers/table_move.yaml"), 4u);
  EXPECT_EQ(CellCount("commands/example.yaml"), 4u);
}

TEST(ShippedScenariosTest, EveryCommandExpands) {
  const Scenario scenario = Loaded("peers/table_move.yaml");
  const auto cells = ExpandMatrix(scenario, {});
  ASSERT_TRUE(cells);
  for (const PlannedCell& cell : *cells) {
    record::CellKey values = cell.values;
    for (const char* name : {"source_dsn", "destination_dsn", "source_schema", "destination_schema", "table"}) {
      values[name] = name;
    }
    const Hooks& hooks = scenario.hooks;
    for (const CommandText* command :
         {&scenario.subjects[cell.subject].command, &hooks.setup, &hooks.prepare, &hooks.conclude, &hooks.cleanup}) {
      const auto expanded = ExpandCommand(command->text, values);
      EXPECT_TRUE(expanded) << expanded.error().message;
    }
  }
}

TEST(ShippedScenariosTest, EveryPipelineBinds) {
  for (const char* name : {"matrix/bench_matrix.yaml", "sweeps/batch_bytes.yaml", "sweeps/inflight.yaml"}) {
    const auto cells = ExpandMatrix(Loaded(name), {});
    ASSERT_TRUE(cells);
    for (const PlannedCell& cell : *cells) EXPECT_TRUE(BindPipeline("version: 1", "p.yaml", cell.pipeline_values));
  }
}

TEST(ShippedScenariosTest, ASuiteIsAFolder) {
  const auto files = ScenarioFiles(kFolder / "sweeps");
  ASSERT_TRUE(files);
  EXPECT_THAT(*files, ElementsAre(kFolder / "sweeps/batch_bytes.yaml", kFolder / "sweeps/inflight.yaml"));
  EXPECT_THAT(*ScenarioFiles("any.yaml"), ElementsAre("any.yaml"));
  EXPECT_THAT(ScenarioFiles(kFolder).error().message, EndsWith("no scenario (*.yaml) is in " + kFolder.string()));
}

}  // namespace
}  // namespace rapidbyte::scenario
