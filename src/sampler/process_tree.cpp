#include "sampler/process_tree.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unordered_map>

namespace rapidbyte::sampler {
namespace {

std::string ReadProc(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<pid_t> NumbersIn(const std::string& folder) {
  std::vector<pid_t> numbers;
  std::error_code gone;
  for (auto entry = std::filesystem::directory_iterator(folder, gone); !gone && entry != end(entry);
       entry.increment(gone)) {
    const std::string name = entry->path().filename().string();
    pid_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size()) numbers.push_back(number);
  }
  return numbers;
}

// What follows the name in /proc/PID/stat, which may hold anything: "S 1234 …".
std::string AfterName(const std::string& stat) {
  const size_t end = stat.rfind(')');
  return end == std::string::npos || end + 2 > stat.size() ? std::string() : stat.substr(end + 2);
}

pid_t ParentOf(pid_t pid) {
  const std::string rest = AfterName(ReadProc("/proc/" + std::to_string(pid) + "/stat"));
  return rest.size() < 3 ? 0 : std::atoi(rest.c_str() + 2);
}

std::string ThreadFolder(pid_t pid, pid_t tid) {
  return "/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid);
}

}  // namespace

std::vector<pid_t> ThreadsOf(pid_t pid) { return NumbersIn("/proc/" + std::to_string(pid) + "/task"); }

std::vector<pid_t> DescendantsOf(pid_t root) {
  std::unordered_map<pid_t, std::vector<pid_t>> children;
  for (const pid_t pid : NumbersIn("/proc")) children[ParentOf(pid)].push_back(pid);
  std::vector<pid_t> tree = {root};
  for (size_t at = 0; at < tree.size(); ++at) {
    if (const auto found = children.find(tree[at]); found != children.end()) {
      tree.insert(tree.end(), found->second.begin(), found->second.end());
    }
  }
  return tree;
}

bool ProcessExists(pid_t pid) { return kill(pid, 0) == 0 || errno == EPERM; }

// The others call themselves "postgres: what they do".
bool IsPostgresServer(pid_t pid) {
  const std::string name = ThreadName(pid, pid);
  return (name == "postgres" || name == "postmaster") && !CommandLine(pid).starts_with("postgres: ");
}

std::string ThreadName(pid_t pid, pid_t tid) {
  std::string name = ReadProc(ThreadFolder(pid, tid) + "/comm");
  if (name.ends_with('\n')) name.pop_back();
  return name;
}

std::string CommandLine(pid_t pid) {
  std::string line = ReadProc("/proc/" + std::to_string(pid) + "/cmdline");
  while (line.ends_with('\0')) line.pop_back();
  std::replace(line.begin(), line.end(), '\0', ' ');
  return line;
}

bool IsRunnable(pid_t pid, pid_t tid) { return AfterName(ReadProc(ThreadFolder(pid, tid) + "/stat")).starts_with('R'); }

}  // namespace rapidbyte::sampler
