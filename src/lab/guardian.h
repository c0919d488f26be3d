// The process that stops a throwaway server and removes its folder, or only removes a folder, however we end.
//
// It is forked from us, leaves our session and holds the read end of a pipe whose write end only we have. When that
// end closes, because we closed it or because we were killed, it shuts the server down and removes the folder. It
// ignores the terminal's signals meanwhile. The server is its child and dies with it, should even the guardian be
// killed. Start it while the process has one thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/server_install.h"
#include "os/file_descriptor.h"

namespace rapidbyte::lab {

struct GuardedServer {
  std::filesystem::path folder;  // made by the guardian, ours; must not exist
  // The rest is of a server's; without a command line there is only the folder.
  std::vector<std::string> argv = {};  // its output goes to folder/server.log
  ServerAccount account = {};          // owns folder/server
  std::filesystem::path archive = {};  // unpacked into folder/server; empty: nothing is
};

class Guardian {
 public:
  // Returns when the folder is there and the server's process has been started; it may not be ready yet. Errors:
  // kInternal, kConfiguration.
  static Result<std::unique_ptr<Guardian>> Start(const GuardedServer& server);
  // Returns when the server has ended and the folder is gone.
  ~Guardian();
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

  // Whether the server's process has ended by itself.
  bool ServerEnded();
  pid_t server_pid() const { return server_pid_; }  // 0: there is none

 private:
  Guardian(pid_t pid, pid_t server_pid, os::FileDescriptor lifeline, os::FileDescriptor news)
      : pid_(pid), server_pid_(server_pid), lifeline_(std::move(lifeline)), news_(std::move(news)) {}

  pid_t pid_;
  pid_t server_pid_;
  os::FileDescriptor lifeline_;  // the write end that keeps the server alive
  os::FileDescriptor news_;      // one character per event, see guardian.cpp
};

}  // namespace rapidbyte::lab
