// Campaigns and samples as rows of their tables: the columns in order, and the way in and out.
#pragma once

#include <string_view>

#include "base/result.h"
#include "record/sample.h"
#include "store/database.h"

namespace rapidbyte::store {

// The columns of docs/formats/store.md, in the order in which the functions below bind and read them.
inline constexpr std::string_view kCampaignColumns =
    "id, started_at, git_sha, git_branch, git_dirty, seed, dataset, bench_rows, server, host_hash, host_name, "
    "host_kernel, host_cpu_model, host_cpus, host_memory_bytes, settings";
inline constexpr std::string_view kSampleColumns =
    "campaign_id, block, position, warmup, timestamp, mode, aot, outcome, error, exit_code, wall_secs, user_secs, "
    "system_secs, max_rss_bytes, run";

void BindCampaign(const record::Campaign& campaign, Statement& insert);
void BindSample(const record::Sample& sample, Statement& insert);

// Errors: kInternal for a row that no Rapidbyte wrote.
Result<record::Campaign> ReadCampaign(const Statement& row);
Result<record::Sample> ReadSample(const Statement& row);

}  // namespace rapidbyte::store
