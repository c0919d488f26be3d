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
#include "lab/file_descriptor.h"

namespace rapidbyte::lab {

struct GuardedServer {
  std::filesystem::path folder;         // made by the guardian, 0700; must not exist
  std::filesystem::path template_data;  // copied to folder/data; empty: nothing is
  uid_t owner = 0;                      // of the folder and all that is in it
  gid_t group = 0;
  // The server's command line; its output goes to folder/server.log. Empty: there is no server, only the folder.
  std::vector<std::string> argv = {};
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

 private:
  Guardian(pid_t pid, FileDescriptor lifeline, FileDescriptor news)
      : pid_(pid), lifeline_(std::move(lifeline)), news_(std::move(news)) {}

  pid_t pid_;
  FileDescriptor lifeline_;  // the write end that keeps the server alive
  FileDescriptor news_;      // one character per event, see guardian.cpp
};

}  // namespace rapidbyte::lab
