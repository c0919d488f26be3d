// Where what can be made again is kept: compiled connectors, a template of a PostgreSQL cluster. Any thread.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "os/file_descriptor.h"

namespace rapidbyte::os {

// $RAPIDBYTE_CACHE_DIR; "rapidbyte" in $XDG_CACHE_HOME; .cache/rapidbyte in the user's home, which is $HOME if that
// belongs to the user, else what the password database says; a folder of the user's in /var/tmp where there is no home.
std::filesystem::path CacheFolder();

// What to do about a cache folder that cannot be used.
inline constexpr const char* kCacheHint =
    "set RAPIDBYTE_CACHE_DIR to a folder of yours, below folders that only you and root can change";

struct CacheRoom {
  std::filesystem::path path;
  FileDescriptor folder;
};
// The folder `name` in CacheFolder(), which only we may enter (trusted_folder.h). Errors: kConfiguration.
Result<CacheRoom> OpenCacheRoom(const std::string& name);

}  // namespace rapidbyte::os
