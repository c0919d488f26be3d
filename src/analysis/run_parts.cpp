#include "analysis/run_parts.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "abi/abi.h"

namespace rapidbyte::analysis {
namespace {

using nlohmann::json;

constexpr double kNano = 1e-9;
constexpr double kMilli = 1e-3;

constexpr std::string_view kEmit = "emit_batch";
constexpr std::string_view kNext = "next_batch";

// What a host function waits for is the server, but in the two that wait for the other stage.
void AddFunction(Place place, const std::string& function, std::vector<RunPart>& parts) {
  const std::string key = std::string(PlaceName(place)) + "." + function + ".";
  if (function == kEmit) {
    parts.push_back({key + "compress", function + ", compress", place, Nature::kMixed});
    parts.push_back({key + "wait", function + ", channel", place, Nature::kMirror});
    parts.push_back({key + "rest", function + ", all else", place, Nature::kMixed});
    return;
  }
  if (function == kNext) {
    parts.push_back({key + "decompress", function + ", decompress", place, Nature::kMixed});
    parts.push_back({key + "wait", function + ", channel", place, Nature::kMirror});
    parts.push_back({key + "rest", function + ", all else", place, Nature::kMixed});
    return;
  }
  parts.push_back({key + "own", function, place, Nature::kWork});
  parts.push_back({key + "wait", function + ", server", place, Nature::kWait});
}

void AddStage(Place place, std::vector<RunPart>& parts) {
  const std::string side(PlaceName(place));
  parts.push_back({side + ".module_load", "module load", place, Nature::kMixed});
  parts.push_back({side + ".hosting", "instances and streams", place, Nature::kMixed});
  parts.push_back({side + ".guest", "connector code", place, Nature::kWork});
  for (const std::string_view function : abi::kHostFunctionNames) AddFunction(place, std::string(function), parts);
  parts.push_back({side + ".unattributed", "unattributed", place, Nature::kRest});
  parts.push_back({side + ".end", "other stage's end", place, Nature::kMirror});
}

std::vector<RunPart> MakePipelineParts() {
  std::vector<RunPart> parts = {{"process", "process start and exit", Place::kWhole, Nature::kMixed},
                                {"run", "outside of the stages", Place::kWhole, Nature::kMixed}};
  AddStage(Place::kSource, parts);
  AddStage(Place::kDestination, parts);
  return parts;
}

// Numbers of one document; remembers whether one that must be there is not.
class Numbers {
 public:
  explicit Numbers(const json& document) : document_(document) {}

  double Required(const std::string& key, double scale = 1) {
    const auto entry = document_.is_object() ? document_.find(key) : document_.end();
    if (!document_.is_object() || entry == document_.end() || !entry->is_number()) {
      missing_ = true;
      return 0;
    }
    return entry->get<double>() * scale;
  }
  // Times of a host function, in seconds; 0 where it was not called.
  double OfFunction(const std::string& side, const std::string& function, const char* key) const {
    const json* at = &document_;
    for (const std::string& name : {std::string("host_functions"), side, function, std::string(key)}) {
      const auto entry = at->is_object() ? at->find(name) : at->end();
      if (!at->is_object() || entry == at->end()) return 0;
      at = &*entry;
    }
    return at->is_number() ? at->get<double>() * kNano : 0;
  }
  bool missing() const { return missing_; }

 private:
  const json& document_;
  bool missing_ = false;
};

void AddFunctionValues(const std::string& side, const std::string& function, double moved, const Numbers& numbers,
                       std::vector<double>& values) {
  const auto time = [&](const char* key) { return numbers.OfFunction(side, function, key); };
  if (function == kEmit || function == kNext) {
    const double wait = time("wait_nanos");
    values.insert(values.end(), {moved, wait, time("total_nanos") - wait - moved});
    return;
  }
  const double wait = time("wait_nanos");
  values.insert(values.end(), {time("total_nanos") - wait, wait});
}

// `prefix`: of the line's flat keys.
void AddStageValues(Place place, const std::string& prefix, double longest, Numbers& numbers,
                    std::vector<double>& values) {
  const std::string side(PlaceName(place));
  const double duration = numbers.Required(prefix + "_duration_secs");
  const double load = numbers.Required(prefix + "_module_load_ms", kMilli);
  const double guest = numbers.Required(prefix + "_guest_secs");
  const bool is_source = place == Place::kSource;
  const double moved = numbers.Required(is_source ? "source_compress_nanos" : "dest_decompress_nanos", kNano);
  const size_t first = values.size();
  values.insert(values.end(), {load, numbers.Required(prefix + "_hosting_secs") - load, guest});
  for (const std::string_view function : abi::kHostFunctionNames) {
    const bool moves = function == (is_source ? kEmit : kNext);
    AddFunctionValues(side, std::string(function), moves ? moved : 0, numbers, values);
  }
  const double known = std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(first), values.end(), 0.0);
  values.push_back(duration - known);
  values.push_back(longest - duration);
}

}  // namespace

std::string_view PlaceName(Place place) {
  constexpr std::array<std::string_view, 3> names = {"run", "source", "destination"};
  return names[static_cast<size_t>(place)];
}

std::string_view NatureName(Nature nature) {
  constexpr std::array<std::string_view, 5> names = {"work", "wait", "mixed", "mirror", "rest"};
  return names[static_cast<size_t>(nature)];
}

std::span<const RunPart> PipelineParts() {
  static const std::vector<RunPart> parts = MakePipelineParts();
  return parts;
}

std::optional<std::vector<double>> PipelineValues(const record::Sample& sample) {
  Numbers numbers(sample.run);
  const double run = numbers.Required("duration_secs");
  const double longest = std::max(numbers.Required("source_duration_secs"), numbers.Required("dest_duration_secs"));
  std::vector<double> values = {sample.wall_secs - run, run - longest};
  values.reserve(PipelineParts().size());
  AddStageValues(Place::kSource, "source", longest, numbers, values);
  AddStageValues(Place::kDestination, "dest", longest, numbers, values);
  if (numbers.missing()) return std::nullopt;
  return values;
}

std::span<const RunPart> CommandParts() {
  static const std::vector<RunPart> parts = {{"user", "CPU, user", Place::kWhole, Nature::kWork},
                                             {"system", "CPU, system", Place::kWhole, Nature::kWork},
                                             {"waiting", "waiting", Place::kWhole, Nature::kWait}};
  return parts;
}

std::vector<double> CommandValues(const record::Sample& sample) {
  return {sample.user_secs, sample.system_secs, sample.wall_secs - sample.user_secs - sample.system_secs};
}

}  // namespace rapidbyte::analysis
