#include "scenario/scenario_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/axis_values.h"

namespace rapidbyte::scenario {
namespace {

using yaml::Fields;
using Kind = yaml::Node::Kind;

constexpr uint64_t kMostRows = 1'000'000'000;
constexpr uint64_t kDefaultRows = 100'000;
constexpr uint64_t kDefaultScale = 1;

struct Reader {
  std::filesystem::path folder;

  std::filesystem::path Resolve(const std::string& path) const { return (folder / path).lexically_normal(); }
};

void ReadVersion(Fields& document) {
  std::string version;
  document.RequiredText("version", "1", version);
  if (!version.empty() && version != "1") document.Note("version", "expected 1, the only version there is");
}

uint32_t ReadCount(Fields& fields, std::string_view key, uint64_t least, uint64_t most, uint32_t otherwise) {
  uint64_t number = otherwise;
  fields.Number(key, least, most, number);
  return static_cast<uint32_t>(number);
}

void ReadDuration(Fields& fields, std::string_view key, double& secs) {
  constexpr std::string_view expected = "a duration, as 500ms, 120s, 10m or 1h";
  std::string text;
  fields.OptionalText(key, expected, text);
  if (text.empty()) return;
  const auto parsed = ParseDurationSecs(text);
  if (!parsed) return fields.Note(key, fmt::format("expected {}", expected));
  secs = *parsed;
}

// One text, or a list of them that differ.
std::vector<std::string> ReadValues(Fields& fields, const std::string& key) {
  std::vector<std::string> values;
  if (fields.KindOf(key) == Kind::kScalar) {
    std::string value;
    fields.OptionalText(key, "a value", value);
    if (!value.empty()) values.push_back(value);
  } else if (fields.KindOf(key) == Kind::kNull) {
    fields.Note(key, "expected a value, or a list of values");
  } else {
    fields.Texts(key, "values", values);
  }
  return values;
}

EnvironmentSpec ReadEnvironment(Fields& document, bool has_dataset) {
  EnvironmentSpec environment;
  environment.kind = has_dataset ? EnvironmentSpec::Kind::kEphemeral : EnvironmentSpec::Kind::kNone;
  const Kind kind = document.KindOf("environment");
  if (kind == Kind::kNull || kind == Kind::kScalar) {
    constexpr std::string_view names[] = {"none", "ephemeral"};
    size_t choice = has_dataset ? 1 : 0;
    document.Choice("environment", names, choice);
    environment.kind = choice == 1 ? EnvironmentSpec::Kind::kEphemeral : EnvironmentSpec::Kind::kNone;
  } else {
    Fields section = document.Section("environment", /*required=*/false);
    section.Secret("dsn", environment.dsn);
    environment.kind = environment.dsn.empty() ? EnvironmentSpec::Kind::kEphemeral : EnvironmentSpec::Kind::kServer;
    if (section.KindOf("dsn") != Kind::kNull && section.KindOf("ephemeral") != Kind::kNull) {
      section.Note("ephemeral", "expected 'dsn' or 'ephemeral', found both");
    } else if (section.KindOf("dsn") != Kind::kNull && environment.dsn.empty()) {
      section.Note("dsn", "expected a PostgreSQL URI or keywords, found an empty text");
    }
    Fields ephemeral = section.Section("ephemeral", /*required=*/false);
    Fields settings = ephemeral.Section("settings", /*required=*/false);
    for (const std::string& key : settings.Keys()) {
      settings.OptionalText(key, "the value of a server's setting", environment.settings[key]);
    }
    settings.Finish();
    ephemeral.Finish();
    section.Finish();
  }
  if (has_dataset && environment.kind == EnvironmentSpec::Kind::kNone) {
    document.Note("environment", "expected ephemeral or a server, for the dataset to be in");
  }
  return environment;
}

void CheckDataset(Fields& section, const DatasetSpec& dataset) {
  const bool named = section.KindOf("name") != Kind::kNull, sql = section.KindOf("sql") != Kind::kNull,
             table = section.KindOf("table") != Kind::kNull;
  if (named + (sql || table) != 1) return section.Note("", "expected one of 'name', 'sql' with 'table', or 'table'");
  if (sql && !table) return section.Note("sql", "expected 'table' beside it: the table that the file makes");
  if (!dataset.table.empty()) {
    const size_t dot = dataset.table.find('.');
    if (sql) {
      if (dot != std::string::npos) {
        section.Note("table", "expected a name without a schema: the file works in one of its own, and names none");
      }
    } else if (dot == 0 || dot == std::string::npos || dot + 1 == dataset.table.size()) {
      section.Note("table", fmt::format("expected schema.table"));
    }
  }
  if (named && dataset.name.empty()) return;  // an unknown one, which has been noted
  const std::string_view size = dataset.SizeParameter();
  for (const char* key : {"rows", "scale"}) {
    if (section.KindOf(key) == Kind::kNull || size == key) continue;
    section.Note(key, size.empty() ? "this dataset has the size that it has"
                                   : fmt::format("this dataset's size is its '{}'", size));
  }
}

DatasetSpec ReadDataset(Fields& document, const Reader& reader) {
  constexpr std::string_view names[] = {"bench_events", "events", "orders", "documents", "pgbench"};
  DatasetSpec dataset{.rows = kDefaultRows, .scale = kDefaultScale};
  if (document.KindOf("dataset") == Kind::kNull) return dataset;
  Fields section = document.Section("dataset", /*required=*/false);
  size_t name = std::size(names);
  section.Choice("name", names, name);
  section.Number("rows", 1, kMostRows, dataset.rows);
  section.Number("scale", 1, 100'000, dataset.scale);
  std::string sql;
  section.OptionalText("sql", "the path of a file with SQL", sql);
  section.OptionalText("table", "schema.table", dataset.table);
  if (name < std::size(names)) {
    dataset.name = names[name];
    dataset.kind = dataset.name == "pgbench" ? DatasetSpec::Kind::kPgbench : DatasetSpec::Kind::kGenerated;
  } else if (!sql.empty()) {
    dataset.kind = DatasetSpec::Kind::kSql;
    dataset.sql_file = reader.Resolve(sql);
    dataset.sql_line = section.LineOf("sql");
  } else {
    dataset.kind = DatasetSpec::Kind::kTable;
  }
  if (document.KindOf("dataset") == Kind::kMap) CheckDataset(section, dataset);
  section.Finish();
  return dataset;
}

SubjectSpec ReadSubject(Fields section, bool has_dataset, const Reader& reader) {
  SubjectSpec subject;
  section.OptionalText("pipeline", "default, or the path of a pipeline document", subject.pipeline);
  const bool pipeline = section.KindOf("pipeline") != Kind::kNull, command = section.KindOf("command") != Kind::kNull;
  if (pipeline == command) section.Note("", "expected 'pipeline' or 'command', one of them");
  if (pipeline && !has_dataset && subject.pipeline == "default") {
    section.Note("pipeline", "expected 'dataset', the table that the default pipeline moves");
  }
  if (pipeline && subject.pipeline != "default") subject.pipeline = reader.Resolve(subject.pipeline).string();
  std::string shell;
  section.OptionalText("shell", "a shell, as sh or bash, or false", shell);
  if (shell == "false")
    subject.shell.reset();
  else if (!shell.empty() && shell != "true")
    subject.shell = shell;
  if (subject.shell)
    section.Verbatim("command", "a command", subject.command.text);
  else
    section.OptionalText("command", "a command", subject.command.text);
  subject.command.line = section.LineOf(pipeline ? "pipeline" : "command");
  subject.command.key = section.PathOf(pipeline ? "pipeline" : "command");
  section.Flag("destination_table", subject.destination_table);
  for (const char* key : {"shell", "destination_table"}) {
    if (pipeline && section.KindOf(key) != Kind::kNull) section.Note(key, "expected with 'command' only");
  }
  if (subject.destination_table && !has_dataset) {
    section.Note("destination_table", "expected 'dataset', whose table it is like");
  }
  section.Finish();
  return subject;
}

std::vector<SubjectSpec> ReadSubjects(Fields& document, bool has_dataset, const Reader& reader) {
  std::vector<SubjectSpec> subjects;
  const bool one = document.KindOf("subject") != Kind::kNull, several = document.KindOf("subjects") != Kind::kNull;
  if (one == several) {
    document.Note(one ? "subject" : "subjects", one ? "expected 'subject' or 'subjects', found both"
                                                    : "missing; expected what to measure, or 'subject' for one");
  }
  if (one) {
    subjects.push_back(ReadSubject(document.Section("subject", /*required=*/false), has_dataset, reader));
    subjects[0].name = subjects[0].is_pipeline() ? "rapidbyte" : "command";
  }
  Fields section = document.Section("subjects", /*required=*/false);
  for (const std::string& name : section.Keys()) {
    if (name.empty()) section.Note(name, "expected a name");
    if (section.KindOf(name) == Kind::kNull) section.Note(name, "expected a mapping with 'pipeline' or 'command'");
    subjects.push_back(ReadSubject(section.Section(name, /*required=*/false), has_dataset, reader));
    subjects.back().name = name;
  }
  if (document.KindOf("subjects") == Kind::kMap && subjects.empty()) document.Note("subjects", "expected one or more");
  section.Finish();
  return subjects;
}

std::vector<Axis> ReadAxes(Fields section) {
  std::vector<Axis> axes;
  for (const std::string& name : section.Keys()) {
    Axis axis{.name = name, .values = {}, .line = section.LineOf(name)};
    const bool is_text = section.KindOf(name) == Kind::kScalar;
    axis.values = ReadValues(section, name);
    if (is_text && axis.values.size() == 1) {
      auto range = ParseRange(axis.values[0]);
      if (range && !*range) section.Note(name, range->error().message);
      if (range && *range) axis.values = std::move(**range);
    }
    axes.push_back(std::move(axis));
  }
  section.Finish();
  return axes;
}

std::vector<Exclusion> ReadExclusions(Fields& document) {
  std::vector<Exclusion> exclusions;
  if (document.KindOf("exclude") == Kind::kNull) return exclusions;
  for (Fields& entry : document.Sections("exclude", "a list of mappings from parameters to values")) {
    Exclusion exclusion{.match = {}, .line = entry.LineOf(""), .key = entry.path()};
    for (const std::string& key : entry.Keys()) exclusion.match[key] = ReadValues(entry, key);
    if (exclusion.match.empty()) entry.Note("", "expected a parameter and its values");
    entry.Finish();
    exclusions.push_back(std::move(exclusion));
  }
  return exclusions;
}

Hooks ReadHooks(Fields section) {
  Hooks hooks;
  const auto read = [&](std::string_view key, CommandText& command) {
    section.Verbatim(key, "a command", command.text);
    command.line = section.LineOf(key);
    command.key = section.PathOf(key);
  };
  read("setup", hooks.setup);
  read("prepare", hooks.prepare);
  read("conclude", hooks.conclude);
  read("cleanup", hooks.cleanup);
  section.Finish();
  return hooks;
}

void ReadBlocks(Fields& document, Scenario& scenario) {
  scenario.warmup = ReadCount(document, "warmup", 0, 1000, scenario.warmup);
  scenario.iterations = ReadCount(document, "iterations", 1, 10'000, scenario.iterations);
  const bool until_decided = document.KindOf("until_decided") != Kind::kNull;
  Fields section = document.Section("until_decided", /*required=*/false);
  UntilDecided limits;
  limits.max_blocks = ReadCount(section, "max_blocks", 2, 10'000, limits.max_blocks);
  ReadDuration(section, "max_time", limits.max_secs);
  section.Finish();
  if (!until_decided) return;
  if (document.KindOf("iterations") != Kind::kNull) {
    document.Note("until_decided", "expected 'iterations' or 'until_decided', found both");
  }
  scenario.until_decided = limits;
}

}  // namespace

Scenario ReadScenario(const yaml::Node& root, const std::filesystem::path& folder, const yaml::Environment& environment,
                      yaml::Problems& problems) {
  Scenario scenario;
  const Reader reader{folder};
  Fields document(&root, "", root.line, environment, problems);
  ReadVersion(document);
  document.RequiredText("scenario", "the scenario's name", scenario.name);
  document.OptionalText("description", "a text", scenario.description);
  scenario.dataset = ReadDataset(document, reader);
  const bool has_dataset = scenario.dataset.kind != DatasetSpec::Kind::kNone;
  scenario.environment = ReadEnvironment(document, has_dataset);
  scenario.subjects = ReadSubjects(document, has_dataset, reader);
  scenario.axes = ReadAxes(document.Section("axes", /*required=*/false));
  scenario.exclusions = ReadExclusions(document);
  ReadBlocks(document, scenario);
  scenario.hooks = ReadHooks(document.Section("hooks", /*required=*/false));
  scenario.metrics = ReadMetrics(document.Section("metrics", /*required=*/false));
  ReadDuration(document, "timeout", scenario.timeout_secs);
  document.Finish();
  return scenario;
}

}  // namespace rapidbyte::scenario
