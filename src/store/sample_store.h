// The laboratory's campaigns and samples: a database for queries, and one line of results.jsonl each for grep and jq.
//
// Append returns once the sample is on disk in both. The line is written inside of the transaction, so that a process
// killed in between leaves at most a line more than rows, never a row without its line. A sample's place (campaign,
// block, position) is unique. Several processes may write to the same store. One SampleStore belongs to one thread at
// a time. What a person names, a campaign or a commit, may be shortened as long as it stays unique.
// docs/formats/store.md has the tables.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/sample.h"
#include "store/connection.h"
#include "store/json_lines.h"
#include "store/sample_writer.h"

namespace rapidbyte::store {

// Everything that is said must fit.
struct CampaignFilter {
  std::string scenario;
  std::string git_sha;  // the campaign's own, whole
  std::optional<size_t> limit;
};

struct SampleFilter {
  std::string scenario;
  record::CellKey cell;   // the parameters that a cell must have
  bool with_runs = true;  // without, Sample::run stays null, which is many times as quick
};

struct MeasuredCell {
  std::string scenario;
  record::CellKey cell;
  auto operator<=>(const MeasuredCell&) const = default;
};

// A commit that was measured, with what is known of it.
struct CommitRow {
  std::string git_sha;
  std::string git_branch;   // of its newest campaign
  std::string measured_at;  // when that began
  size_t campaigns = 0;
  size_t samples = 0;                // that count: no warm-up, no failures; 0 where all of its runs failed
  std::set<MeasuredCell> cells;      // of the samples that count
  std::set<MeasuredCell> failed_in;  // where a run failed, whatever became of others
};

struct CommitSamples {
  std::string git_sha;                      // whole
  std::vector<record::Campaign> campaigns;  // of which there are samples, the oldest first
  std::vector<record::Sample> samples;      // by campaign, block, position; warm-up and failed ones too
};

// The values of one metric in one cell of one campaign: of the samples that count, in the order of blocks.
struct HistoryRow {
  std::string campaign_id;
  std::string scenario;
  std::string started_at;
  std::string git_sha;  // the build's where the campaign measured several
  std::string git_branch;
  bool git_dirty = false;  // never of a build
  std::string host_hash;
  record::CellKey cell;
  std::vector<double> values;  // never empty
};

struct HistoryFilter {
  std::string scenario;
  record::CellKey cell;  // the parameters that a cell must have
  std::string metric = "wall";
};

// A name for what later runs are held against: one campaign, or all of a commit.
struct Baseline {
  std::string name;
  std::string campaign_id;  // empty: the whole commit
  std::string git_sha;
  std::string created_at;
};

class SampleStore {
 public:
  // For writing. `store` is a file, or a PostgreSQL server (see OpenStore). Makes what is missing; brings an older
  // database up to date. Errors: kConfiguration for a database that is not ours or is of a newer version, kConnection,
  // kInternal for the disk.
  static Result<SampleStore> Open(const std::string& store, const std::filesystem::path& lines);
  // Without the lines: for queries, baselines and imports. A missing store is kConfiguration for kExisting.
  static Result<SampleStore> OpenWithoutLines(const std::string& store, OpenMode mode);
  static Result<SampleStore> OpenExisting(const std::string& store) {
    return OpenWithoutLines(store, OpenMode::kExisting);
  }

  // Inserts the campaign or replaces what is known of it. Samples need it to be there.
  Status PutCampaign(const record::Campaign& campaign);
  Status FinishCampaign(const std::string& id, const std::string& finished_at);
  // Errors: kInternal for a place that is taken or an unknown campaign, and nothing is kept then; kConfiguration for a
  // full disk, kConnection for a server that is gone: then the hint says whether there is the line.
  Status Append(const record::Sample& sample);

  // A process that was killed between a sample's line and its row has measured it all the same: takes in the lines at
  // the end of results.jsonl that the database lacks of this campaign. For who goes on with it.
  Status AdoptLines(const std::string& campaign_id);

  Result<std::vector<record::Campaign>> Campaigns(const CampaignFilter& filter = {});  // the newest first
  // By id or the beginning of one. Errors: kUsage where several begin so.
  Result<std::optional<record::Campaign>> FindCampaign(const std::string& id);
  // The newest campaign with this plan that has not finished and that nobody works on. One of another host counts as
  // being worked on: from here nobody can tell.
  Result<std::optional<record::Campaign>> FindUnfinished(const std::string& plan_hash);
  // Makes `process` the one that works on `campaign`, unless somebody else was quicker since it was read: false.
  Result<bool> Claim(const record::Campaign& campaign, const record::ProcessIdentity& process);

  Result<std::vector<record::Sample>> Samples(const std::string& campaign_id);  // by block, then position
  // Calls `visit` for each sample of one campaign, or of all (the oldest campaign first), one at a time, and stops at
  // its first error. What is written meanwhile may be left out.
  using Visitor = std::function<Status(const record::Sample&, const record::Campaign&)>;
  Status ForEachSample(const std::optional<std::string>& campaign_id, const Visitor& visit);

  // Of which a run counts or failed. The last measured first; of those of one campaign, the last of its builds.
  Result<std::vector<CommitRow>> Commits();
  // Each commit by its sha or the beginning of it, in that order. Errors: kUsage for one that is not there or not
  // unique, with the newest or the possible ones.
  Result<std::vector<CommitSamples>> SamplesOfCommits(const std::vector<std::string>& commits,
                                                      const SampleFilter& filter = {});
  // By time of the campaign, then cell, then as the builds were named. Built-in metrics and those of the scenario are
  // quick; a key of the runs' documents has to read all of them.
  Result<std::vector<HistoryRow>> History(const HistoryFilter& filter);

  Status PutBaseline(const Baseline& baseline);  // replaces the one of that name
  Result<std::optional<Baseline>> FindBaseline(const std::string& name);
  Result<std::vector<Baseline>> Baselines();  // by name

  // What was noticed at Open and does no harm, one sentence each: a torn last line of results.jsonl.
  const std::vector<std::string>& warnings() const { return warnings_; }
  std::string name() const { return connection_->name(); }
  Connection& connection() { return *connection_; }

 private:
  explicit SampleStore(std::unique_ptr<Connection> connection);
  Result<int64_t> SelectCampaign(const std::string& id);
  Status Insert(const record::Sample& sample, int64_t campaign, const std::function<Status()>& before_commit);
  Result<CommitSamples> SamplesOfCommit(const std::string& git_sha, const SampleFilter& filter);

  std::unique_ptr<Connection> connection_;
  std::unique_ptr<SampleWriter> writer_;
  std::optional<JsonLinesFile> lines_;
  std::optional<record::Campaign> current_;  // the campaign last written or read, for the lines
  int64_t current_number_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace rapidbyte::store
