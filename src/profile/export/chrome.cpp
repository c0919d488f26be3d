// Spans come from samples: a function that stands at the same place of the stack in samples that follow each other
// becomes one begin and one end event. An end has no name: it ends what began last. Ends are events of their own
// because viewers round a duration apart from the time it begins at, and spans would cross. Samples with their values
// stand beside the spans, so that no total depends on how spans were drawn.
#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "base/format.h"
#include "profile/export/export.h"
#include "profile/export/json_writer.h"
#include "profile/export/notes.h"
#include "profile/export/off_cpu.h"
#include "profile/export/timeline.h"

namespace rapidbyte::profile {
namespace {

constexpr int kMicroseconds = 3;          // digits behind the point, from nanoseconds
constexpr size_t kMostSpans = 1'000'000;  // some 150 MB; viewers fail at a few times that

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

// Walks the samples of one thread in order of time, tells `sink` where frames begin and end: Begin(node, time) and
// End(time) for the nodes of the stack tree, root first, and OffCpu(state, from, to) on top of them.
template <typename Sink>
void WalkSpans(const Profile& profile, const std::vector<Place>& places, double longest_gap_ns, Sink& sink) {
  const StackTable& stacks = profile.stacks;
  std::vector<StackId> open, path;
  int64_t now_ns = 0;
  const auto close_to = [&](size_t depth) {
    for (; open.size() > depth; open.pop_back()) sink.End(now_ns);
  };
  for (const Place& place : places) {
    const Sample& sample = profile.samples[place.sample];
    path.clear();
    for (StackId id = sample.stack; id != kRoot; id = stacks.Parent(id)) path.push_back(id);
    std::reverse(path.begin(), path.end());
    const bool follows = static_cast<double>(place.start_ns - now_ns) <= longest_gap_ns;
    const auto common = std::mismatch(open.begin(), open.end(), path.begin(), path.end()).second;
    close_to(follows ? static_cast<size_t>(common - path.begin()) : 0);
    for (size_t i = open.size(); i < path.size(); ++i) sink.Begin(path[i], place.start_ns);
    open.swap(path);
    now_ns = place.end_ns;
    if (sample.state != State::kRunning) sink.OffCpu(sample.state, place.start_ns, place.end_ns);
  }
  close_to(0);
}

struct SpanCounter {
  void Begin(StackId, int64_t) { ++count; }
  void End(int64_t) {}
  void OffCpu(State, int64_t, int64_t) { ++count; }
  size_t count = 0;
};

class SpanWriter {
 public:
  SpanWriter(const StackTable& stacks, Track track, JsonWriter& json) : stacks_(stacks), track_(track), json_(json) {}

  void Begin(StackId id, int64_t at_ns) {
    const FrameId frame = stacks_.Leaf(id);
    Begin(stacks_.Name(frame), OriginName(stacks_.At(frame).origin), at_ns);
  }
  void End(int64_t at_ns) { Event("E", at_ns).EndObject(); }
  void OffCpu(State state, int64_t from_ns, int64_t to_ns) {
    Begin(OffCpuFrameName(state), StateName(state), from_ns);
    End(to_ns);
  }

 private:
  void Begin(std::string_view name, std::string_view category, int64_t at_ns) {
    Event("B", at_ns).Key("cat").Text(category).Key("name").Text(name).EndObject();
  }
  JsonWriter& Event(std::string_view phase, int64_t at_ns) {
    json_.Line().BeginObject().Key("ph").Text(phase).Key("pid").Number(track_.pid).Key("tid").Number(track_.tid);
    return json_.Key("ts").Decimal(at_ns, kMicroseconds);
  }

