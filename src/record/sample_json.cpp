#include "record/sample_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/json.h"

namespace rapidbyte::record {
namespace {

using nlohmann::json;

// The laboratory's own keys. The first kOldKeys are those of lines without a cell; a key beyond them belongs to the
// run in such a line.
constexpr std::array kKeys = std::to_array<std::string_view>(
    {"campaign_id", "campaign_started_at", "git_sha", "git_branch", "git_dirty", "seed", "dataset", "bench_rows",
     "server", "settings", "host_hash", "host_name", "host_kernel", "host_cpu_model", "host_cpus", "host_memory_bytes",
     "block", "position", "warmup", "timestamp", "mode", "aot", "outcome", "error", "exit_code", "wall_secs",
     "user_secs", "system_secs", "max_rss_bytes",
     // Since there are cells:
     "campaign_finished_at", "scenario", "plan_hash", "warmup_blocks", "blocks", "process", "cell", "build",
     "read_bytes", "written_bytes", "voluntary_switches", "involuntary_switches", "metrics", "run_hidden",
     "tree_rss_bytes"});
constexpr size_t kOldKeys = 29;
static_assert(kKeys[kOldKeys - 1] == "max_rss_bytes");

bool IsOurs(std::string_view key, size_t keys = kKeys.size()) {
  return std::find(kKeys.begin(), kKeys.begin() + static_cast<ptrdiff_t>(keys), key) !=
         kKeys.begin() + static_cast<ptrdiff_t>(keys);
}

// A document whose keys are all hidden, or that has none, is told apart from no document by "run_hidden" being there.
void AddRun(const json& run, json& line) {
  if (run.is_null()) return;
  json hidden = json::object();
  if (run.is_object()) {
    for (const auto& [key, value] : run.items()) (IsOurs(key) ? hidden : line)[key] = value;
  } else {
    hidden[""] = run;
  }
  if (line.empty() || !hidden.empty()) line["run_hidden"] = std::move(hidden);
}

void AddHost(const HostFingerprint& host, json& line) {
  line["host_hash"] = host.Hash();
  line["host_name"] = host.hostname;
  line["host_kernel"] = host.kernel;
  line["host_cpu_model"] = host.cpu_model;
  line["host_cpus"] = host.cpus;
  line["host_memory_bytes"] = host.memory_bytes;
}

void AddCampaign(const Campaign& campaign, json& line) {
  line["campaign_id"] = campaign.id;
  line["campaign_started_at"] = campaign.started_at;
  line["campaign_finished_at"] = campaign.finished_at;
  line["scenario"] = campaign.scenario;
  line["plan_hash"] = campaign.plan_hash;
  line["git_sha"] = campaign.git_sha;
  line["git_branch"] = campaign.git_branch;
  line["git_dirty"] = campaign.git_dirty;
  line["seed"] = campaign.seed;
  line["warmup_blocks"] = campaign.warmup_blocks;
  line["blocks"] = campaign.blocks;
  line["dataset"] = campaign.dataset;
  line["server"] = campaign.server;
  line["settings"] = campaign.settings;
  line["process"] = {{"host_name", campaign.process.host_name},
                     {"boot_id", campaign.process.boot_id},
                     {"pid", campaign.process.pid},
                     {"pid_started", campaign.process.pid_started}};
  AddHost(campaign.host, line);
}

// What readers of the cell's first form look for: kept as keys of their own where the cell has them.
void AddCell(const CellKey& cell, json& line) {
  line["cell"] = cell;
  if (const auto found = cell.find("load_method"); found != cell.end()) line["mode"] = found->second;
  if (const auto found = cell.find("runtime"); found != cell.end()) line["aot"] = found->second == "aot";
  if (const auto rows = RowsOf(cell)) line["bench_rows"] = *rows;
}

void AddCount(const char* key, const std::optional<uint64_t>& count, json& line) {
  if (count) line[key] = *count;
}

void AddSample(const Sample& sample, json& line) {
  line["block"] = sample.block;
  line["position"] = sample.position;
  line["warmup"] = sample.warmup;
  line["timestamp"] = sample.timestamp;
  AddCell(sample.cell, line);
  if (!sample.build.empty()) line["build"] = sample.build;
  line["outcome"] = OutcomeName(sample.outcome);
  line["error"] = sample.error;
  line["exit_code"] = sample.exit_code;
  line["wall_secs"] = sample.wall_secs;
  line["user_secs"] = sample.user_secs;
  line["system_secs"] = sample.system_secs;
  line["max_rss_bytes"] = sample.max_rss_bytes;
  AddCount("tree_rss_bytes", sample.tree_rss_bytes, line);
  AddCount("read_bytes", sample.read_bytes, line);
  AddCount("written_bytes", sample.written_bytes, line);
  AddCount("voluntary_switches", sample.voluntary_switches, line);
  AddCount("involuntary_switches", sample.involuntary_switches, line);
  json& metrics = line["metrics"] = json::object();
  for (const auto& [name, value] : sample.metrics) {
    if (std::isfinite(value)) metrics[name] = value;
  }
}

// Takes values out of an object by key and remembers the first that is not what it should be.
class Fields {
 public:
  explicit Fields(const json& object) : object_(object) {}

