// Frames are shared by all profiles of the file and named by the id they have here. Equal stacks that follow each other
// become one entry with the sum of their values: speedscope would draw them as one anyway.
#include <vector>

#include "profile/export/export.h"
#include "profile/export/json_writer.h"
#include "profile/export/notes.h"
#include "profile/export/timeline.h"

namespace rapidbyte::profile {
namespace {

struct Run {
  StackId stack{};
  double value = 0;
};

std::vector<Run> RunsOf(const Profile& profile, const std::vector<uint32_t>& samples, State state) {
  std::vector<Run> runs;
  for (const uint32_t index : samples) {
    const Sample& sample = profile.samples[index];
    if (sample.state != state) continue;
    if (runs.empty() || runs.back().stack != sample.stack) runs.push_back({sample.stack, 0});
    runs.back().value += sample.value;
  }
  return runs;
}

void WriteFrames(const StackTable& stacks, JsonWriter& json) {
  json.Key("shared").BeginObject().Key("frames").BeginArray();
  for (uint32_t i = 0; i < stacks.frame_count(); ++i) {
    const Frame& frame = stacks.At(FrameId{i});
    json.Line().BeginObject().Key("name").Text(stacks.Text(frame.name));
    const StringId file = frame.file == StringId{} ? frame.image : frame.file;
    if (file != StringId{}) json.Key("file").Text(stacks.Text(file));
    if (frame.file != StringId{} && frame.line > 0) json.Key("line").Number(frame.line);
    json.EndObject();
  }
  json.EndArray().EndObject();
}

void WriteStack(const StackTable& stacks, StackId stack, JsonWriter& json) {
  json.Line().BeginArray();
  for (const FrameId frame : stacks.Path(stack)) json.Number(Index(frame));
  json.EndArray();
}

void WriteRuns(const Profile& profile, const std::string& name, const std::vector<Run>& runs, JsonWriter& json) {
  double total = 0;
  for (const Run& run : runs) total += run.value;
  json.Line().BeginObject().Key("type").Text("sampled").Key("name").Text(name);
  json.Key("unit").Text(profile.unit == Unit::kNanoseconds ? "nanoseconds" : "none");
  json.Key("startValue").Number(0).Key("endValue").Number(total);
  WriteColumn(json, "samples", runs.size(), [&](size_t i) { WriteStack(profile.stacks, runs[i].stack, json); });
  WriteColumn(json, "weights", runs.size(), [&](size_t i) { json.Number(runs[i].value); });
  json.EndObject();
}

// The document's name is the only place for what a reader must know.
std::string Title(const Profile& profile) {
  std::string title;
  for (const std::string& note : Notes(profile)) title += (title.empty() ? "" : " · ") + note;
  return title.empty() ? "profile" : title;
}

}  // namespace

void WriteSpeedscope(const Profile& profile, std::ostream& out) {
  JsonWriter json(out);
  json.BeginObject().Key("$schema").Text("https://www.speedscope.app/file-format-schema.json");
  json.Key("name").Text(Title(profile)).Key("activeProfileIndex").Number(0).Key("exporter").Text("rapidbyte");
  WriteFrames(profile.stacks, json);
  json.Key("profiles").BeginArray();
  const std::vector<std::vector<uint32_t>> threads = SamplesByThread(profile);
  for (size_t state = 0; state < kStateCount; ++state) {
    for (size_t thread = 0; thread < threads.size(); ++thread) {
      const std::vector<Run> runs = RunsOf(profile, threads[thread], State(state));
      if (runs.empty()) continue;
      WriteRuns(profile, ThreadTitle(profile, thread) + " · " + std::string(StateName(State(state))), runs, json);
    }
  }
  if (profile.samples.empty()) WriteRuns(profile, "nothing was sampled", {}, json);  // the viewer wants one
  json.EndArray().EndObject();
}

}  // namespace rapidbyte::profile
