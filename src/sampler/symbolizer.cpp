#include "sampler/symbolizer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "os/read_file.h"

namespace rapidbyte::sampler {
namespace {

constexpr const char* kUnknown = "[unknown]";
constexpr size_t kMaxPerfMapBytes = size_t{256} << 20;
constexpr uint64_t kLongestKernelFunction = uint64_t{1} << 20;  // past this an address belongs to no symbol before it

// Takes hexadecimal digits and the blank behind them off `line`.
bool TakeHex(std::string_view& line, uint64_t& value) {
  if (line.starts_with("0x")) line.remove_prefix(2);
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value, 16);
  if (error != std::errc() || end == line.data() + line.size() || *end != ' ') return false;
  line.remove_prefix(static_cast<size_t>(end - line.data()) + 1);
  return true;
}

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool IsBelow(const std::filesystem::path& path, const std::filesystem::path& folder) {
  std::error_code error;
  const auto whole = std::filesystem::weakly_canonical(folder, error);
  const auto& root = error ? folder : whole;
  const auto [end, rest] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end == root.end() || (std::next(end) == root.end() && end->empty());
}

// The effective one, which files that it makes belong to. Nothing where the process has ended.
std::optional<uid_t> UserOf(int32_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; status >> word;) {
    uid_t real = 0, effective = 0;
    if (word == "Uid:" && status >> real >> effective) return effective;
  }
  return std::nullopt;
}

}  // namespace

RangeNames RangeNames::ReadPerfMap(std::istream& map) {
  RangeNames names;
  for (std::string line; std::getline(map, line);) {
    std::string_view rest = line;
    uint64_t start = 0, size = 0;
    if (!TakeHex(rest, start) || !TakeHex(rest, size) || size == 0 || rest.empty()) continue;
    names.ranges_.insert_or_assign(start, Range{start + size, std::string(rest)});
  }
  return names;
}

RangeNames RangeNames::ReadKernelSymbols(const std::filesystem::path& file) {
  RangeNames names;
  std::ifstream input(file);
  for (std::string line; std::getline(input, line);) {
    std::string_view rest = line;
    uint64_t start = 0;
    if (!TakeHex(rest, start) || start == 0 || rest.size() < 3) continue;
    if (rest[0] != 't' && rest[0] != 'T' && rest[0] != 'w' && rest[0] != 'W') continue;
    const std::string_view name = rest.substr(2, rest.find('\t') - 2);
    names.ranges_.try_emplace(start, Range{start + kLongestKernelFunction, std::string(name)});
  }
  return names;
}

std::string_view RangeNames::At(uint64_t address) const {
  const auto after = ranges_.upper_bound(address);
  if (after == ranges_.begin()) return {};
  const Range& range = std::prev(after)->second;
  return address < range.end ? std::string_view(range.name) : std::string_view();
}

profile::Origin Symbolizer::OriginOf(const AddressSpace& space, const Mapping& mapping, bool postgres) {
  if (postgres) return profile::Origin::kPostgres;
  if (mapping.path == space.program()) return profile::Origin::kProgram;
  const auto [known, fresh] = connectors_.try_emplace(mapping.path, false);
  if (fresh) {
    known->second =
        std::ranges::any_of(options_.connector_dirs, [&](const auto& folder) { return IsBelow(mapping.path, folder); });
  }
  return known->second ? profile::Origin::kConnector : profile::Origin::kLibrary;
}

Symbolizer::Frames Symbolizer::Describe(profile::StackTable& table, const Mapping& mapping, uint64_t address,
                                        profile::Origin origin) {
  Frames frames;
  const profile::StringId image = table.Intern(LastPart(mapping.path));
  for (const Function* function : mapping.module->FunctionsAt(address - mapping.bias)) {
    std::string name = function->name.empty() ? kUnknown : function->name;
    if (origin == profile::Origin::kConnector && options_.connector_names) name = options_.connector_names(name);
    frames.push_back(table.Intern(profile::Frame{.name = table.Intern(name),
                                                 .image = image,
                                                 .file = table.Intern(function->file),
                                                 .line = function->line,
                                                 .origin = origin,
                                                 .inlined = function->inlined}));
  }
  return frames;
}

// Anybody can put a file where such maps are looked for: it has to be a regular one, of the process's user or of root.
RangeNames Symbolizer::PerfMapOf(int32_t pid) {
  const std::string path = "/tmp/perf-" + std::to_string(pid) + ".map";
  const os::FileDescriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open() && errno == ENOENT) return {};
  const auto refuse = [&](const std::string& why) {
    refused_maps_.push_back(path + ", which names code made at run time, was not read: " + why);
    return RangeNames();
  };
  if (!file.is_open()) return refuse(errno == ELOOP ? "it is a link" : std::generic_category().message(errno));
  struct stat map {};
  if (fstat(file.get(), &map) != 0 || !S_ISREG(map.st_mode)) return refuse("it is not a regular file");
  const std::optional<uid_t> user = UserOf(pid);
  if (map.st_uid != 0 && map.st_uid != user.value_or(geteuid())) {
    return refuse(user ? "it belongs to another user than the process"
                       : "it belongs to another user, and the process has ended, so that its user is not known");
  }
  auto content = os::ReadFile(file, kMaxPerfMapBytes);
  if (!content) return refuse(content.error().message);
  std::istringstream lines(std::move(*content));
  return RangeNames::ReadPerfMap(lines);
}

profile::FrameId Symbolizer::Jit(profile::StackTable& table, int32_t pid, const Mapping* mapping, uint64_t address) {
  const auto [map, fresh] = perf_maps_.try_emplace(pid);
  if (fresh) map->second = PerfMapOf(pid);
  const std::string_view name = map->second.At(address);
  profile::Frame frame;
  frame.name = table.Intern(name.empty() ? kUnknown : name);
  frame.image = table.Intern(mapping == nullptr ? std::string_view() : LastPart(mapping->path));
  frame.origin = name.empty() ? profile::Origin::kUnknown : profile::Origin::kJit;
  return table.Intern(frame);
}

profile::StackId Symbolizer::Push(profile::StackTable& table, profile::StackId parent, int32_t pid,
                                  const AddressSpace& space, const Mapping* mapping, uint64_t address, bool postgres) {
  if (mapping == nullptr || mapping->module == nullptr) return table.Push(parent, Jit(table, pid, mapping, address));
  const profile::Origin origin = OriginOf(space, *mapping, postgres);
  const auto [known, fresh] =
      known_.try_emplace({mapping->module, address - mapping->bias, static_cast<uint8_t>(origin)});
  if (fresh) known->second = Describe(table, *mapping, address, origin);
  for (const profile::FrameId frame : known->second) parent = table.Push(parent, frame);
  return parent;
}

profile::StackId Symbolizer::PushKernel(profile::StackTable& table, profile::StackId parent, uint64_t address) {
  if (!kernel_read_) {
    kernel_read_ = true;
    kernel_ = RangeNames::ReadKernelSymbols("/proc/kallsyms");
  }
  const auto [known, fresh] = kernel_frames_.try_emplace(address);
  if (fresh) {
    const std::string_view name = kernel_.At(address);
    known->second = table.Intern(profile::Frame{.name = table.Intern(name.empty() ? kUnknown : name),
                                                .image = table.Intern("[kernel]"),
                                                .origin = profile::Origin::kKernel});
  }
  return table.Push(parent, known->second);
}

}  // namespace rapidbyte::sampler
