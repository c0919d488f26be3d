#include "record/timeline.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"

namespace rapidbyte::record {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "rapidbyte-timeline";
constexpr int kVersion = 1;
constexpr int kSourceProcess = 1;
constexpr int kDestinationProcess = 2;
constexpr double kMaxMicros = 1e12;  // eleven days; what is above is no time

constexpr std::array<std::string_view, kActivityCount> kNames = {
    "prepare", "fetch", "decode", "emit", "receive", "encode", "flush", "commit", "wait for server", "wait for stage"};

// Viewers count in microseconds; three decimals keep the nanoseconds.
double Micros(uint64_t nanos) { return static_cast<double>(nanos) / 1000; }

// A COMMIT is the server's work: the stage only waits for it.
const char* CategoryOf(StageActivity activity) {
  return IsWait(activity) || activity == StageActivity::kCommit ? "wait" : "work";
}

int ThreadOf(StageActivity activity) { return static_cast<int>(activity) + 1; }

void AddNames(int process, std::string_view role, const StageTimeline& stage, json& events) {
  const auto metadata = [&](const char* what, int thread, json args) {
    events.push_back({{"ph", "M"}, {"name", what}, {"pid", process}, {"tid", thread}, {"args", std::move(args)}});
  };
  metadata("process_name", 0, {{"name", std::string(role) + " (" + stage.connector + ")"}});
  metadata("process_sort_index", 0, {{"sort_index", process}});
  std::array<bool, kActivityCount> seen{};
  for (const Span& span : stage.spans) seen[static_cast<size_t>(span.activity)] = true;
  for (size_t i = 0; i < kActivityCount; ++i) {
    const auto activity = static_cast<StageActivity>(i);
    if (!seen[i]) continue;
    metadata("thread_name", ThreadOf(activity), {{"name", ActivityName(activity)}});
    metadata("thread_sort_index", ThreadOf(activity), {{"sort_index", ThreadOf(activity)}});
  }
}

void AddSpans(int process, const StageTimeline& stage, json& events) {
  for (const Span& span : stage.spans) {
    events.push_back({{"ph", "X"},
                      {"name", ActivityName(span.activity)},
                      {"cat", CategoryOf(span.activity)},
                      {"pid", process},
                      {"tid", ThreadOf(span.activity)},
                      {"ts", Micros(span.start_nanos)},
                      {"dur", Micros(span.end_nanos - span.start_nanos)},
                      {"args",
                       {{"batch", span.first_batch},
                        {"last_batch", span.last_batch},
                        {"busy_us", Micros(span.busy_nanos)},
                        {"parts", span.parts}}}});
  }
}

// Arrows from where a batch was emitted to where it was received: for spans of one batch each.
void AddFlows(const Timeline& timeline, json& events) {
  const auto add = [&](const StageTimeline& stage, StageActivity activity, int process, const char* phase) {
    uint32_t last = 0;
    for (const Span& span : stage.spans) {
      if (span.activity != activity || span.first_batch != span.last_batch || span.first_batch <= last) continue;
      last = span.first_batch;
      json flow = {{"ph", phase},
                   {"name", "batch"},
                   {"cat", "batch"},
                   {"id", last},
                   {"pid", process},
                   {"tid", ThreadOf(activity)},
                   {"ts", Micros(span.start_nanos)}};
      if (*phase == 'f') flow["bp"] = "e";
      events.push_back(std::move(flow));
    }
  };
  add(timeline.source, StageActivity::kEmit, kSourceProcess, "s");
  add(timeline.destination, StageActivity::kReceive, kDestinationProcess, "f");
}

tl::unexpected<Error> Damaged(const std::string& name, const std::string& what) {
  return Fail(ErrorCode::kData, name + ": " + what, "`rapidbyte run --timeline FILE` writes such files");
}

// A time of the file in ns, or nothing where it is none.
std::optional<uint64_t> Nanos(const json& object, const char* key) {
  const auto micros = JsonNumber(object, key);
  if (!micros || !(*micros >= 0) || *micros > kMaxMicros) return std::nullopt;
  return static_cast<uint64_t>(std::llround(*micros * 1000));
}

std::optional<uint32_t> Count(const json& object, const char* key) {
  const auto value = JsonCount(object, key);
  return value && *value <= UINT32_MAX ? std::optional(static_cast<uint32_t>(*value)) : std::nullopt;
}

std::optional<Span> ReadSpan(const json& event) {
  const auto start = Nanos(event, "ts");
  const auto length = Nanos(event, "dur");
  const auto thread = Count(event, "tid");
  const auto args = event.find("args");
  if (!start || !length || !thread || *thread < 1 || *thread > kActivityCount) return std::nullopt;
  if (args == event.end() || !args->is_object()) return std::nullopt;
  const auto first = Count(*args, "batch");
  const auto last = Count(*args, "last_batch");
  const auto busy = Nanos(*args, "busy_us");
  const auto parts = Count(*args, "parts");
  if (!first || !last || *last < *first || !busy || *busy > *length || !parts) return std::nullopt;
  return Span{*start, *start + *length, *busy, *first, *last, *parts, static_cast<StageActivity>(*thread - 1)};
}

Status ReadSpans(const json& events, const std::string& name, Timeline& timeline) {
  for (size_t i = 0; i < events.size(); ++i) {
    const json& event = events[i];
    if (!event.is_object()) return Damaged(name, "event " + std::to_string(i) + " is no object");
    if (JsonText(event, "ph") != "X") continue;
    const auto process = Count(event, "pid");
    const auto span = ReadSpan(event);
    if (!span || (process != kSourceProcess && process != kDestinationProcess)) {
      return Damaged(name, "event " + std::to_string(i) + " is no span of a stage");
    }
    (process == kSourceProcess ? timeline.source : timeline.destination).spans.push_back(*span);
  }
  for (StageTimeline* stage : {&timeline.source, &timeline.destination}) {
    std::stable_sort(stage->spans.begin(), stage->spans.end(),
                     [](const Span& a, const Span& b) { return a.start_nanos < b.start_nanos; });
  }
  return {};
}

}  // namespace

