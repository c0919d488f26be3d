#include "cli/addr2line.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "lab/subprocess.h"

namespace rapidbyte::cli {
namespace {

constexpr size_t kMostAnswers = 100'000;

std::string OutputOf(std::vector<std::string> argv) {
  lab::Command command;
  command.argv = std::move(argv);
  lab::SubprocessLimits limits;
  limits.output_bytes = size_t{64} << 20;
  const auto run = lab::RunSubprocess(command, limits);
  return run ? run->out : std::string();
}

std::string TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// The lines after the address: a function and its place, from the innermost.
std::vector<std::string> FunctionsOf(std::string_view output) {
  TakeLine(output);
  std::vector<std::string> functions;
  while (!output.empty()) {
    functions.push_back(TakeLine(output));
    TakeLine(output);
  }
  std::reverse(functions.begin(), functions.end());
  if (functions == std::vector<std::string>{"??"} || functions == std::vector<std::string>{""}) functions.clear();
  return functions;
}

std::optional<uint64_t> HexOf(std::string_view digits) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// "0000000000001139 T main", for the first line that ends so.
std::optional<uint64_t> AddressOf(std::string_view name, std::string_view symbols) {
  while (!symbols.empty()) {
    const std::string line = TakeLine(symbols);
    const size_t digits = line.find(' ');
    if (digits == std::string::npos || line.size() < digits + 3 || line.substr(digits + 3) != name) continue;
    if (const auto address = HexOf(line.substr(0, digits))) return address;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> Addr2Line::FindFrom(std::string_view function, const std::string& image) {
  const size_t plus = function.rfind("+0x");
  if (plus == std::string_view::npos || plus == 0) return {};
  const auto offset = HexOf(function.substr(plus + 3));
  if (!offset) return {};
  const auto [symbols, is_new] = symbols_.try_emplace(image);
  if (is_new) symbols->second = OutputOf({"nm", image});
  const auto start = AddressOf(function.substr(0, plus), symbols->second);
  return start ? Find(fmt::format("{:#x}", *start + *offset), "", image) : std::vector<std::string>();
}

std::vector<std::string> Addr2Line::Find(std::string_view address, std::string_view function,
                                         const std::string& image) {
  const std::pair<std::string, std::string> key(address, image);
  if (const auto known = found_.find(key); known != found_.end()) return known->second;
  const std::string output = OutputOf({"addr2line", "-a", key.first, "-e", image, "-i", "-f", "-s", "-C"});
  std::vector<std::string> functions = FunctionsOf(output);
  if (output.find("??\n??:0") != std::string::npos) {
    std::vector<std::string> by_name = FindFrom(function, image);
    if (!by_name.empty()) functions = std::move(by_name);
  }
  if (found_.size() >= kMostAnswers) found_.clear();
  found_[key] = functions;
  return functions;
}

}  // namespace rapidbyte::cli
