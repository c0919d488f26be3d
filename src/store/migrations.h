// The schema of every Rapidbyte database, as one ordered list of steps that each ran exactly once.
//
// PRAGMA user_version counts the steps a file has seen; PRAGMA application_id says that it is ours. A step is never
// changed once it was released; a new one is added at the end. docs/formats/store.md has the tables.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "store/database.h"

namespace rapidbyte::store {

inline constexpr int64_t kApplicationId = 0x52425954;  // "RBYT"

int64_t SchemaVersion();  // of this build

// Opens the database, takes an empty or an older one to SchemaVersion() in one transaction, and makes commits durable.
// A file that already has tables of somebody else, or a newer version, is left untouched: kConfiguration.
Result<Database> OpenAndMigrate(const std::filesystem::path& path, OpenMode mode);

}  // namespace rapidbyte::store