  const StackTable& stacks_;
  Track track_;
  JsonWriter& json_;
};

// The threads' samples on the axis, and how finely they are drawn.
struct Drawing {
  std::vector<ThreadTimeline> threads;
  double longest_gap_ns = 0;  // a longer one ends all spans
  int64_t resolution_ns = 0;  // 0: sample by sample
};

Drawing DrawingOf(const Profile& profile, const std::vector<std::vector<uint32_t>>& threads) {
  Drawing drawing;
  drawing.longest_gap_ns = SamplingIntervalNs(profile);
  for (const auto& samples : threads) drawing.threads.push_back(LayOut(profile, samples, drawing.longest_gap_ns));
  return drawing;
}

size_t CountSpans(const Profile& profile, const Drawing& drawing) {
  SpanCounter counter;
  for (const ThreadTimeline& thread : drawing.threads) {
    WalkSpans(profile, thread.places, drawing.longest_gap_ns, counter);
  }
  return counter.count;
}

// The same in steps as long as it takes for no more than kMostSpans, of each step the sample that took most of it.
// Where stacks are so deep that this cannot be, one step is left.
Drawing Coarsened(const Profile& profile, const Drawing& whole) {
  constexpr int64_t kLongestStep = std::numeric_limits<int64_t>::max() / 2;
  Drawing drawing = whole;
  double step_ns = whole.longest_gap_ns;
  for (size_t spans = CountSpans(profile, whole); spans > kMostSpans && drawing.resolution_ns < kLongestStep;
       spans = CountSpans(profile, drawing)) {
    step_ns *= std::max(1.2, static_cast<double>(spans) / kMostSpans);
    drawing.resolution_ns = step_ns < 0x1p62 ? static_cast<int64_t>(step_ns) : kLongestStep;
    drawing.longest_gap_ns = std::max(whole.longest_gap_ns, static_cast<double>(drawing.resolution_ns));
    for (size_t i = 0; i < whole.threads.size(); ++i) {
      drawing.threads[i].places = InSteps(whole.threads[i].places, drawing.resolution_ns);
    }
  }
  return drawing;
}

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

void WriteOtherData(const Profile& profile, const Drawing& drawing, JsonWriter& json) {
  const auto is_clock = [](const ThreadTimeline& thread) { return thread.has_times; };
  json.Key("otherData").BeginObject().Key("exporter").Text("rapidbyte");
  json.Key("weights").Text(profile.unit == Unit::kNanoseconds ? "nanoseconds" : "samples");
  if (!std::all_of(drawing.threads.begin(), drawing.threads.end(), is_clock)) {
    json.Key("axis").Text("Some threads hold sums, laid end to end: their axis is no clock.");
  }
  if (drawing.resolution_ns > 0) {
    json.Key("spans").Text("There are too many for a viewer: of each " +
                           FormatDuration(static_cast<double>(drawing.resolution_ns) / 1e9) +
                           " the sample that took most of it is drawn. All are in \"samples\".");
  }
  const std::vector<std::string> notes = Notes(profile);
  for (size_t i = 0; i < notes.size(); ++i) json.Key("note " + std::to_string(i + 1)).Text(notes[i]);
  json.EndObject();
}

// What traceEvents holds of one thread.
void WriteThread(const Profile& profile, size_t index, Track track, const Drawing& drawing, JsonWriter& json) {
  const Thread& thread = profile.threads[index];
  if (!thread.process.empty()) WriteName("process_name", track, thread.process, json);
  WriteName("thread_name", track, thread.name.empty() ? ThreadTitle(profile, index) : thread.name, json);
  SpanWriter spans(profile.stacks, track, json);
  WalkSpans(profile, drawing.threads[index].places, drawing.longest_gap_ns, spans);
}

void WriteSample(const Sample& sample, Track track, int64_t start_ns, JsonWriter& json) {
  json.Line().BeginObject().Key("pid").Number(track.pid).Key("tid").Number(track.tid);
  json.Key("ts").Decimal(start_ns, kMicroseconds).Key("name").Text(StateName(sample.state));
  json.Key("sf").Number(Index(sample.stack)).Key("weight").Number(sample.value).EndObject();
}

}  // namespace

void WriteChrome(const Profile& profile, std::ostream& out) {
  const std::vector<Track> tracks = TracksOf(profile);
  const Drawing whole = DrawingOf(profile, SamplesByThread(profile));
  const Drawing drawing = Coarsened(profile, whole);

  JsonWriter json(out);
  json.BeginObject().Key("displayTimeUnit").Text("ns").Key("traceEvents").BeginArray();
  for (size_t i = 0; i < tracks.size(); ++i) WriteThread(profile, i, tracks[i], drawing, json);
  json.EndArray().Key("samples").BeginArray();
  for (size_t i = 0; i < tracks.size(); ++i) {
    for (const Place& place : whole.threads[i].places) {
      WriteSample(profile.samples[place.sample], tracks[i], place.start_ns, json);
    }
  }
  json.EndArray();
  WriteStackFrames(profile.stacks, json);
  WriteOtherData(profile, drawing, json);
  json.EndObject();
}

}  // namespace rapidbyte::profile
