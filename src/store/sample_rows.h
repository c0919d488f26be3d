// Campaigns and samples as rows of their tables: the columns in order, and the way in and out.
#pragma once

#include <string_view>

#include "base/result.h"
#include "record/sample.h"
#include "store/connection.h"

namespace rapidbyte::store {

// The columns of docs/formats/store.md, in the order in which the functions below bind and read them.
inline constexpr std::string_view kCampaignColumns =
    "id, started_at, finished_at, scenario, plan_hash, git_sha, git_branch, git_dirty, seed, warmup_blocks, blocks, "
    "dataset, server, host_hash, host_name, host_kernel, host_cpu_model, host_cpus, host_memory_bytes, settings, "
    "process_host_name, process_boot_id, process_pid, process_started";

// The row of `samples` alone; the numbers are those of campaigns, cells and builds (0: none).
struct SampleRow {
  int64_t campaign = 0;
  int64_t cell = 0;
  int64_t build = 0;
  record::Sample sample;  // without cell, build, campaign's id, error, metrics and run
};
inline constexpr std::string_view kSampleColumns =
    "campaign, block, position, warmup, timestamp, cell, build, outcome, exit_code, wall_secs, user_secs, system_secs, "
    "max_rss_bytes, read_bytes, written_bytes, voluntary_switches, involuntary_switches, "
    "tree_rss_bytes";
inline constexpr int kSampleColumnCount = 18;

void BindCampaign(const record::Campaign& campaign, Statement& insert);
void BindSample(const record::Sample& sample, int64_t campaign, int64_t cell, int64_t build, Statement& insert);

// `first`: the column that they begin at. Errors: kInternal for a row that no Rapidbyte wrote.
Result<record::Campaign> ReadCampaign(const Statement& row, int first = 0);
Result<SampleRow> ReadSample(const Statement& row);
Result<nlohmann::json> ReadJson(const Statement& row, int column);  // null where the column is

// "s.campaign, s.block, …"
std::string Qualified(std::string_view columns, std::string_view table);
std::vector<std::string> SplitColumns(std::string_view columns);
// "$1, $2, $3"
std::string Placeholders(size_t count);

}  // namespace rapidbyte::store
