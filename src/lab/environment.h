// A PostgreSQL server to measure on: a throwaway cluster that is gone afterwards, or a server that is already there.
//
// A throwaway cluster is a copy of a cached template (initdb runs once per version) in a temporary folder, with a Unix
// socket beside it and a random password on a free port of 127.0.0.1. It is gone, with its folder, when the
// Environment is destroyed, and also when this process is killed: a guardian process sees to it (guardian.h). As
// root, the server runs as the user "postgres".
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "lab/interrupt.h"
#include "lab/postgres.h"

namespace rapidbyte::lab {

class Guardian;

struct EphemeralOptions {
  std::map<std::string, std::string> settings;  // postgresql.conf, beyond and before BenchmarkSettings()
  const Interrupt* interrupt = nullptr;
};

// The settings of every throwaway server, chosen for quiet measurements that stay honest: nothing that a commit waits
// for is switched off.
const std::map<std::string, std::string>& BenchmarkSettings();

class Environment {
 public:
  // Errors: kConfiguration where PostgreSQL is not installed or does not start, kInternal for the disk, kInterrupted.
  static Result<std::unique_ptr<Environment>> StartEphemeral(const EphemeralOptions& options = {});
  // `dsn`: a URI or keyword=value pairs, as libpq reads them. Errors: kUsage, kConnection.
  static Result<std::unique_ptr<Environment>> UseExisting(const std::string& dsn, const Interrupt* interrupt = nullptr);

  ~Environment();

  // How programs reach it: the Unix socket of a throwaway server, which asks for no password.
  const ServerAddress& address() const { return address_; }
  // By TCP, with the password. Of an existing server: the same as address().
  const ServerAddress& tcp_address() const { return tcp_address_; }
  // Of a throwaway server; nothing otherwise.
  std::optional<pid_t> server_pid() const;
  // Where the throwaway server's folder lies, and documents may lie; ours. Empty otherwise.
  const std::filesystem::path& folder() const { return folder_; }
  // "PostgreSQL 15.14, shared_buffers = 512MB, …"
  const std::string& description() const { return description_; }

 private:
  Environment();
  Status SetPassword(const Interrupt* interrupt);
  Status Describe(const Interrupt* interrupt);

  ServerAddress address_;
  ServerAddress tcp_address_;
  std::filesystem::path folder_;
  std::string description_;
  std::unique_ptr<Guardian> guardian_;
};

}  // namespace rapidbyte::lab
