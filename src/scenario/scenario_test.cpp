#include "scenario/scenario.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "scenario/matrix.h"
#include "scenario/plan.h"
#include "scenario/scenario_reader.h"

namespace rapidbyte::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const yaml::Environment kEnvironment = [](const std::string& name) {
  return name == "DSN" ? std::optional<std::string>("postgresql://u:s3cret@h/d") : std::nullopt;
};

Scenario Parsed(const std::string& text) {
  auto parsed = ParseScenario(text, "folder/s.yaml", kEnvironment);
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message;
    return {};
  }
  return *parsed;
}

constexpr const char* kWhole = R"(
version: 1
scenario: everything
description: all keys
environment: {dsn: '${DSN}'}
dataset: {sql: data/make.sql, table: orders}
subjects:
  rapidbyte: {pipeline: ../p.yaml}
  words: {command: 'work "{threads}"', shell: false}
  psql: {command: 'psql ${HOME} {table}', shell: bash, destination_table: true}
axes:
  threads: "1..9:4"
  columns: ["id,name", id]
  compression: lz4
exclude:
  - {subject: words, threads: [5, 9]}
warmup: 0
until_decided: {max_blocks: 40, max_time: 90s}
hooks: {setup: a, prepare: b, conclude: c, cleanup: d}
metrics:
  throughput: {json: '$.a.b[0]', direction: higher, primary: true, threshold: 2%, unit: rows/s, from: stderr}
  wall: {threshold: 1.5%}
  latency: {regex: 'avg = ([0-9.]+)'}
  parse: {google_benchmark: BM_Parse, from: out.json}
  go: {go_benchmark: BenchmarkX}
  line: {bench_line: rows}
  cpu:
timeout: 120s
)";

TEST(ScenarioTest, ReadsEveryKey) {
  const Scenario scenario = Parsed(kWhole);
  EXPECT_EQ(scenario.name, "everything");
  EXPECT_EQ(scenario.description, "all keys");
  EXPECT_EQ(scenario.environment.kind, EnvironmentSpec::Kind::kServer);
  EXPECT_EQ(scenario.environment.dsn, "postgresql://u:s3cret@h/d");
  EXPECT_EQ(scenario.dataset.kind, DatasetSpec::Kind::kSql);
  EXPECT_EQ(scenario.dataset.sql_file, "folder/data/make.sql");
  EXPECT_EQ(scenario.dataset.sql_line, 6);
  EXPECT_EQ(scenario.dataset.table, "orders");
  ASSERT_EQ(scenario.subjects.size(), 3u);
  EXPECT_EQ(scenario.subjects[0].pipeline, "p.yaml");
  EXPECT_EQ(scenario.subjects[1].command.text, "work \"{threads}\"");
  EXPECT_EQ(scenario.subjects[1].shell, std::nullopt);
  EXPECT_FALSE(scenario.subjects[1].destination_table);
  EXPECT_EQ(scenario.subjects[2].name, "psql");
  EXPECT_EQ(scenario.subjects[2].command.text, "psql ${HOME} {table}");
  EXPECT_EQ(scenario.subjects[2].command.line, 10);
  EXPECT_EQ(scenario.subjects[2].shell, "bash");
  EXPECT_TRUE(scenario.subjects[2].destination_table);
  ASSERT_EQ(scenario.axes.size(), 3u);
  EXPECT_THAT(scenario.axes[0].values, ElementsAre("1", "5", "9"));
  EXPECT_THAT(scenario.axes[1].values, ElementsAre("id,name", "id"));
  EXPECT_THAT(scenario.axes[2].values, ElementsAre("lz4"));
  EXPECT_THAT(scenario.exclusions[0].match.at("threads"), ElementsAre("5", "9"));
  EXPECT_EQ(scenario.warmup, 0u);
  ASSERT_TRUE(scenario.until_decided);
  EXPECT_EQ(scenario.MaxBlocks(), 40u);
  EXPECT_DOUBLE_EQ(scenario.until_decided->max_secs, 90);
  EXPECT_EQ(scenario.hooks.conclude.text, "c");
  EXPECT_DOUBLE_EQ(scenario.timeout_secs, 120);
}

