#include "support/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace rapidbyte::test {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> Broken(const std::string& what) { return Fail(ErrorCode::kInternal, what); }

const passwd* ServerUser() { return geteuid() == 0 ? getpwnam("postgres") : nullptr; }

// In the child: nothing in here may allocate that is not needed. Its output goes to `log`.
[[noreturn]] void Execute(std::vector<std::string> words, const fs::path& folder) {
  const int log = open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  dup2(log, 1);
  dup2(log, 2);
  const passwd* user = ServerUser();
  if (user != nullptr && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);  // after setuid, which clears it
  if (chdir(folder.c_str()) != 0) _exit(126);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  setenv("LC_ALL", "C", 1);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

pid_t Spawn(const std::vector<std::string>& words, const fs::path& folder) {
  const pid_t child = fork();
  if (child == 0) Execute(words, folder);
  return child;
}

// To the user whom the servers run as.
Status HandOver(const fs::path& path) {
  const passwd* user = ServerUser();
  if (user != nullptr && chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
    return Broken("cannot hand " + path.string() + " to the user postgres");
  }
  return {};
}

}  // namespace

ServerFolder::~ServerFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Status ServerFolder::Create() {
  std::string name = (fs::temp_directory_path() / "rapidbyte-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return Broken("cannot make a temporary folder");
  path_ = name;
  return HandOver(path_);
}

Status ServerFolder::AddFolder(const std::string& name) const {
  fs::create_directory(path_ / name);
  return HandOver(path_ / name);
}

Status ServerFolder::AddFile(const std::string& name, const std::string& content) const {
  std::ofstream(path_ / name) << content;
  return HandOver(path_ / name);
}

std::string ServerFolder::Log() const {
  std::ifstream file(path_ / "log");
  return {std::istreambuf_iterator<char>(file), {}};
}

uint16_t FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  return bound ? ntohs(address.sin_port) : uint16_t{0};
}

Status RunProgram(const std::vector<std::string>& words, const ServerFolder& folder) {
  int status = -1;
  const pid_t child = Spawn(words, folder.path());
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
    return Broken(words[0] + " failed: " + folder.Log());
  }
  return {};
}

Status ServerProcess::Start(const std::vector<std::string>& words, const ServerFolder& folder) {
  pid_ = Spawn(words, folder.path());
  return pid_ > 0 ? Status{} : Broken("cannot start a process");
}

bool ServerProcess::IsRunning() {
  if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

void ServerProcess::Stop(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace rapidbyte::test
