#include "sampler/sleeping_stack.h"

#include <fmt/format.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace rapidbyte::sampler {

std::optional<SleepingStack> ReadSleepingStack(pid_t pid, pid_t tid, size_t most_bytes) {
  // "NUMBER SP PC" outside of a system call, with six arguments in between inside of one, or "running" (proc(5)).
  std::ifstream file(fmt::format("/proc/{}/task/{}/syscall", pid, tid));
  std::vector<std::string> words;
  for (std::string word; file >> word;) words.push_back(std::move(word));
  if (words.size() < 3) return std::nullopt;
  SleepingStack stack;
  stack.sp = std::strtoull(words[words.size() - 2].c_str(), nullptr, 16);
  stack.pc = std::strtoull(words.back().c_str(), nullptr, 16);

  // Page by page, because a piece that is not all there is not read at all.
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  std::vector<iovec> pieces;
  for (uint64_t at = stack.sp; at < stack.sp + most_bytes;) {
    const uint64_t end = std::min(at / page * page + page, stack.sp + most_bytes);
    pieces.push_back({reinterpret_cast<void*>(at), end - at});
    at = end;
  }
  stack.bytes.resize(most_bytes);
  const iovec whole{stack.bytes.data(), most_bytes};
  const ssize_t got = process_vm_readv(pid, &whole, 1, pieces.data(), pieces.size(), 0);
  if (got <= 0) return std::nullopt;
  stack.bytes.resize(static_cast<size_t>(got));
  stack.bytes.shrink_to_fit();
  return stack;
}

}  // namespace rapidbyte::sampler
