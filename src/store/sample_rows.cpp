#include "store/sample_rows.h"

#include <charconv>

#include "base/json.h"

namespace rapidbyte::store {
namespace {

using nlohmann::json;

int64_t Signed(uint64_t value) { return static_cast<int64_t>(value); }
uint64_t Unsigned(int64_t value) { return static_cast<uint64_t>(value); }

std::optional<uint64_t> ReadCount(const Statement& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return Unsigned(row.Integer(column));
}

// All 64 bits of a seed do not fit into a signed column, so it travels as text.
Result<uint64_t> ParseSeed(const std::string& text) {
  uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc() && end == text.data() + text.size()) return seed;
  return Fail(ErrorCode::kInternal, "column seed holds \"" + text + "\"");
}

}  // namespace

std::vector<std::string> SplitColumns(std::string_view columns) {
  std::vector<std::string> names;
  while (!columns.empty()) {
    const size_t end = columns.find(", ");
    names.emplace_back(columns.substr(0, end));
    columns.remove_prefix(end == std::string_view::npos ? columns.size() : end + 2);
  }
  return names;
}

std::string Qualified(std::string_view columns, std::string_view table) {
  std::string qualified;
  for (const std::string& name : SplitColumns(columns)) {
    qualified.append(qualified.empty() ? "" : ", ").append(table).append(".").append(name);
  }
  return qualified;
}

std::string Placeholders(size_t count) {
  std::string places;
  for (size_t i = 1; i <= count; ++i) places.append(i == 1 ? "$" : ", $").append(std::to_string(i));
  return places;
}

Result<json> ReadJson(const Statement& row, int column) {
  if (row.IsNull(column)) return json();
  auto document = ParseJson(row.Text(column));
  if (document) return *std::move(document);
  return Fail(ErrorCode::kInternal,
              "column " + std::to_string(column) + " of the store's row: " + document.error().message);
}

void BindCampaign(const record::Campaign& campaign, Statement& insert) {
  insert.Bind(1, campaign.id).Bind(2, campaign.started_at).Bind(3, campaign.finished_at).Bind(4, campaign.scenario);
  insert.Bind(5, campaign.plan_hash).Bind(6, campaign.git_sha).Bind(7, campaign.git_branch);
  insert.Bind(8, int64_t{campaign.git_dirty}).Bind(9, std::to_string(campaign.seed));
  insert.Bind(10, int64_t{campaign.warmup_blocks}).Bind(11, int64_t{campaign.blocks});
  insert.Bind(12, campaign.dataset).Bind(13, campaign.server).Bind(14, campaign.host.Hash());
  insert.Bind(15, campaign.host.hostname).Bind(16, campaign.host.kernel).Bind(17, campaign.host.cpu_model);
  insert.Bind(18, int64_t{campaign.host.cpus}).Bind(19, Signed(campaign.host.memory_bytes));
  insert.Bind(20, DumpJson(campaign.settings)).Bind(21, campaign.process.host_name);
  insert.Bind(22, campaign.process.boot_id).Bind(23, campaign.process.pid).Bind(24, campaign.process.pid_started);
}

Result<record::Campaign> ReadCampaign(const Statement& row, int first) {
  record::Campaign campaign;
  int column = first;
  const auto text = [&] { return row.Text(column++); };
  const auto number = [&] { return row.Integer(column++); };
  campaign.id = text();
  campaign.started_at = text();
  campaign.finished_at = text();
  campaign.scenario = text();
  campaign.plan_hash = text();
  campaign.git_sha = text();
  campaign.git_branch = text();
  campaign.git_dirty = number() != 0;
  RB_ASSIGN(campaign.seed, ParseSeed(text()));
  campaign.warmup_blocks = static_cast<uint32_t>(number());
  campaign.blocks = static_cast<uint32_t>(number());
  campaign.dataset = text();
  campaign.server = text();
  ++column;  // the hash is worked out from what follows
  campaign.host.hostname = text();
  campaign.host.kernel = text();
  campaign.host.cpu_model = text();
  campaign.host.cpus = static_cast<int>(number());
  campaign.host.memory_bytes = Unsigned(number());
  RB_ASSIGN(campaign.settings, ReadJson(row, column++));
  campaign.process.host_name = text();
  campaign.process.boot_id = text();
  campaign.process.pid = number();
  campaign.process.pid_started = number();
  return campaign;
}

void BindSample(const record::Sample& sample, int64_t campaign, int64_t cell, int64_t build, Statement& insert) {
  insert.Bind(1, campaign).Bind(2, int64_t{sample.block}).Bind(3, int64_t{sample.position});
  insert.Bind(4, int64_t{sample.warmup}).Bind(5, sample.timestamp).Bind(6, cell);
  insert.Bind(7, build);
  insert.Bind(8, record::OutcomeName(sample.outcome)).Bind(9, int64_t{sample.exit_code});
  insert.Bind(10, sample.wall_secs).Bind(11, sample.user_secs).Bind(12, sample.system_secs);
  insert.Bind(13, Signed(sample.max_rss_bytes)).Bind(14, sample.read_bytes).Bind(15, sample.written_bytes);
  insert.Bind(16, sample.voluntary_switches).Bind(17, sample.involuntary_switches);
  insert.Bind(18, sample.tree_rss_bytes);
}

Result<SampleRow> ReadSample(const Statement& row) {
  SampleRow result;
  record::Sample& sample = result.sample;
  result.campaign = row.Integer(0);
  sample.block = static_cast<uint32_t>(row.Integer(1));
  sample.position = static_cast<uint32_t>(row.Integer(2));
  sample.warmup = row.Integer(3) != 0;
  sample.timestamp = row.Text(4);
  result.cell = row.Integer(5);
  result.build = row.Integer(6);
  const auto outcome = record::OutcomeOf(row.Text(7));
  if (!outcome) return Fail(ErrorCode::kInternal, "column outcome holds \"" + row.Text(7) + "\"");
  sample.outcome = *outcome;
  sample.exit_code = static_cast<int>(row.Integer(8));
  sample.wall_secs = row.Real(9);
  sample.user_secs = row.Real(10);
  sample.system_secs = row.Real(11);
  sample.max_rss_bytes = Unsigned(row.Integer(12));
  sample.read_bytes = ReadCount(row, 13);
  sample.written_bytes = ReadCount(row, 14);
  sample.voluntary_switches = ReadCount(row, 15);
  sample.involuntary_switches = ReadCount(row, 16);
  sample.tree_rss_bytes = ReadCount(row, 17);
  return result;
}

}  // namespace rapidbyte::store
