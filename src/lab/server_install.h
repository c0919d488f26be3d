// The PostgreSQL that is installed here, as which user it may run, and a template cluster of it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/interrupt.h"

namespace rapidbyte::lab {

// Servers refuse to run as root; then it is the user "postgres" that Debian's package makes.
struct ServerAccount {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<std::string> prefix;  // of a command line that has to run as this account; empty: it is ours
};
Result<ServerAccount> FindServerAccount();

struct ServerInstall {
  std::filesystem::path bin;  // the folder with postgres and initdb
  std::string version;        // "15.14"
};
// Debian's folder for PostgreSQL 15, then what pg_config names, then the PATH. Errors: kConfiguration.
Result<ServerInstall> FindServerInstall();

// A data folder made by initdb, to be copied and never to be run. Made at first use and kept below CacheFolder(); the
// superuser is "postgres", local connections are trusted, TCP asks for a SCRAM password. Errors: kConfiguration where
// initdb fails, kInternal for the disk.
Result<std::filesystem::path> TemplateData(const ServerInstall& install, const ServerAccount& account,
                                           const Interrupt* interrupt);

// $RAPIDBYTE_CACHE_DIR, $XDG_CACHE_HOME/rapidbyte, ~/.cache/rapidbyte, or a folder of this user below /var/tmp.
std::filesystem::path CacheFolder();

// Copies a folder, with permissions, and gives it to the owner. Errors: kInternal.
Status CopyTree(const std::filesystem::path& from, const std::filesystem::path& to, uid_t owner, gid_t group);

}  // namespace rapidbyte::lab