TEST(ScenarioTest, ReadsMetrics) {
  const std::vector<MetricSpec> metrics = Parsed(kWhole).metrics;
  ASSERT_EQ(metrics.size(), 7u);
  EXPECT_EQ(metrics[0].name, "throughput");
  EXPECT_EQ(std::get<metrics::JsonMetric>(metrics[0].source.value()).path, "$.a.b[0]");
  EXPECT_TRUE(metrics[0].higher_is_better);
  EXPECT_TRUE(metrics[0].primary);
  EXPECT_DOUBLE_EQ(*metrics[0].threshold, 0.02);
  EXPECT_EQ(metrics[0].unit, "rows/s");
  EXPECT_EQ(metrics[0].from, "stderr");
  EXPECT_FALSE(metrics[1].source);
  EXPECT_FALSE(metrics[1].primary);
  EXPECT_TRUE(std::holds_alternative<metrics::RegexMetric>(metrics[2].source.value()));
  EXPECT_TRUE(std::holds_alternative<metrics::GoogleBenchmarkMetric>(metrics[3].source.value()));
  EXPECT_EQ(metrics[3].from, "out.json");
  EXPECT_EQ(metrics[3].unit, "s");
  EXPECT_TRUE(std::holds_alternative<metrics::GoBenchmarkMetric>(metrics[4].source.value()));
  EXPECT_TRUE(std::holds_alternative<metrics::BenchLineMetric>(metrics[5].source.value()));
  EXPECT_EQ(metrics[6].name, "cpu");
}

TEST(ScenarioTest, DefaultsFillAMinimalDocument) {
  const Scenario scenario = Parsed("version: 1\nscenario: s\nsubject: {command: work}\n");
  EXPECT_EQ(scenario.environment.kind, EnvironmentSpec::Kind::kNone);
  EXPECT_EQ(scenario.dataset.kind, DatasetSpec::Kind::kNone);
  EXPECT_EQ(scenario.subjects[0].name, "command");
  EXPECT_EQ(scenario.subjects[0].shell, "sh");
  EXPECT_EQ(scenario.warmup, 1u);
  EXPECT_EQ(scenario.MaxBlocks(), 10u);
  EXPECT_EQ(scenario.timeout_secs, 0);
  ASSERT_EQ(scenario.metrics.size(), 1u);
  EXPECT_EQ(scenario.metrics[0].name, "wall");
  EXPECT_TRUE(scenario.metrics[0].primary);
}

