#include "store/sample_store.h"

#include <fmt/format.h>

#include <system_error>

#include "base/check.h"
#include "record/run_record.h"
#include "store/migrations.h"
#include "store/sample_rows.h"

namespace rapidbyte::store {
namespace {

Status MakeFolderOf(const std::filesystem::path& file) {
  if (file.parent_path().empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (!error) return {};
  return Fail(ErrorCode::kConfiguration,
              fmt::format("{}: cannot make the folder: {}", file.parent_path().string(), error.message()));
}

}  // namespace

Result<SampleStore> SampleStore::Open(const std::filesystem::path& database, const std::filesystem::path& lines) {
  RB_ASSIGN(Database opened, OpenAndMigrate(database, OpenMode::kCreate));
  RB_TRY(MakeFolderOf(lines));
  SampleStore store(std::move(opened));
  RB_ASSIGN(store.lines_, JsonLinesFile::Open(lines));
  if (store.lines_->was_torn()) {
    store.warnings_.push_back(
        fmt::format("{}: its last line is torn (a process was killed while it wrote) and will be skipped; "
                    "the sample is not in the database either",
                    lines.string()));
  }
  return store;
}

Result<SampleStore> SampleStore::OpenExisting(const std::filesystem::path& database) {
  RB_ASSIGN(Database opened, OpenAndMigrate(database, OpenMode::kExisting));
  return SampleStore(std::move(opened));
}

Status SampleStore::PutCampaign(const record::Campaign& campaign) {
  // Not INSERT OR REPLACE: that deletes the row first, and its samples with it.
  RB_ASSIGN(Statement insert,
            database_.Prepare(fmt::format(
                "INSERT INTO campaigns ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, git_sha = excluded.git_sha,"
                " git_branch = excluded.git_branch, git_dirty = excluded.git_dirty, seed = excluded.seed,"
                " dataset = excluded.dataset, bench_rows = excluded.bench_rows, server = excluded.server,"
                " host_hash = excluded.host_hash, host_name = excluded.host_name, host_kernel = excluded.host_kernel,"
                " host_cpu_model = excluded.host_cpu_model, host_cpus = excluded.host_cpus,"
                " host_memory_bytes = excluded.host_memory_bytes, settings = excluded.settings",
                kCampaignColumns)));
  BindCampaign(campaign, insert);
  RB_TRY(insert.Run());
  current_ = campaign;
  return {};
}

Result<record::Campaign> SampleStore::CampaignOf(const record::Sample& sample) {
  if (current_ && current_->id == sample.campaign_id) return *current_;
  RB_ASSIGN(current_, FindCampaign(sample.campaign_id));
  if (current_) return *current_;
  return Fail(ErrorCode::kInternal,
              fmt::format("{}: no campaign \"{}\"", database_.path().string(), sample.campaign_id));
}

Status SampleStore::InsertSample(const record::Sample& sample) {
  RB_ASSIGN(Statement insert,
            database_.Prepare(fmt::format(
                "INSERT INTO samples ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", kSampleColumns)));
  BindSample(sample, insert);
  return insert.Run();
}

Status SampleStore::Append(const record::Sample& sample) {
  RB_CHECK(lines_.has_value());
  RB_ASSIGN(const record::Campaign campaign, CampaignOf(sample));
  RB_ASSIGN(Transaction transaction, Transaction::Begin(database_));
  RB_TRY(InsertSample(sample));
  RB_TRY(lines_->Append(record::DumpLine(record::ToJson(sample, campaign))));
  return transaction.Commit();
}

Result<std::vector<record::Campaign>> SampleStore::Campaigns() {
  RB_ASSIGN(Statement select, database_.Prepare(fmt::format(
                                  "SELECT {} FROM campaigns ORDER BY started_at DESC, id DESC", kCampaignColumns)));
  std::vector<record::Campaign> campaigns;
  while (true) {
    RB_ASSIGN(const bool row, select.Step());
    if (!row) return campaigns;
    RB_ASSIGN(record::Campaign campaign, ReadCampaign(select));
    campaigns.push_back(std::move(campaign));
  }
}

Result<std::optional<record::Campaign>> SampleStore::FindCampaign(const std::string& id) {
  RB_ASSIGN(Statement select,
            database_.Prepare(fmt::format("SELECT {} FROM campaigns WHERE id = ?", kCampaignColumns)));
  RB_ASSIGN(const bool row, select.Bind(1, id).Step());
  if (!row) return std::nullopt;
  RB_ASSIGN(record::Campaign campaign, ReadCampaign(select));
  return campaign;
}

Result<std::vector<record::Sample>> SampleStore::Samples(const std::string& campaign_id) {
  std::vector<record::Sample> samples;
  RB_TRY(ForEachSample(campaign_id, [&](const record::Sample& sample, const record::Campaign&) -> Status {
    samples.push_back(sample);
    return {};
  }));
  return samples;
}

Status SampleStore::ForEachSample(const std::optional<std::string>& campaign_id, const Visitor& visit) {
  if (campaign_id) {
    RB_ASSIGN(const auto campaign, FindCampaign(*campaign_id));
    return campaign ? VisitCampaign(*campaign, visit) : Status{};
  }
  RB_ASSIGN(const auto campaigns, Campaigns());
  for (auto campaign = campaigns.rbegin(); campaign != campaigns.rend(); ++campaign) {
    RB_TRY(VisitCampaign(*campaign, visit));
  }
  return {};
}

Status SampleStore::VisitCampaign(const record::Campaign& campaign, const Visitor& visit) {
  RB_ASSIGN(Statement select,
            database_.Prepare(
                fmt::format("SELECT {} FROM samples WHERE campaign_id = ? ORDER BY block, position", kSampleColumns)));
  select.Bind(1, campaign.id);
  while (true) {
    RB_ASSIGN(const bool row, select.Step());
    if (!row) return {};
    RB_ASSIGN(const record::Sample sample, ReadSample(select));
    RB_TRY(visit(sample, campaign));
  }
}

}  // namespace rapidbyte::store
