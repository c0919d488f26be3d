#include "store/sample_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "base/check.h"
#include "base/json.h"
#include "record/run_record.h"
#include "record/sample_json.h"
#include "store/migrations.h"
#include "store/process_identity.h"
#include "store/sample_reader.h"
#include "store/sample_rows.h"

namespace rapidbyte::store {
namespace {

constexpr size_t kTailBytes = 1u << 20;  // of results.jsonl, where lines without a row are looked for
constexpr int64_t kMostCandidates = 5;   // to show where a name is not unique

Result<std::vector<record::Campaign>> ReadCampaigns(Statement& select) {
  std::vector<record::Campaign> campaigns;
  while (true) {
    RB_ASSIGN(const bool row, select.Step());
    if (!row) return campaigns;
    RB_ASSIGN(record::Campaign campaign, ReadCampaign(select));
    campaigns.push_back(std::move(campaign));
  }
}

SampleCondition OfCampaign(const std::string& id) { return {"c.id = $1", {id}}; }

}  // namespace

SampleStore::SampleStore(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)),
      writer_(std::make_unique<SampleWriter>(*connection_, SampleWriter::Pace::kEach)) {}

Result<SampleStore> SampleStore::Open(const std::string& store, const std::filesystem::path& lines) {
  RB_ASSIGN(SampleStore opened, OpenWithoutLines(store, OpenMode::kCreate));
  RB_ASSIGN(opened.lines_, JsonLinesFile::Open(lines));
  if (opened.lines_->was_torn()) {
    opened.warnings_.push_back(
        fmt::format("{}: its last line is torn (a process was killed while it wrote) and will be skipped; "
                    "the sample is not in the database either",
                    lines.string()));
  }
  return opened;
}

Result<SampleStore> SampleStore::OpenWithoutLines(const std::string& store, OpenMode mode) {
  RB_ASSIGN(std::unique_ptr<Connection> connection, OpenStore(store, mode));
  return SampleStore(std::move(connection));
}

Status SampleStore::PutCampaign(const record::Campaign& campaign) {
  RB_ASSIGN(current_number_, writer_->PutCampaign(campaign));
  current_ = campaign;
  return {};
}

Status SampleStore::FinishCampaign(const std::string& id, const std::string& finished_at) {
  RB_ASSIGN(const StatementHandle update,
            connection_->Prepare("UPDATE campaigns SET finished_at = $1 WHERE id = $2 RETURNING number"));
  RB_ASSIGN(const bool is_known, update->Bind(1, finished_at).Bind(2, id).Step());
  RB_TRY(update->Run());
  if (!is_known) return Fail(ErrorCode::kInternal, fmt::format("{}: no campaign \"{}\"", name(), id));
  if (current_ && current_->id == id) current_->finished_at = finished_at;
  return {};
}

// Makes the campaign the current one and returns its number.
Result<int64_t> SampleStore::SelectCampaign(const std::string& id) {
  if (current_ && current_->id == id) return current_number_;
  RB_ASSIGN(const StatementHandle select,
            connection_->Prepare(fmt::format("SELECT {}, number FROM campaigns WHERE id = $1", kCampaignColumns)));
  RB_ASSIGN(const bool found, select->Bind(1, id).Step());
  if (!found) return Fail(ErrorCode::kInternal, fmt::format("{}: no campaign \"{}\"", name(), id));
  RB_ASSIGN(current_, ReadCampaign(*select));
  current_number_ = select->Integer(static_cast<int>(SplitColumns(kCampaignColumns).size()));
  return current_number_;
}

// Names are made before the transaction: in it, they would hold up every other writer that meets the same new one.
Status SampleStore::Insert(const record::Sample& sample, int64_t campaign,
                           const std::function<Status()>& before_commit) {
  RB_TRY(writer_->PutNames(sample));
  RB_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  RB_TRY(writer_->Insert(sample, campaign));
  RB_TRY(before_commit());
  return transaction.Commit();
}

Status SampleStore::Append(const record::Sample& sample) {
  RB_CHECK(lines_.has_value());
  RB_ASSIGN(const int64_t campaign, SelectCampaign(sample.campaign_id));
  const std::string line = DumpJson(record::ToJson(sample, *current_));
  std::optional<Status> as_line;
  Status stored = Insert(sample, campaign, [&] { return *(as_line = lines_->Append(line)); });
  // A database that is full or gone does not keep the sample from being kept.
  if (!as_line && stored.error().code != ErrorCode::kInternal) as_line = lines_->Append(line);
  if (!stored && as_line && *as_line) {
    stored.error().hint =
        "what was measured is kept in " + lines_->path().string() + ": `rapidbyte bench import` takes it into a store";
  }
  return stored;
}

Status SampleStore::AdoptLines(const std::string& campaign_id) {
  RB_CHECK(lines_.has_value());
  RB_ASSIGN(const std::vector<record::Sample> known, Samples(campaign_id));
  std::set<std::pair<uint32_t, uint32_t>> places;
  for (const record::Sample& sample : known) places.emplace(sample.block, sample.position);
  for (const std::string& line : lines_->Tail(kTailBytes)) {
    const auto parsed = record::ParseLine(line);
    if (!parsed || parsed->sample.campaign_id != campaign_id) continue;
    if (!places.emplace(parsed->sample.block, parsed->sample.position).second) continue;
    RB_ASSIGN(const int64_t campaign, SelectCampaign(campaign_id));
    RB_TRY(Insert(parsed->sample, campaign, [] { return Status(); }));
  }
  return {};
}

