// What the servers of tests have in common: a folder, a port, and a process that is gone with the object that started
// it, and with this program should that be killed. Started by root, they run as the user postgres. One thread at a
// time.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace rapidbyte::test {

// A temporary folder that belongs to the user whom servers run as, removed at the end. The file "log" in it takes what
// its programs print.
class ServerFolder {
 public:
  ServerFolder() = default;
  ~ServerFolder();
  ServerFolder(const ServerFolder&) = delete;
  ServerFolder& operator=(const ServerFolder&) = delete;

  Status Create();
  Status AddFolder(const std::string& name) const;
  Status AddFile(const std::string& name, const std::string& content) const;

  const std::filesystem::path& path() const { return path_; }
  std::string Log() const;

 private:
  std::filesystem::path path_;
};

// Of 127.0.0.1. Another program may take it before the server does; then its start fails.
uint16_t FreePort();

// Runs a command line to its end; an error with its output where that is not 0.
Status RunProgram(const std::vector<std::string>& words, const ServerFolder& folder);

class ServerProcess {
 public:
  ServerProcess() = default;
  ~ServerProcess() { Stop(SIGQUIT); }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  Status Start(const std::vector<std::string>& words, const ServerFolder& folder);
  // False where it has ended by itself.
  bool IsRunning();
  // Sends the signal and waits for the end.
  void Stop(int signal);

 private:
  pid_t pid_ = -1;
};

}  // namespace rapidbyte::test
