// The laboratory's samples: SQLite for queries, and one line of results.jsonl each for grep and jq.
//
// Append returns once the sample is on disk in both. The line is written inside of the transaction, so that a process
// killed in between leaves at most a line more than rows, never a row without its line. A sample's place (campaign,
// block, position) is unique. Several processes may write to the same files. One SampleStore belongs to one thread at
// a time. docs/formats/store.md has the tables.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/sample.h"
#include "store/database.h"
#include "store/json_lines.h"

namespace rapidbyte::store {

class SampleStore {
 public:
  // For writing. Makes both files and their folders where they are missing; brings an older database up to date.
  // Errors: kConfiguration for a database that is not ours or is of a newer version, kInternal for the disk.
  static Result<SampleStore> Open(const std::filesystem::path& database, const std::filesystem::path& lines);
  // For queries alone; a missing file is kConfiguration. PutCampaign and Append must not be called.
  static Result<SampleStore> OpenExisting(const std::filesystem::path& database);

  // Inserts the campaign or replaces what is known of it. Samples need it to be there.
  Status PutCampaign(const record::Campaign& campaign);
  // Errors: kInternal for a place that is taken, an unknown campaign, or a disk that is full; nothing is kept then.
  Status Append(const record::Sample& sample);

  Result<std::vector<record::Campaign>> Campaigns();  // the newest first
  Result<std::optional<record::Campaign>> FindCampaign(const std::string& id);
  Result<std::vector<record::Sample>> Samples(const std::string& campaign_id);  // by block, then position

  // Calls `visit` for each sample of one campaign, or of all (the oldest campaign first), one at a time, and stops at
  // its first error. What is written meanwhile may be left out.
  using Visitor = std::function<Status(const record::Sample&, const record::Campaign&)>;
  Status ForEachSample(const std::optional<std::string>& campaign_id, const Visitor& visit);

  // What was noticed at Open and does no harm, one sentence each: a torn last line of results.jsonl.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  explicit SampleStore(Database database) : database_(std::move(database)) {}
  Result<record::Campaign> CampaignOf(const record::Sample& sample);
  Status InsertSample(const record::Sample& sample);
  Status VisitCampaign(const record::Campaign& campaign, const Visitor& visit);

  Database database_;
  std::optional<JsonLinesFile> lines_;
  std::optional<record::Campaign> current_;  // the campaign last written or read, for the lines
  std::vector<std::string> warnings_;
};

}  // namespace rapidbyte::store