Result<std::vector<record::Campaign>> SampleStore::Campaigns(const CampaignFilter& filter) {
  std::vector<std::string> conditions, texts;
  const auto add = [&](const char* column, const std::string& value) {
    if (value.empty()) return;
    texts.push_back(value);
    conditions.push_back(fmt::format("{} = ${}", column, texts.size()));
  };
  add("scenario", filter.scenario);
  add("git_sha", filter.git_sha);
  RB_ASSIGN(const StatementHandle select,
            connection_->Prepare(fmt::format("SELECT {} FROM campaigns{}{} ORDER BY started_at DESC, id DESC{}",
                                             kCampaignColumns, conditions.empty() ? "" : " WHERE ",
                                             fmt::join(conditions, " AND "),
                                             filter.limit ? fmt::format(" LIMIT {}", *filter.limit) : "")));
  for (size_t i = 0; i < texts.size(); ++i) select->Bind(static_cast<int>(i + 1), texts[i]);
  return ReadCampaigns(*select);
}

Result<std::optional<record::Campaign>> SampleStore::FindCampaign(const std::string& id) {
  if (id.empty()) return std::nullopt;
  RB_ASSIGN(const StatementHandle select,
            connection_->Prepare(fmt::format("SELECT {} FROM campaigns WHERE id >= $1 AND id < $2 ORDER BY id LIMIT {}",
                                             kCampaignColumns, kMostCandidates)));
  select->Bind(1, id).Bind(2, id + '\x7f');
  RB_ASSIGN(std::vector<record::Campaign> found, ReadCampaigns(*select));
  if (found.empty()) return std::nullopt;
  if (found.size() == 1 || found.front().id == id) return std::move(found.front());
  std::string ids;
  for (const record::Campaign& campaign : found) ids += " " + campaign.id;
  return Fail(ErrorCode::kUsage, fmt::format("{}: several campaigns begin with \"{}\"", name(), id), "one of" + ids);
}

Result<std::optional<record::Campaign>> SampleStore::FindUnfinished(const std::string& plan_hash) {
  if (plan_hash.empty()) return std::nullopt;
  RB_ASSIGN(const StatementHandle select,
            connection_->Prepare(fmt::format("SELECT {} FROM campaigns WHERE plan_hash = $1 AND finished_at = ''"
                                             " ORDER BY started_at DESC, id DESC",
                                             kCampaignColumns)));
  select->Bind(1, plan_hash);
  RB_ASSIGN(std::vector<record::Campaign> campaigns, ReadCampaigns(*select));
  for (record::Campaign& campaign : campaigns) {
    if (IsGone(campaign.process)) return std::move(campaign);
  }
  return std::nullopt;
}

Result<bool> SampleStore::Claim(const record::Campaign& campaign, const record::ProcessIdentity& process) {
  RB_ASSIGN(const StatementHandle update,
            connection_->Prepare("UPDATE campaigns SET process_host_name = $1, process_boot_id = $2, process_pid = $3,"
                                 " process_started = $4 WHERE id = $5 AND finished_at = '' AND process_host_name = $6"
                                 " AND process_boot_id = $7 AND process_pid = $8 AND process_started = $9"
                                 " RETURNING number"));
  const record::ProcessIdentity& before = campaign.process;
  update->Bind(1, process.host_name).Bind(2, process.boot_id).Bind(3, process.pid).Bind(4, process.pid_started);
  update->Bind(5, campaign.id).Bind(6, before.host_name).Bind(7, before.boot_id).Bind(8, before.pid);
  RB_ASSIGN(const bool claimed, update->Bind(9, before.pid_started).Step());
  RB_TRY(update->Run());
  if (current_ && current_->id == campaign.id) current_.reset();
  return claimed;
}

Result<std::vector<record::Sample>> SampleStore::Samples(const std::string& campaign_id) {
  return SampleReader(*connection_).Read(OfCampaign(campaign_id), {}, /*with_runs=*/true);
}

Status SampleStore::ForEachSample(const std::optional<std::string>& campaign_id, const Visitor& visit) {
  std::vector<record::Campaign> campaigns;
  if (campaign_id) {
    RB_ASSIGN(const auto campaign, FindCampaign(*campaign_id));
    if (campaign) campaigns.push_back(*campaign);
  } else {
    RB_ASSIGN(campaigns, Campaigns());
    std::reverse(campaigns.begin(), campaigns.end());
  }
  for (const record::Campaign& campaign : campaigns) {
    RB_ASSIGN(const auto samples, Samples(campaign.id));
    for (const record::Sample& sample : samples) RB_TRY(visit(sample, campaign));
  }
  return {};
}

Status SampleStore::PutBaseline(const Baseline& baseline) {
  RB_ASSIGN(const StatementHandle insert,
            connection_->Prepare("INSERT INTO baselines (name, campaign_id, git_sha, created_at)"
                                 " VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET"
                                 " campaign_id = excluded.campaign_id, git_sha = excluded.git_sha,"
                                 " created_at = excluded.created_at"));
  insert->Bind(1, baseline.name).Bind(2, baseline.campaign_id).Bind(3, baseline.git_sha).Bind(4, baseline.created_at);
  return insert->Run();
}

Result<std::optional<Baseline>> SampleStore::FindBaseline(const std::string& name) {
  RB_ASSIGN(const std::vector<Baseline> baselines, Baselines());
  const auto found =
      std::find_if(baselines.begin(), baselines.end(), [&](const Baseline& baseline) { return baseline.name == name; });
  return found == baselines.end() ? std::nullopt : std::optional(*found);
}

Result<std::vector<Baseline>> SampleStore::Baselines() {
  RB_ASSIGN(const StatementHandle select,
            connection_->Prepare("SELECT name, campaign_id, git_sha, created_at FROM baselines ORDER BY name"));
  std::vector<Baseline> baselines;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) return baselines;
    baselines.push_back({select->Text(0), select->Text(1), select->Text(2), select->Text(3)});
  }
}

}  // namespace rapidbyte::store
