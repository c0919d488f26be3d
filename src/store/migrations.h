// Opens a database of ours by its name and brings it to the schema of this build.
//
// SQLite: PRAGMA user_version counts the steps a file has seen; PRAGMA application_id says that it is ours.
// PostgreSQL: the schema "rapidbyte" is ours where it has the table schema_version, which counts. Steps run in one
// transaction, by one process at a time. What is somebody else's, or of a newer version, is left untouched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "store/connection.h"
#include "store/schema.h"

namespace rapidbyte::store {

inline constexpr int64_t kApplicationId = 0x52425954;  // "RBYT"

// Whether a store's name means a PostgreSQL server: postgresql:…, postgres:…, or keyword=value pairs, right or wrong.
bool IsPostgres(const std::string& store);
// The file of any other name; "sqlite:" before it is optional.
std::filesystem::path SqliteFile(const std::string& store);

// kCreate makes what is missing. Errors: kConfiguration for a store that is missing (kExisting), of somebody else, or
// of a newer version; kConnection; kInternal for the disk.
Result<std::unique_ptr<Connection>> OpenStore(const std::string& store, OpenMode mode);

}  // namespace rapidbyte::store