std::string_view ActivityName(StageActivity activity) { return kNames[static_cast<size_t>(activity)]; }

std::array<uint64_t, kActivityCount> StageTimeline::Totals() const {
  std::array<uint64_t, kActivityCount> totals{};
  for (const Span& span : spans) totals[static_cast<size_t>(span.activity)] += span.busy_nanos;
  return totals;
}

std::string ToTraceJson(const Timeline& timeline) {
  json events = json::array();
  AddNames(kSourceProcess, "source", timeline.source, events);
  AddNames(kDestinationProcess, "destination", timeline.destination, events);
  AddSpans(kSourceProcess, timeline.source, events);
  AddSpans(kDestinationProcess, timeline.destination, events);
  AddFlows(timeline, events);
  const json about = {{"format", kFormat},
                      {"version", kVersion},
                      {"pipeline", timeline.pipeline},
                      {"duration_us", Micros(timeline.duration_nanos)},
                      {"source", timeline.source.connector},
                      {"source_grain_us", Micros(timeline.source.grain_nanos)},
                      {"destination", timeline.destination.connector},
                      {"destination_grain_us", Micros(timeline.destination.grain_nanos)}};
  std::string text = "{\"displayTimeUnit\":\"ms\",\n\"otherData\":" + DumpJson(about) + ",\n\"traceEvents\":[";
  const char* separator = "\n";
  for (const json& event : events) {
    text += separator + DumpJson(event);
    separator = ",\n";
  }
  return text + "\n]}\n";
}

Result<Timeline> ReadTraceJson(std::string_view text, const std::string& name) {
  const auto document = ParseJson(text);
  if (!document) return Damaged(name, document.error().message);
  if (!document->is_object()) return Damaged(name, "it is no JSON object");
  const json& about = JsonMember(*document, "otherData");
  const json& events = JsonMember(*document, "traceEvents");
  if (JsonText(about, "format") != kFormat || !events.is_array()) return Damaged(name, "it is no timeline of a run");
  if (JsonMember(about, "version") != kVersion) return Damaged(name, "it is a timeline of a version not known here");
  Timeline timeline;
  timeline.pipeline = JsonText(about, "pipeline");
  timeline.source.connector = JsonText(about, "source");
  timeline.destination.connector = JsonText(about, "destination");
  timeline.duration_nanos = Nanos(about, "duration_us").value_or(0);
  timeline.source.grain_nanos = Nanos(about, "source_grain_us").value_or(0);
  timeline.destination.grain_nanos = Nanos(about, "destination_grain_us").value_or(0);
  RB_TRY(ReadSpans(events, name, timeline));
  for (const StageTimeline* stage : {&timeline.source, &timeline.destination}) {
    for (const Span& span : stage->spans) timeline.duration_nanos = std::max(timeline.duration_nanos, span.end_nanos);
  }
  return timeline;
}

}  // namespace rapidbyte::record
