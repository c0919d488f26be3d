// Spans come from samples: a function that stands at the same place of the stack in samples that follow each other
// becomes one begin and one end event. An end has no name: it ends what began last. Samples with their values stand
// beside the spans, so that no total depends on how spans were drawn.
#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "profile/export/export.h"
#include "profile/export/json_writer.h"
#include "profile/export/notes.h"
#include "profile/export/off_cpu.h"
#include "profile/export/timeline.h"

namespace rapidbyte::profile {
namespace {

constexpr int kMicroseconds = 3;  // digits behind the point, from nanoseconds

struct Track {
  int32_t pid = 0;
  int32_t tid = 0;
};

// The threads' own ids, but each pair once and no tid of 0, which viewers take for the idle thread.
std::vector<Track> TracksOf(const Profile& profile) {
  std::vector<Track> tracks;
  std::set<std::pair<int32_t, int32_t>> taken;
  int32_t next = 1;
  for (const Thread& thread : profile.threads) {
    Track track{std::max(thread.pid, 1), thread.tid};
    if (track.tid <= 0) track.tid = next;
    while (!taken.insert({track.pid, track.tid}).second) track.tid = next++;
    tracks.push_back(track);
  }
  return tracks;
}

// The nodes of the stack tree that are open at one moment, root first, and the state's own frame on top of them.
class SpanWriter {
 public:
  SpanWriter(const Profile& profile, Track track, double interval_ns, JsonWriter& json)
      : profile_(profile), track_(track), interval_ns_(interval_ns), json_(json) {}

  void Add(const Place& place) {
    const Sample& sample = profile_.samples[place.sample];
    std::vector<StackId> path;
    for (StackId id = sample.stack; id != kRoot; id = profile_.stacks.Parent(id)) path.push_back(id);
    std::reverse(path.begin(), path.end());
    const bool follows = static_cast<double>(place.start_ns - now_ns_) <= interval_ns_;
    const auto common = std::mismatch(open_.begin(), open_.end(), path.begin(), path.end()).second;
    CloseTo(follows ? static_cast<size_t>(common - path.begin()) : 0);
    for (size_t i = open_.size(); i < path.size(); ++i) Open(path[i], place.start_ns);
    now_ns_ = place.end_ns;
    if (sample.state == State::kRunning) return;
    Begin(OffCpuFrameName(sample.state), StateName(sample.state), place.start_ns);
    End(place.end_ns);
  }
  void Finish() { CloseTo(0); }

 private:
  void Open(StackId id, int64_t at_ns) {
    const FrameId frame = profile_.stacks.Leaf(id);
    Begin(profile_.stacks.Name(frame), OriginName(profile_.stacks.At(frame).origin), at_ns);
    open_.push_back(id);
  }
  void CloseTo(size_t depth) {
    for (; open_.size() > depth; open_.pop_back()) End(now_ns_);
  }
  void Begin(std::string_view name, std::string_view category, int64_t at_ns) {
    Event("B", at_ns).Key("cat").Text(category).Key("name").Text(name).EndObject();
  }
  void End(int64_t at_ns) { Event("E", at_ns).EndObject(); }
  JsonWriter& Event(std::string_view phase, int64_t at_ns) {
    json_.Line().BeginObject().Key("ph").Text(phase).Key("pid").Number(track_.pid).Key("tid").Number(track_.tid);
    return json_.Key("ts").Decimal(at_ns, kMicroseconds);
  }

