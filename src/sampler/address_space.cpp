#include "sampler/address_space.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace rapidbyte::sampler {
namespace {

constexpr const char* kVdso = "[vdso]";
constexpr std::string_view kDeleted = " (deleted)";

// The kernel maps one and the same into every process, so that ours is theirs.
int OpenVdso() {
  const auto address = getauxval(AT_SYSINFO_EHDR);
  if (address == 0) return -1;
  Elf64_Ehdr header{};
  std::memcpy(&header, reinterpret_cast<const void*>(address), sizeof header);
  const size_t size = header.e_shoff + size_t{header.e_shentsize} * header.e_shnum;
  const int file = memfd_create("vdso", MFD_CLOEXEC);
  if (file < 0) return -1;
  if (write(file, reinterpret_cast<const void*>(address), size) == static_cast<ssize_t>(size)) return file;
  close(file);
  return -1;
}

bool IsRegular(int file) {
  struct stat status {};
  return fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

std::unique_ptr<Module> ModuleStore::OpenFile(int32_t pid, const std::string& path, std::span<const uint8_t> build_id) {
  const std::string in_root = "/proc/" + std::to_string(pid) + "/root" + path;
  const std::string running = "/proc/" + std::to_string(pid) + "/exe";
  bool other = false;
  // A container's process has files of its own; a deleted program can still be read while it runs.
  for (const std::string& candidate : {path, in_root, running}) {
    const int file = open(candidate.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) continue;
    if (!IsRegular(file)) {
      close(file);
      continue;
    }
    auto module = Module::Open(file, path);
    if (!module) continue;
    const auto found = module->BuildId();
    if (build_id.empty() ? candidate != running : std::ranges::equal(found, build_id)) return module;
    other = other || candidate != running;
  }
  if (other) ++changed_;
  return nullptr;
}

Module* ModuleStore::Find(int32_t pid, const std::string& path, std::span<const uint8_t> build_id) {
  const auto [known, fresh] =
      modules_.try_emplace({path, std::vector<uint8_t>(build_id.begin(), build_id.end())}, nullptr);
  if (!fresh) return known->second.get();
  if (path == kVdso) {
    if (const int file = OpenVdso(); file >= 0) known->second = Module::Open(file, path);
  } else if (path.starts_with('/')) {
    const bool deleted = path.ends_with(kDeleted);
    known->second = OpenFile(pid, deleted ? path.substr(0, path.size() - kDeleted.size()) : path, build_id);
  }
  return known->second.get();
}

void AddressSpace::Map(Mapping mapping) {
  if (program_.empty() && mapping.path.starts_with('/')) program_ = mapping.path;
  auto at = by_start_.upper_bound(mapping.start);
  if (at != by_start_.begin() && std::prev(at)->second.end > mapping.start) --at;
  while (at != by_start_.end() && at->second.start < mapping.end) {
    Mapping old = std::move(at->second);
    at = by_start_.erase(at);
    if (old.end > mapping.end) {
      Mapping right = old;
      right.start = mapping.end;
      by_start_[right.start] = std::move(right);
    }
    if (old.start < mapping.start) {
      old.end = mapping.start;
      by_start_[old.start] = std::move(old);
    }
  }
  by_start_[mapping.start] = std::move(mapping);
}

const Mapping* AddressSpace::Find(uint64_t address) const {
  auto after = by_start_.upper_bound(address);
  if (after == by_start_.begin()) return nullptr;
  const Mapping& mapping = std::prev(after)->second;
  return address < mapping.end ? &mapping : nullptr;
}

void AddressSpaces::Map(const MmapRecord& mmap) {
  Mapping mapping{.start = mmap.start, .end = mmap.start + mmap.size, .path = std::string(mmap.path)};
  if (mapping.end <= mapping.start) return;
  mapping.module = modules_->Find(mmap.pid, mapping.path, mmap.build_id);
  if (mapping.module != nullptr) {
    const auto bias = mapping.module->Bias(mmap.start, mmap.file_offset);
    if (!bias) mapping.module = nullptr;
    mapping.bias = bias.value_or(0);
  }
  spaces_[mmap.pid].Map(std::move(mapping));
}

void AddressSpaces::Fork(int32_t pid, int32_t parent_pid) {
  if (pid == parent_pid) return;
  if (const auto parent = spaces_.find(parent_pid); parent != spaces_.end()) {
    AddressSpace copy = parent->second;
    spaces_[pid] = std::move(copy);
  }
}

void AddressSpaces::ReadMaps(int32_t pid) {
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  ReadMaps(pid, maps);
}

void AddressSpaces::ReadMaps(int32_t pid, std::istream& maps) {
  for (std::string line; std::getline(maps, line);) {
    uint64_t start = 0, end = 0, offset = 0;
    std::array<char, 5> access{};
    int path_at = 0;
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n", &start, &end, access.data(),
                    &offset, &path_at) < 4 ||
        access[2] != 'x') {
      continue;
    }
    const std::string_view path = path_at > 0 ? std::string_view(line).substr(path_at) : std::string_view();
    Map({.pid = pid, .start = start, .size = end - start, .file_offset = offset, .build_id = {}, .path = path});
  }
}

}  // namespace rapidbyte::sampler
