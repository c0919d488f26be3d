// From code addresses to frames of a profile: names, images, where declared, inlined ones among them. Cached.
//
// One thread at a time. The profile's StackTable is passed in at each call and has to be the same one each time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "profile/stack_table.h"
#include "sampler/address_space.h"

namespace rapidbyte::sampler {

struct SymbolOptions {
  std::vector<std::filesystem::path> connector_dirs;             // shared objects below these are connectors
  std::function<std::string(std::string_view)> connector_names;  // what a connector's function is called; may be empty
};

// A table of code ranges with names: a perf map or the kernel's symbols.
class RangeNames {
 public:
  // /tmp/perf-PID.map: "START SIZE NAME" a line, hexadecimal; of several for one address the last holds.
  static RangeNames ReadPerfMap(std::istream& map);
  // /proc/kallsyms: "ADDRESS TYPE NAME [MODULE]"; empty where addresses are hidden.
  static RangeNames ReadKernelSymbols(const std::filesystem::path& file);

  // Empty where nothing is known.
  std::string_view At(uint64_t address) const;
  bool empty() const { return ranges_.empty(); }

 private:
  struct Range {
    uint64_t end;
    std::string name;
  };
  std::map<uint64_t, Range> ranges_;
};

class Symbolizer {
 public:
  explicit Symbolizer(SymbolOptions options) : options_(std::move(options)) {}

  // Pushes the frames at a code address of process `pid` on `parent`. `postgres`: it is of a server.
  profile::StackId Push(profile::StackTable& table, profile::StackId parent, int32_t pid, const AddressSpace& space,
                        const Mapping* mapping, uint64_t address, bool postgres);
  profile::StackId PushKernel(profile::StackTable& table, profile::StackId parent, uint64_t address);

  // The maps of names that programs left, and that were not read, each with the reason.
  const std::vector<std::string>& refused_maps() const { return refused_maps_; }

  // Whether the kernel told its symbols; asked after the first kernel frame.
  bool kernel_names_hidden() const { return kernel_read_ && kernel_.empty(); }

 private:
  using Frames = std::vector<profile::FrameId>;
  struct Key {
    const void* module;
    uint64_t address;
    uint8_t origin;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const {
      return (key.address ^ reinterpret_cast<uintptr_t>(key.module) ^ key.origin) * 0x9e3779b97f4a7c15u;
    }
  };
  profile::Origin OriginOf(const AddressSpace& space, const Mapping& mapping, bool postgres);
  Frames Describe(profile::StackTable& table, const Mapping& mapping, uint64_t address, profile::Origin origin);
  RangeNames PerfMapOf(int32_t pid);
  profile::FrameId Jit(profile::StackTable& table, int32_t pid, const Mapping* mapping, uint64_t address);

  SymbolOptions options_;
  std::unordered_map<Key, Frames, KeyHash> known_;
  std::unordered_map<std::string, bool> connectors_;  // by path
  std::unordered_map<int32_t, RangeNames> perf_maps_;
  std::vector<std::string> refused_maps_;
  std::unordered_map<uint64_t, profile::FrameId> kernel_frames_;
  RangeNames kernel_;
  bool kernel_read_ = false;
};

}  // namespace rapidbyte::sampler