  // A missing key leaves the value as it is, unless it is required.
  void Take(const char* key, std::string& value, bool required = false) {
    const json* entry = Find(key, required);
    if (entry == nullptr) return;
    if (!entry->is_string()) return Complain(key, "a text");
    value = entry->get<std::string>();
  }
  void Take(const char* key, bool& value) {
    const json* entry = Find(key, false);
    if (entry == nullptr) return;
    if (!entry->is_boolean()) return Complain(key, "true or false");
    value = entry->get<bool>();
  }
  void Take(const char* key, double& value, bool required = false) {
    const json* entry = Find(key, required);
    if (entry == nullptr) return;
    if (!entry->is_number()) return Complain(key, "a number");
    value = entry->get<double>();
  }
  template <typename Integer>
  void TakeCount(const char* key, Integer& value, bool required = false) {
    const json* entry = Find(key, required);
    if (entry == nullptr) return;
    const bool is_count = entry->is_number_unsigned() || (entry->is_number_integer() && entry->get<int64_t>() >= 0);
    if (!is_count || entry->get<uint64_t>() > static_cast<uint64_t>(kMost<Integer>)) {
      return Complain(key, "a count");
    }
    value = static_cast<Integer>(entry->get<uint64_t>());
  }
  void TakeCount(const char* key, std::optional<uint64_t>& value) {
    if (!object_.contains(key)) return;
    uint64_t count = 0;
    TakeCount(key, count);
    value = count;
  }
  void Complain(std::string_view key, std::string_view expected) {
    if (problem_.empty()) problem_.append("key '").append(key).append("': expected ").append(expected);
  }
  const std::string& problem() const { return problem_; }

 private:
  template <typename Integer>
  static constexpr Integer kMost = std::numeric_limits<Integer>::max();

  const json* Find(const char* key, bool required) {
    const auto entry = object_.find(key);
    if (entry != object_.end()) return &*entry;
    if (required) Complain(key, "it to be there");
    return nullptr;
  }

