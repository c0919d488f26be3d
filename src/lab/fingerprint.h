// Where a campaign runs: the machine, and the state of the repository in the working directory.
#pragma once

#include <filesystem>
#include <string>

#include "record/sample.h"

namespace rapidbyte::lab {

record::HostFingerprint ReadHostFingerprint();

// What a sha or a branch is called where there is none to be known.
inline constexpr const char* kUnknownCommit = "unknown";

struct GitState {
  std::string sha = kUnknownCommit;  // 40 hex digits
  std::string branch = kUnknownCommit;
  bool dirty = false;  // tracked files were changed, or there are new ones that are not ignored
};

// "unknown" outside of a repository, or where git is missing.
GitState ReadGitState(const std::filesystem::path& folder);

// Now, in UTC: "2026-11-24T09:00:01.250Z".
std::string UtcNow();
// "20261124T090001-5eed12ab": sorts by time, and is a different one for each campaign.
std::string NewCampaignId();

}  // namespace rapidbyte::lab
