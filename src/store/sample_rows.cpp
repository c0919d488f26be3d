#include "store/sample_rows.h"

#include <charconv>

#include "record/run_record.h"

namespace rapidbyte::store {
namespace {

using nlohmann::json;

int64_t Signed(uint64_t value) { return static_cast<int64_t>(value); }
uint64_t Unsigned(int64_t value) { return static_cast<uint64_t>(value); }

Result<json> ParseJson(const std::string& text, std::string_view column) {
  json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return Fail(ErrorCode::kInternal, "column " + std::string(column) + " holds no JSON");
  return document;
}

Result<record::Outcome> ParseOutcome(const std::string& name) {
  using record::Outcome;
  for (const Outcome outcome : {Outcome::kOk, Outcome::kFailed, Outcome::kWrongRows, Outcome::kTimeout}) {
    if (record::OutcomeName(outcome) == name) return outcome;
  }
  return Fail(ErrorCode::kInternal, "column outcome holds \"" + name + "\"");
}

// All 64 bits of a seed do not fit into a signed column, so it travels as text.
Result<uint64_t> ParseSeed(const std::string& text) {
  uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc() && end == text.data() + text.size()) return seed;
  return Fail(ErrorCode::kInternal, "column seed holds \"" + text + "\"");
}

}  // namespace

void BindCampaign(const record::Campaign& campaign, Statement& insert) {
  insert.Bind(1, campaign.id).Bind(2, campaign.started_at);
  insert.Bind(3, campaign.git_sha).Bind(4, campaign.git_branch).Bind(5, int64_t{campaign.git_dirty});
  insert.Bind(6, std::to_string(campaign.seed)).Bind(7, campaign.dataset).Bind(8, Signed(campaign.bench_rows));
  insert.Bind(9, campaign.server).Bind(10, campaign.host.Hash()).Bind(11, campaign.host.hostname);
  insert.Bind(12, campaign.host.kernel).Bind(13, campaign.host.cpu_model).Bind(14, int64_t{campaign.host.cpus});
  insert.Bind(15, Signed(campaign.host.memory_bytes)).Bind(16, record::DumpLine(campaign.settings));
}

Result<record::Campaign> ReadCampaign(const Statement& row) {
  record::Campaign campaign;
  campaign.id = row.Text(0);
  campaign.started_at = row.Text(1);
  campaign.git_sha = row.Text(2);
  campaign.git_branch = row.Text(3);
  campaign.git_dirty = row.Integer(4) != 0;
  RB_ASSIGN(campaign.seed, ParseSeed(row.Text(5)));
  campaign.dataset = row.Text(6);
  campaign.bench_rows = Unsigned(row.Integer(7));
  campaign.server = row.Text(8);
  campaign.host.hostname = row.Text(10);
  campaign.host.kernel = row.Text(11);
  campaign.host.cpu_model = row.Text(12);
  campaign.host.cpus = static_cast<int>(row.Integer(13));
  campaign.host.memory_bytes = Unsigned(row.Integer(14));
  RB_ASSIGN(campaign.settings, ParseJson(row.Text(15), "settings"));
  return campaign;
}

void BindSample(const record::Sample& sample, Statement& insert) {
  insert.Bind(1, sample.campaign_id).Bind(2, int64_t{sample.block}).Bind(3, int64_t{sample.position});
  insert.Bind(4, int64_t{sample.warmup}).Bind(5, sample.timestamp).Bind(6, sample.mode).Bind(7, int64_t{sample.aot});
  insert.Bind(8, record::OutcomeName(sample.outcome)).Bind(9, sample.error).Bind(10, int64_t{sample.exit_code});
  insert.Bind(11, sample.wall_secs).Bind(12, sample.user_secs).Bind(13, sample.system_secs);
  insert.Bind(14, Signed(sample.max_rss_bytes));
  if (sample.run.is_null()) {
    insert.BindNull(15);
  } else {
    insert.Bind(15, record::DumpLine(sample.run));
  }
}

Result<record::Sample> ReadSample(const Statement& row) {
  record::Sample sample;
  sample.campaign_id = row.Text(0);
  sample.block = static_cast<uint32_t>(row.Integer(1));
  sample.position = static_cast<uint32_t>(row.Integer(2));
  sample.warmup = row.Integer(3) != 0;
  sample.timestamp = row.Text(4);
  sample.mode = row.Text(5);
  sample.aot = row.Integer(6) != 0;
  RB_ASSIGN(sample.outcome, ParseOutcome(row.Text(7)));
  sample.error = row.Text(8);
  sample.exit_code = static_cast<int>(row.Integer(9));
  sample.wall_secs = row.Real(10);
  sample.user_secs = row.Real(11);
  sample.system_secs = row.Real(12);
  sample.max_rss_bytes = Unsigned(row.Integer(13));
  if (row.IsNull(14)) return sample;
  RB_ASSIGN(sample.run, ParseJson(row.Text(14), "run"));
  return sample;
}

}  // namespace rapidbyte::store