TEST(ScenarioTest, ADatasetBringsAServer) {
  const Scenario scenario = Parsed("version: 1\nscenario: s\ndataset: {name: events}\nsubject: {pipeline: default}\n");
  EXPECT_EQ(scenario.environment.kind, EnvironmentSpec::Kind::kEphemeral);
  EXPECT_EQ(scenario.dataset.rows, 100'000u);
  EXPECT_EQ(scenario.subjects[0].name, "rapidbyte");
  const Scenario tuned = Parsed(
      "version: 1\nscenario: s\ndataset: {name: pgbench}\nsubject: {pipeline: default}\n"
      "environment: {ephemeral: {settings: {shared_buffers: 1GB}}}\n");
  EXPECT_EQ(tuned.environment.kind, EnvironmentSpec::Kind::kEphemeral);
  EXPECT_EQ(tuned.environment.settings.at("shared_buffers"), "1GB");
  EXPECT_EQ(tuned.dataset.SizeParameter(), "scale");
}

TEST(ScenarioTest, WallIsPrimaryUnlessAnotherIs) {
  const Scenario scenario =
      Parsed("version: 1\nscenario: s\nsubject: {command: a}\nmetrics: {cpu: , wall: {threshold: 3%}}\n");
  ASSERT_EQ(scenario.metrics.size(), 2u);
  EXPECT_EQ(scenario.metrics[0].name, "wall");
  EXPECT_TRUE(scenario.metrics[0].primary);
  EXPECT_DOUBLE_EQ(*scenario.metrics[0].threshold, 0.03);
}

TEST(ScenarioTest, JsonHasTheWholeButNoPassword) {
  const nlohmann::json json = ScenarioJson(Parsed(kWhole));
  EXPECT_THAT(json.dump(), Not(HasSubstr("s3cret")));
  EXPECT_EQ(json["subjects"][2]["shell"], "bash");
  EXPECT_EQ(json["subjects"][1]["shell"], false);
  EXPECT_EQ(json["axes"][0]["values"], (nlohmann::json{"1", "5", "9"}));
  EXPECT_EQ(json["metrics"][0]["json"], "$.a.b[0]");
  EXPECT_EQ(json["until_decided"]["max_blocks"], 40);
  EXPECT_EQ(json["dataset"]["table"], "orders");
}

// The keys of a schema, with * for a name that the document chooses and [] for an item.
class SchemaKeys {
 public:
  explicit SchemaKeys(const nlohmann::json& schema) : root_(schema) { Walk(schema, ""); }
  const std::set<std::string>& keys() const { return keys_; }

 private:
  void Walk(const nlohmann::json& schema, const std::string& path) {
    if (!schema.is_object()) return;
    if (schema.contains("$ref")) {
      return Walk(root_.at(nlohmann::json::json_pointer(schema["$ref"].get<std::string>().substr(1))), path);
    }
    const std::string prefix = path.empty() ? "" : path + ".";
    const nlohmann::json properties = schema.value("properties", nlohmann::json::object());
    for (const auto& [key, below] : properties.items()) Found(prefix + key, below);
    const nlohmann::json patterns = schema.value("patternProperties", nlohmann::json::object());
    for (const auto& [key, below] : patterns.items()) Found(prefix + "*", below);
    if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) {
      Found(prefix + "*", schema["additionalProperties"]);
    }
    if (schema.contains("items") && !path.ends_with("*")) Walk(schema["items"], path + "[]");
    for (const char* combined : {"oneOf", "anyOf"}) {
      const nlohmann::json parts = schema.value(combined, nlohmann::json::array());
      for (const auto& part : parts) Walk(part, path);
    }
  }

  void Found(const std::string& key, const nlohmann::json& below) {
    keys_.insert(key);
    Walk(below, key);
  }

  const nlohmann::json& root_;
  std::set<std::string> keys_;
};

// The same of what the reader asked for; names are "x" in the documents below.
std::set<std::string> ReaderKeys() {
  std::set<std::string> keys;
  const auto root = yaml::Parse(
      "{subject: {command: a}, subjects: {x: {command: a}}, axes: {x: a}, exclude: [{x: a}], metrics: {x: {}}, "
      "dataset: {}, environment: {ephemeral: {settings: {x: a}}}}",
      "t.yaml");
  yaml::Problems problems("t.yaml", "");
  ReadScenario(*root, "", kEnvironment, problems);
  for (std::string key : problems.asked()) {
    for (size_t at; (at = key.find(".x")) != std::string::npos;) key.replace(at, 2, ".*");
    if (const size_t at = key.find("[0]"); at != std::string::npos) key.replace(at, 3, "[]");
    keys.insert(key);
  }
  return keys;
}

TEST(ScenarioTest, TheSchemaHasTheKeysOfTheParser) {
  std::ifstream file(std::filesystem::path(RAPIDBYTE_ROOT) / "docs/formats/scenario.schema.json");
  const auto schema = nlohmann::json::parse(file);
  EXPECT_EQ(SchemaKeys(schema).keys(), ReaderKeys());
}

}  // namespace
}  // namespace rapidbyte::scenario