  const json& object_;
  std::string problem_;
};

void TakeCampaign(const json& line, Fields& fields, Campaign& campaign) {
  fields.Take("campaign_id", campaign.id, true);
  fields.Take("campaign_started_at", campaign.started_at, true);
  fields.Take("git_sha", campaign.git_sha, true);
  fields.Take("git_branch", campaign.git_branch);
  fields.Take("git_dirty", campaign.git_dirty);
  fields.TakeCount("seed", campaign.seed);
  fields.Take("dataset", campaign.dataset);
  fields.Take("server", campaign.server);
  fields.Take("host_name", campaign.host.hostname);
  fields.Take("host_kernel", campaign.host.kernel);
  fields.Take("host_cpu_model", campaign.host.cpu_model);
  fields.TakeCount("host_cpus", campaign.host.cpus);
  fields.TakeCount("host_memory_bytes", campaign.host.memory_bytes);
  campaign.settings = JsonMember(line, "settings");
}

void TakeProcess(const json& line, Fields& fields, ProcessIdentity& process) {
  const auto entry = line.find("process");
  if (entry == line.end()) return;
  if (!entry->is_object()) return fields.Complain("process", "an object");
  Fields inner(*entry);
  inner.Take("host_name", process.host_name);
  inner.Take("boot_id", process.boot_id);
  inner.TakeCount("pid", process.pid);
  inner.TakeCount("pid_started", process.pid_started);
  if (!inner.problem().empty()) fields.Complain("process", "a process's identity (" + inner.problem() + ")");
}

void TakeSample(Fields& fields, Sample& sample) {
  fields.Take("campaign_id", sample.campaign_id);
  fields.TakeCount("block", sample.block, true);
  fields.TakeCount("position", sample.position, true);
  fields.Take("warmup", sample.warmup);
  fields.Take("timestamp", sample.timestamp);
  fields.Take("error", sample.error);
  double exit_code = 0;
  fields.Take("exit_code", exit_code);
  sample.exit_code = static_cast<int>(std::clamp(exit_code, -1e9, 1e9));
  fields.Take("wall_secs", sample.wall_secs, true);
  fields.Take("user_secs", sample.user_secs);
  fields.Take("system_secs", sample.system_secs);
  fields.TakeCount("max_rss_bytes", sample.max_rss_bytes);
  std::string outcome;
  fields.Take("outcome", outcome, true);
  const auto known = OutcomeOf(outcome);
  if (!known) fields.Complain("outcome", "ok, failed, wrong_rows or timeout");
  sample.outcome = known.value_or(Outcome::kFailed);
}

void TakeMetrics(const json& line, Fields& fields, Sample& sample) {
  const auto entry = line.find("metrics");
  if (entry == line.end()) return;
  if (!entry->is_object()) return fields.Complain("metrics", "an object of numbers");
  for (const auto& [name, value] : entry->items()) {
    if (!value.is_number()) return fields.Complain("metrics", "an object of numbers");
    sample.metrics[name] = value.get<double>();
  }
}

void TakeCell(const json& line, Fields& fields, CellKey& cell) {
  auto parsed = ReadCellKey(JsonMember(line, "cell"));
  if (!parsed) return fields.Complain("cell", "an object of texts");
  cell = *std::move(parsed);
}

// What lines have since there are cells.
void TakeSinceCells(const json& line, Fields& fields, SampleLine& result) {
  Campaign& campaign = result.campaign;
  Sample& sample = result.sample;
  TakeCell(line, fields, sample.cell);
  TakeProcess(line, fields, campaign.process);
  TakeMetrics(line, fields, sample);
  fields.Take("campaign_finished_at", campaign.finished_at);
  fields.Take("scenario", campaign.scenario);
  fields.Take("plan_hash", campaign.plan_hash);
  fields.TakeCount("warmup_blocks", campaign.warmup_blocks);
  fields.TakeCount("blocks", campaign.blocks);
  fields.Take("build", sample.build);
  fields.TakeCount("tree_rss_bytes", sample.tree_rss_bytes);
  fields.TakeCount("read_bytes", sample.read_bytes);
  fields.TakeCount("written_bytes", sample.written_bytes);
  fields.TakeCount("voluntary_switches", sample.voluntary_switches);
  fields.TakeCount("involuntary_switches", sample.involuntary_switches);
  if (line.contains("run_hidden") && !JsonMember(line, "run_hidden").is_object())
    fields.Complain("run_hidden", "an object");
}

// Where the cell came in three keys, and all of a campaign had one compression.
void TakeOldCell(const json& line, Fields& fields, CellKey& cell) {
  bool aot = true;
  uint64_t rows = 0;
  fields.Take("mode", cell["load_method"], true);
  fields.Take("aot", aot);
  fields.TakeCount("bench_rows", rows);
  cell["runtime"] = aot ? "aot" : "native";
  cell["rows"] = std::to_string(rows);
  const json& compression = JsonMember(JsonMember(line, "settings"), "compression");
  if (compression.is_string()) cell["compression"] = compression.get<std::string>();
}

void TakeOldPlan(Campaign& campaign) {
  if (!campaign.settings.is_object()) return;
  Fields settings(campaign.settings);
  settings.TakeCount("iters", campaign.blocks);
  settings.TakeCount("warmup", campaign.warmup_blocks);
}

// What is left of the line without our own keys; moved, for a run's document is long.
json RunOf(json&& line, bool has_cell) {
  json hidden;
  if (const auto found = line.find("run_hidden"); has_cell && found != line.end()) hidden = std::move(*found);
  const size_t keys = has_cell ? kKeys.size() : kOldKeys;
  for (size_t i = 0; i < keys; ++i) line.erase(std::string(kKeys[i]));
  if (line.empty() && hidden.is_null()) return nullptr;
  if (const auto whole = hidden.find(""); whole != hidden.end()) return std::move(*whole);
  if (!hidden.is_null()) line.update(hidden);
  return std::move(line);
}

}  // namespace

json ToJson(const Sample& sample, const Campaign& campaign) {
  json line = json::object();
  AddRun(sample.run, line);
  AddCampaign(campaign, line);
  AddSample(sample, line);
  return line;
}

Result<SampleLine> FromJson(json line) {
  if (!line.is_object()) return Fail(ErrorCode::kConfiguration, "expected a JSON object");
  SampleLine result;
  Fields fields(line);
  const bool has_cell = line.contains("cell");
  TakeCampaign(line, fields, result.campaign);
  TakeSample(fields, result.sample);
  if (has_cell) {
    TakeSinceCells(line, fields, result);
  } else {
    TakeOldCell(line, fields, result.sample.cell);
    TakeOldPlan(result.campaign);
  }
  if (!fields.problem().empty()) return Fail(ErrorCode::kConfiguration, fields.problem());
  result.sample.run = RunOf(std::move(line), has_cell);
  return result;
}

Result<SampleLine> ParseLine(std::string_view line) {
  auto document = ParseJson(line);
  if (!document) return Fail(ErrorCode::kConfiguration, document.error().message);
  return FromJson(*std::move(document));
}

}  // namespace rapidbyte::record
