// What code each process had mapped, followed record by record: mappings, forks, execs, exits.
//
// Files are opened when their mapping is first heard of, by ModuleStore, and shared by all address spaces; a file that
// is not any more what was mapped (by build id) counts as unknown code. One thread at a time.
#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "sampler/module.h"
#include "sampler/perf_record.h"

namespace rapidbyte::sampler {

class ModuleStore {
 public:
  // The file of a mapping as process `pid` sees it. Null where it cannot be read, is no ELF file or another one.
  Module* Find(int32_t pid, const std::string& path, std::span<const uint8_t> build_id);

  size_t changed() const { return changed_; }  // files whose build id was no longer that of what was mapped

 private:
  std::unique_ptr<Module> OpenFile(int32_t pid, const std::string& path, std::span<const uint8_t> build_id);

  std::map<std::pair<std::string, std::vector<uint8_t>>, std::unique_ptr<Module>> modules_;
  size_t changed_ = 0;
};

struct Mapping {
  uint64_t start = 0;
  uint64_t end = 0;
  uint64_t bias = 0;
  Module* module = nullptr;  // null: code that no file holds, or none that can be read
  std::string path;          // as the kernel names it
};

class AddressSpace {
 public:
  // Replaces what was mapped there before.
  void Map(Mapping mapping);
  const Mapping* Find(uint64_t address) const;
  const std::string& program() const { return program_; }  // the first file mapped after exec

 private:
  std::map<uint64_t, Mapping> by_start_;
  std::string program_;
};

class AddressSpaces {
 public:
  explicit AddressSpaces(ModuleStore& modules) : modules_(&modules) {}

  void Map(const MmapRecord& mmap);
  void Fork(int32_t pid, int32_t parent_pid);  // nothing where they are the same: a new thread
  void Exec(int32_t pid) { spaces_.erase(pid); }
  // What is mapped now, of a process that is older than the recording.
  void ReadMaps(int32_t pid);
  // The same of a copy of /proc/PID/maps.
  void ReadMaps(int32_t pid, std::istream& maps);

  const AddressSpace& Of(int32_t pid) { return spaces_[pid]; }

 private:
  ModuleStore* modules_;
  std::unordered_map<int32_t, AddressSpace> spaces_;
};

}  // namespace rapidbyte::sampler
