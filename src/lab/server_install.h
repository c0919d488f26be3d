// The PostgreSQL that is installed here, as which user it may run, and a template cluster of it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/interrupt.h"

namespace rapidbyte::lab {

// Servers refuse to run as root; then it is the user "postgres" that Debian's package makes. What belongs to that user
// is made, filled and read by processes with its rights: root must not follow what another user could have put there.
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

// The data folder of a cluster that initdb has made, as an archive of tar. Made at first use and kept in the cache
// (os/cache_folder.h); the superuser is "postgres", local connections are trusted, TCP asks for a SCRAM password.
// Errors: kConfiguration where initdb fails or the cache cannot be used, kInternal for the disk.
Result<std::filesystem::path> TemplateArchive(const ServerInstall& install, const ServerAccount& account,
                                              const Interrupt* interrupt);

// The folder in `folder` that belongs to the account: a server's data and its sockets. `folder` is ours and stays so;
// others may pass through it where the account is not ours. Errors: kInternal.
Result<std::filesystem::path> MakeServerFolder(const std::filesystem::path& folder, const ServerAccount& account);

// The command line that unpacks TemplateArchive from its standard input into `folder`/data, for the account.
std::vector<std::string> UnpackCommand(const ServerAccount& account, const std::filesystem::path& folder);

}  // namespace rapidbyte::lab
