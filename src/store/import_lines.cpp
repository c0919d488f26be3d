#include "store/import_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "base/json.h"
#include "record/sample_json.h"
#include "store/sample_writer.h"

namespace rapidbyte::store {
namespace {

constexpr int64_t kImportLock = 0x52425954'00000001;  // one import at a time; see Connection::LockUntilCommit

using Place = std::pair<uint32_t, uint32_t>;  // block and position

struct KnownCampaign {
  int64_t number = 0;
  bool is_new = false;
  std::string finished_at;
  std::string last_sample_at;
  std::set<Place> in_store;  // from before
  std::set<Place> in_file;
};

bool IsTorn(const std::string& line) {
  const auto parsed = ParseJson(line);
  return line.starts_with('{') && !parsed && parsed.error().kind == JsonError::Kind::kEndsEarly;
}

class Importer {
 public:
  Importer(Connection& connection, const std::filesystem::path& file)
      : connection_(connection), file_(file), writer_(connection, SampleWriter::Pace::kMany) {}

  Result<ImportResult> Run() {
    std::ifstream in(file_, std::ios::binary);
    if (!in) return Fail(ErrorCode::kConfiguration, fmt::format("{}: cannot read the file", file_.string()));
    std::string line;
    for (size_t number = 1; std::getline(in, line); ++number) {
      if (line.empty()) continue;
      if (const Status taken = TakeLine(line, number); !taken) return Fail(taken.error());
    }
    if (in.bad()) return Fail(ErrorCode::kInternal, fmt::format("{}: cannot read it to its end", file_.string()));
    RB_TRY(writer_.Flush());
    RB_TRY(FinishCampaigns());
    return result_;
  }

 private:
  std::string At(size_t number) const { return fmt::format("{}:{}", file_.string(), number); }

  Status TakeLine(const std::string& line, size_t number) {
    auto parsed = record::ParseLine(line);
    if (parsed) return TakeSample(*parsed);
    if (IsTorn(line)) {
      result_.warnings.push_back(fmt::format("{}: skipped a torn line of {} bytes", At(number), line.size()));
      return {};
    }
    return Context(At(number), parsed.error());
  }

  Status TakeSample(const record::SampleLine& line) {
    RB_ASSIGN(KnownCampaign * campaign, CampaignOf(line.campaign));
    const record::Sample& sample = line.sample;
    campaign->finished_at = std::max(campaign->finished_at, line.campaign.finished_at);
    campaign->last_sample_at = std::max(campaign->last_sample_at, sample.timestamp);
    const Place place(sample.block, sample.position);
    if (campaign->in_store.contains(place)) {
      ++result_.skipped;
      return {};
    }
    if (campaign->in_file.insert(place).second) {
      ++result_.imported;
    } else {
      RB_TRY(writer_.Flush());
      RB_TRY(writer_.Remove(sample, campaign->number));
      ++result_.skipped;
    }
    return writer_.Insert(sample, campaign->number);
  }

  Result<KnownCampaign*> CampaignOf(const record::Campaign& campaign) {
    const auto [entry, is_first] = campaigns_.try_emplace(campaign.id);
    KnownCampaign& known = entry->second;
    if (!is_first) return &known;
    RB_ASSIGN(known.number, writer_.NumberOf(campaign.id));
    known.is_new = known.number == 0;
    if (known.is_new) {
      RB_ASSIGN(known.number, writer_.PutCampaign(campaign));
      ++result_.campaigns;
      return &known;
    }
    RB_ASSIGN(const StatementHandle select,
              connection_.Prepare("SELECT block, position FROM samples WHERE campaign = $1"));
    select->Bind(1, known.number);
    while (true) {
      RB_ASSIGN(const bool row, select->Step());
      if (!row) return &known;
      known.in_store.emplace(static_cast<uint32_t>(select->Integer(0)), static_cast<uint32_t>(select->Integer(1)));
    }
  }

  Status FinishCampaigns() {
    RB_ASSIGN(const StatementHandle update,
              connection_.Prepare("UPDATE campaigns SET finished_at = $1 WHERE number = $2 AND finished_at = ''"));
    for (const auto& [id, campaign] : campaigns_) {
      const bool says_nothing = campaign.finished_at.empty();
      if (says_nothing && !campaign.is_new) continue;
      update->Bind(1, says_nothing ? campaign.last_sample_at : campaign.finished_at).Bind(2, campaign.number);
      RB_TRY(update->Run());
    }
    return {};
  }

  Connection& connection_;
  const std::filesystem::path& file_;
  SampleWriter writer_;
  std::map<std::string, KnownCampaign> campaigns_;
  ImportResult result_;
};

}  // namespace

Result<ImportResult> ImportLines(SampleStore& store, const std::filesystem::path& file) {
  Connection& connection = store.connection();
  ImportResult result;
  {
    RB_ASSIGN(Transaction transaction, Transaction::Begin(connection));
    RB_TRY(connection.LockUntilCommit(kImportLock));
    RB_ASSIGN(result, Importer(connection, file).Run());
    RB_TRY(transaction.Commit());
  }
  RB_TRY(connection.Tidy());
  return result;
}

}  // namespace rapidbyte::store
