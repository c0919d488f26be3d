#include "record/sample.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/fnv1a.h"

namespace rapidbyte::record {
namespace {

using nlohmann::json;
using Number = std::optional<double>;

constexpr std::array kOutcomes = {Outcome::kOk, Outcome::kFailed, Outcome::kWrongRows, Outcome::kTimeout};

constexpr std::array kBuiltIn = {std::string_view("wall"),
                                 std::string_view("user"),
                                 std::string_view("system"),
                                 std::string_view("cpu"),
                                 std::string_view("max_rss"),
                                 std::string_view("tree_rss"),
                                 std::string_view("read_bytes"),
                                 std::string_view("written_bytes"),
                                 std::string_view("voluntary_switches"),
                                 std::string_view("involuntary_switches"),
                                 std::string_view("exit_code")};

Number Optional(const std::optional<uint64_t>& count) {
  return count ? Number(static_cast<double>(*count)) : std::nullopt;
}

Number BuiltIn(const Sample& sample, std::string_view name) {
  if (name == "wall") return sample.wall_secs;
  if (name == "user") return sample.user_secs;
  if (name == "system") return sample.system_secs;
  if (name == "cpu") return sample.user_secs + sample.system_secs;
  if (name == "max_rss") return static_cast<double>(sample.max_rss_bytes);
  if (name == "tree_rss") return Optional(sample.tree_rss_bytes);
  if (name == "read_bytes") return Optional(sample.read_bytes);
  if (name == "written_bytes") return Optional(sample.written_bytes);
  if (name == "voluntary_switches") return Optional(sample.voluntary_switches);
  if (name == "involuntary_switches") return Optional(sample.involuntary_switches);
  return sample.exit_code;
}

// Nested keys one by one, without exceptions: the document comes from another process.
Number FromRun(const json& document, std::string_view key) {
  if (!document.is_object()) return std::nullopt;
  const size_t end = key.find('/');
  const auto entry = document.find(std::string(key.substr(0, end)));
  if (entry == document.end()) return std::nullopt;
  if (end != std::string_view::npos) return FromRun(*entry, key.substr(end + 1));
  return entry->is_number() ? Number(entry->get<double>()) : std::nullopt;
}

}  // namespace

std::string HostFingerprint::Hash() const {
  Fnv1a hash;
  hash.Add(hostname);
  hash.Add(kernel);
  hash.Add(cpu_model);
  hash.Add(std::to_string(cpus));
  hash.Add(std::to_string(memory_bytes));
  return hash.Hex();
}

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kWrongRows:
      return "wrong_rows";
    case Outcome::kTimeout:
      return "timeout";
  }
  return "failed";
}

std::optional<Outcome> OutcomeOf(std::string_view name) {
  for (const Outcome outcome : kOutcomes) {
    if (OutcomeName(outcome) == name) return outcome;
  }
  return std::nullopt;
}

std::string BlockName(const Sample& sample, uint32_t warmup_blocks) {
  if (sample.warmup) return "warm-up block " + std::to_string(sample.block + 1);
  return "block " + std::to_string(sample.block + 1 - std::min(warmup_blocks, sample.block));
}

std::span<const std::string_view> BuiltInMetrics() { return kBuiltIn; }

bool IsBuiltInMetric(std::string_view name) {
  return std::find(kBuiltIn.begin(), kBuiltIn.end(), name) != kBuiltIn.end();
}

std::optional<double> MetricOf(const Sample& sample, std::string_view name) {
  Number value;
  if (IsBuiltInMetric(name)) {
    value = BuiltIn(sample, name);
  } else if (const auto own = sample.metrics.find(std::string(name)); own != sample.metrics.end()) {
    value = own->second;
  } else {
    value = FromRun(sample.run, name);
  }
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace rapidbyte::record