  const Profile& profile_;
  Track track_;
  double interval_ns_;
  JsonWriter& json_;
  std::vector<StackId> open_;
  int64_t now_ns_ = 0;
};

void WriteName(const char* what, Track track, const std::string& name, JsonWriter& json) {
  json.Line().BeginObject().Key("ph").Text("M").Key("pid").Number(track.pid).Key("tid").Number(track.tid);
  json.Key("ts").Number(0).Key("name").Text(what).Key("args").BeginObject().Key("name").Text(name).EndObject();
  json.EndObject();
}

void WriteStackFrames(const StackTable& stacks, JsonWriter& json) {
  json.Key("stackFrames").BeginObject();
  json.Key("0").BeginObject().Key("name").Text("[no stack]").Key("category").Text("").EndObject();
  for (uint32_t i = 1; i < stacks.stack_count(); ++i) {
    const Frame& frame = stacks.At(stacks.Leaf(StackId{i}));
    json.Line().Key(std::to_string(i)).BeginObject().Key("name").Text(stacks.Text(frame.name));
    json.Key("category").Text(frame.image == StringId{} ? OriginName(frame.origin) : stacks.Text(frame.image));
    const StackId parent = stacks.Parent(StackId{i});
    if (parent != kRoot) json.Key("parent").Number(Index(parent));
    json.EndObject();
  }
  json.EndObject();
}

void WriteOtherData(const Profile& profile, bool has_sums, JsonWriter& json) {
  json.Key("otherData").BeginObject().Key("exporter").Text("rapidbyte");
  json.Key("weights").Text(profile.unit == Unit::kNanoseconds ? "nanoseconds" : "samples");
  if (has_sums) json.Key("axis").Text("Some threads hold sums, laid end to end: their axis is no clock.");
  const std::vector<std::string> notes = Notes(profile);
  for (size_t i = 0; i < notes.size(); ++i) json.Key("note " + std::to_string(i + 1)).Text(notes[i]);
  json.EndObject();
}

// Everything of one thread that goes into traceEvents; notes in `starts` where each sample was put. Returns whether the
// axis is a clock.
bool WriteThread(const Profile& profile, size_t index, const std::vector<uint32_t>& samples, Track track,
                 double interval_ns, std::vector<int64_t>& starts, JsonWriter& json) {
  const Thread& thread = profile.threads[index];
  if (!thread.process.empty()) WriteName("process_name", track, thread.process, json);
  WriteName("thread_name", track, thread.name.empty() ? ThreadTitle(profile, index) : thread.name, json);
  const ThreadTimeline timeline = LayOut(profile, samples, interval_ns);
  SpanWriter spans(profile, track, interval_ns, json);
  for (const Place& place : timeline.places) {
    spans.Add(place);
    starts[place.sample] = place.start_ns;
  }
  spans.Finish();
  return timeline.has_times;
}

void WriteSample(const Sample& sample, Track track, int64_t start_ns, JsonWriter& json) {
  json.Line().BeginObject().Key("pid").Number(track.pid).Key("tid").Number(track.tid);
  json.Key("ts").Decimal(start_ns, kMicroseconds).Key("name").Text(StateName(sample.state));
  json.Key("sf").Number(Index(sample.stack)).Key("weight").Number(sample.value).EndObject();
}

}  // namespace

void WriteChrome(const Profile& profile, std::ostream& out) {
  const std::vector<std::vector<uint32_t>> threads = SamplesByThread(profile);
  const std::vector<Track> tracks = TracksOf(profile);
  const double interval_ns = SamplingIntervalNs(profile);
  std::vector<int64_t> starts(profile.samples.size());
  bool has_sums = false;

  JsonWriter json(out);
  json.BeginObject().Key("displayTimeUnit").Text("ns").Key("traceEvents").BeginArray();
  for (size_t i = 0; i < threads.size(); ++i) {
    has_sums |= !WriteThread(profile, i, threads[i], tracks[i], interval_ns, starts, json);
  }
  json.EndArray().Key("samples").BeginArray();
  for (size_t i = 0; i < threads.size(); ++i) {
    for (const uint32_t s : threads[i]) WriteSample(profile.samples[s], tracks[i], starts[s], json);
  }
  json.EndArray();
  WriteStackFrames(profile.stacks, json);
  WriteOtherData(profile, has_sums, json);
  json.EndObject();
}

}  // namespace rapidbyte::profile
