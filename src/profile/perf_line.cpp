#include "profile/perf_line.h"

#include <algorithm>
#include <utility>

namespace rapidbyte::profile {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

template <typename Accepts>
size_t SkipWhile(std::string_view text, size_t at, const Accepts& accepts) {
  while (at < text.size() && accepts(text[at])) ++at;
  return at;
}

// From behind: where the run of accepted characters that ends before `end` starts.
template <typename Accepts>
size_t StartOfRun(std::string_view text, size_t end, const Accepts& accepts) {
  while (end > 0 && accepts(text[end - 1])) --end;
  return end;
}

bool Contains(std::string_view text, std::string_view part) { return text.find(part) != kNowhere; }
bool StartsWith(std::string_view text, std::string_view part) { return text.substr(0, part.size()) == part; }
bool EndsWith(std::string_view text, std::string_view part) {
  return text.size() >= part.size() && text.substr(text.size() - part.size()) == part;
}

// ": 1234 cycles:" at the end of a header; the period may be missing, and the event may have colons in it.
void ParseEvent(std::string_view line, PerfHeader& header) {
  const size_t end = StartOfRun(line, line.size(), IsBlank);
  if (end == 0 || line[end - 1] != ':') return;
  const size_t event = StartOfRun(line, end, [](char c) { return !IsBlank(c); });
  if (event + 1 >= end) return;
  const size_t period_end = StartOfRun(line, event, IsBlank);
  const size_t period = StartOfRun(line, period_end, IsDigit);
  const size_t before = period == period_end ? period : StartOfRun(line, period, IsBlank);
  if (period_end == event || before == 0 || line[before - 1] != ':') return;
  header.period = line.substr(period, period_end - period);
  header.event = line.substr(event, end - 1 - event);
}

// The place of the last " (" that a ")" comes after, and that of the last ")".
std::pair<size_t, size_t> FindImage(std::string_view line) {
  const size_t close = line.rfind(')');
  if (close == kNowhere || close < 2) return {kNowhere, close};
  return {line.rfind(" (", close - 2), close};
}

bool IsPerfMap(std::string_view image) {
  constexpr std::string_view kStart = "/tmp/perf-";
  for (size_t at = image.find(kStart); at != kNowhere; at = image.find(kStart, at + 1)) {
    const size_t digits = at + kStart.size();
    const size_t end = SkipWhile(image, digits, IsDigit);
    if (end > digits && StartsWith(image.substr(end), ".map")) return true;
  }
  return false;
}

// Whether the name has the receiver of a method of Go in it: "net/http.(*Client).Do".
bool IsGoMethod(std::string_view name) {
  const size_t open = name.find(".(");
  const size_t close = name.rfind(").");
  return open != kNowhere && close != kNowhere && close >= open + 2;
}

void CutArguments(std::string& name) {
  for (size_t at = name.find('('); at != kNowhere; at = name.find('(', at + 1)) {
    if (StartsWith(std::string_view(name).substr(at + 1), "anonymous namespace)")) continue;
    name.resize(at);
    return;
  }
}

std::string NameOf(std::string_view function, const PerfFrameLine& line, const PerfFrameOptions& options) {
  std::string name(function);
  if (function == "[unknown]") {
    const size_t slash = line.image.rfind('/');
    const std::string_view base = slash == kNowhere ? line.image : line.image.substr(slash + 1);
    name = "[" + std::string(line.image == "[unknown]" ? "unknown" : base);
    if (options.addresses) name += " <" + std::string(line.address) + ">";
    name += "]";
  }
  std::replace(name.begin(), name.end(), ';', ':');
  if (!IsGoMethod(name)) CutArguments(name);
  name.erase(std::remove_if(name.begin(), name.end(), [](char c) { return c == '"' || c == '\''; }), name.end());
  if (options.java && StartsWith(name, "L") && Contains(name, "/")) name.erase(0, 1);
  return name;
}

std::string_view WithoutOffset(std::string_view function) {
  const auto hex = [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); };
  const size_t digits = StartOfRun(function, function.size(), hex);
  if (digits == function.size() || !EndsWith(function.substr(0, digits), "+0x")) return function;
  return function.substr(0, digits - 3);
}

}  // namespace

std::optional<PerfHeader> ParsePerfHeader(std::string_view line) {
  if (line.empty() || IsBlank(line[0])) return std::nullopt;
  // The name ends before the first blanks after which numbers and blanks follow; it has two characters at least.
  for (size_t end = 2; end < line.size(); ++end) {
    if (!IsBlank(line[end])) continue;
    const size_t first = SkipWhile(line, end, IsBlank);
    const size_t first_end = SkipWhile(line, first, IsDigit);
    const size_t second = SkipWhile(line, first_end, [](char c) { return c == '/'; });
    const size_t second_end = SkipWhile(line, second, IsDigit);
    if (first_end == first || second_end == line.size() || !IsBlank(line[second_end])) {
      end = first - 1;
      continue;
    }
    PerfHeader header;
    header.comm = line.substr(0, end);
    header.pid = line.substr(first, first_end - first);
    header.tid = second == first_end ? std::string_view() : line.substr(second, second_end - second);
    if (header.tid.empty() || header.tid == "0") header.tid = std::exchange(header.pid, std::string_view());
    ParseEvent(line, header);
    return header;
  }
  return std::nullopt;
}

std::optional<PerfFrameLine> ParsePerfFrameLine(std::string_view line) {
  const size_t address = SkipWhile(line, 0, IsBlank);
  const size_t address_end = SkipWhile(line, address, IsWordChar);
  const auto [image, image_end] = FindImage(line);
  if (image == kNowhere || image < address + 2 || address_end == address) return std::nullopt;
  // A function has one character at least, taken from the address where there is no other.
  const size_t function = std::min(SkipWhile(line, address_end, IsBlank), image - 1);
  return PerfFrameLine{line.substr(address, std::min(address_end, function) - address),
                       line.substr(function, image - function), line.substr(image + 2, image_end - image - 2)};
}

std::vector<PerfFrameName> TidyPerfFrames(const PerfFrameLine& line, const PerfFrameOptions& options) {
  std::string_view function = WithoutOffset(line.function);
  std::vector<PerfFrameName> names;
  if (StartsWith(function, "(")) return names;
  while (EndsWith(function, "->")) function.remove_suffix(2);
  while (!function.empty()) {
    const size_t end = function.find("->");
    PerfFrameName name{NameOf(function.substr(0, end), line, options), !names.empty()};
    if (name.text.empty()) name.text = name.inlined ? "_[i]" : "[unknown]";
    names.push_back(std::move(name));
    if (end == kNowhere) break;
    function.remove_prefix(end + 2);
  }
  return names;
}

Origin OriginOfImage(std::string_view image) {
  if (Contains(image, "unknown") || image.empty()) return Origin::kUnknown;
  if (image[0] == '[' || EndsWith(image, "vmlinux")) return Origin::kKernel;
  if (IsPerfMap(image)) return Origin::kJit;
  const std::string_view base = image.substr(image.rfind('/') + 1);
  if (base == "postgres") return Origin::kPostgres;
  if (EndsWith(base, ".so") || Contains(base, ".so.")) return Origin::kLibrary;
  return image == "inlined" ? Origin::kUnknown : Origin::kProgram;
}

}  // namespace rapidbyte::profile
