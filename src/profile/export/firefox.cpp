// The tables are columns, and so is the profile's own stack table: a stack's row is its id less one, for the root has
// none; a frame's row is its id. Two frames and some stacks are added for what was off the CPU. Version 66 is the first
// whose stack table is written as distances to the parent; newer viewers read it by upgrading it.
#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "profile/export/export.h"
#include "profile/export/firefox_rows.h"
#include "profile/export/json_writer.h"
#include "profile/export/notes.h"
#include "profile/export/off_cpu.h"
#include "profile/export/timeline.h"

namespace rapidbyte::profile {
namespace {

constexpr int kFormatVersion = 66;
constexpr int kMilliseconds = 6;  // digits behind the point, from nanoseconds

struct Category {
  std::string_view name;
  std::string_view color;  // of the viewer's list
};

// By Origin, then by State less kRunning. The viewer wants one that is grey, and takes it for everything else.
constexpr std::array<Category, kOriginCount + kStateCount - 1> kCategories = {{{"Program", "blue"},
                                                                               {"Connector", "green"},
                                                                               {"Library", "yellow"},
                                                                               {"PostgreSQL", "purple"},
                                                                               {"JIT", "magenta"},
                                                                               {"Kernel", "orange"},
                                                                               {"Other", "grey"},
                                                                               {"Blocked", "transparent"},
                                                                               {"Preempted", "red"}}};

size_t OffCpuIndex(State state) { return static_cast<size_t>(state) - 1; }

class FirefoxWriter {
 public:
  FirefoxWriter(const Profile& profile, std::ostream& out)
      : profile_(profile),
        stacks_(profile.stacks),
        rows_(FirefoxRowsOf(profile.stacks)),
        off_cpu_(profile),
        interval_ns_(SamplingIntervalNs(profile)),
        json_(out) {}

  void Write() {
    const std::vector<std::vector<uint32_t>> threads = SamplesByThread(profile_);
    origin_ns_ = OriginNs(threads);
    json_.BeginObject();
    WriteMeta();
    WriteLibs();
    json_.Line().Key("shared").BeginObject();
    WriteStackTable();
    WriteFrameTable();
    WriteFuncTable();
    WriteSmallTables();
    WriteStrings();
    json_.EndObject().Line().Key("threads").BeginArray();
    for (size_t i = 0; i < threads.size(); ++i) {
      const Thread& thread = profile_.threads[i];
      WriteThread(thread, thread.name.empty() ? ThreadTitle(profile_, i) : thread.name, threads[i]);
    }
    if (threads.empty()) WriteThread(Thread{}, "nothing was sampled", {});  // the viewer wants one
    json_.EndArray().EndObject();
  }

 private:
  // The start of the recording, or of the first thing that is known.
  int64_t OriginNs(const std::vector<std::vector<uint32_t>>& threads) const {
    int64_t origin = profile_.start_ns >= 0 ? profile_.start_ns : std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < threads.size(); ++i) {
      if (threads[i].empty()) continue;
      const Sample& first = profile_.samples[threads[i].front()];
      if (first.time_ns < 0) return 0;  // sums are laid out from 0
      // A sample on the CPU reaches back by its value.
      origin = std::min(origin, LayOut(profile_, {threads[i].front()}, interval_ns_).places.front().start_ns);
    }
    return origin == std::numeric_limits<int64_t>::max() ? 0 : origin;
  }

  void WriteMeta();
  void WriteExtra();
  void WriteLibs();
  void WriteStackTable();
  void WriteFrameTable();
  void WriteFuncTable();
  void WriteSmallTables();
  void WriteStrings();
  void WriteThread(const Thread& thread, const std::string& name, const std::vector<uint32_t>& samples);
  void WriteSamples(const std::vector<uint32_t>& samples);

  template <typename Value>
  void Column(std::string_view key, size_t length, const Value& value) {
    WriteColumn(json_, key, length, value);
  }
  void Constant(std::string_view key, size_t length, int value) {
    Column(key, length, [&](size_t) { json_.Number(value); });
  }
  void Nulls(std::string_view key, size_t length) {
    Column(key, length, [&](size_t) { json_.Null(); });
  }
  void NumberOrNull(uint32_t value, bool known) { known ? json_.Number(value) : json_.Null(); }

  const Profile& profile_;
  const StackTable& stacks_;
  FirefoxRows rows_;
  OffCpuStacks off_cpu_;
  double interval_ns_;
  int64_t origin_ns_ = 0;
  JsonWriter json_;
};

void FirefoxWriter::WriteMeta() {
  json_.Key("meta").BeginObject();
  json_.Key("version").Number(24).Key("preprocessedProfileVersion").Number(kFormatVersion);
  json_.Key("interval").Number(interval_ns_ / 1e6).Key("startTime").Number(0);
  json_.Key("startTimeAsClockMonotonicNanosecondsSinceBoot").Number(origin_ns_);
  json_.Key("processType").Number(0).Key("stackwalk").Number(1).Key("debug").Bool(false);
  json_.Key("product").Text(profile_.command.empty() ? "Rapidbyte profile" : profile_.command);
  json_.Key("importedFrom").Text("Rapidbyte").Key("arguments").Text(profile_.command);
  json_.Key("symbolicated").Bool(true).Key("usesOnlyOneStackType").Bool(true);
  json_.Key("sourceCodeIsNotOnSearchfox").Bool(true).Key("markerSchema").BeginArray().EndArray();
  json_.Key("sampleUnits").BeginObject().Key("time").Text("ms").Key("eventDelay").Text("ms");
  json_.Key("threadCPUDelta").Text("ns").EndObject();
  json_.Key("categories").BeginArray();
  for (const Category& category : kCategories) {
    json_.BeginObject().Key("name").Text(category.name).Key("color").Text(category.color);
    json_.Key("subcategories").BeginArray().Text("Other").EndArray().EndObject();
  }
  json_.EndArray();
  WriteExtra();
  json_.EndObject();
}

void FirefoxWriter::WriteExtra() {
  json_.Key("extra").BeginArray().BeginObject().Key("label").Text("Rapidbyte").Key("entries").BeginArray();
  for (const std::string& note : Notes(profile_)) {
    json_.BeginObject().Key("label").Text("Note").Key("format").Text("string").Key("value").Text(note).EndObject();
  }
  json_.EndArray().EndObject().EndArray();
}

void FirefoxWriter::WriteLibs() {
  json_.Line();
  Column("libs", rows_.libraries.size(), [&](size_t i) {
    const std::string_view path = stacks_.Text(rows_.libraries[i]);
    const std::string_view name = path.substr(path.rfind('/') + 1);
    json_.Line().BeginObject().Key("arch").Text("").Key("name").Text(name).Key("path").Text(path);
    json_.Key("debugName").Text(name).Key("debugPath").Text(path);
    json_.Key("breakpadId").Text("000000000000000000000000000000000").Key("codeId").Null().EndObject();
  });
}

void FirefoxWriter::WriteStackTable() {
  const size_t own = stacks_.stack_count() - 1;
  const size_t length = own + off_cpu_.stacks().size();
  json_.Key("stackTable").BeginObject().Key("length").Number(length);
  Column("frame", length, [&](size_t row) {
    if (row < own) return void(json_.Number(Index(stacks_.Leaf(StackId(row + 1)))));
    json_.Number(stacks_.frame_count() + OffCpuIndex(off_cpu_.stacks()[row - own].state));
  });
  Column("prefixOffset", length, [&](size_t row) {
    const StackId parent = row < own ? stacks_.Parent(StackId(row + 1)) : off_cpu_.stacks()[row - own].parent;
    json_.Number(parent == kRoot ? 0 : row + 1 - Index(parent));
  });
  json_.EndObject();
}

void FirefoxWriter::WriteFrameTable() {
  const size_t own = stacks_.frame_count();
  const size_t length = own + kStateCount - 1;
  const auto at = [&](size_t row) { return row < own ? stacks_.At(FrameId(row)) : Frame{}; };
  json_.Line().Key("frameTable").BeginObject().Key("length").Number(length);
  Constant("address", length, -1);
  Column("inlineDepth", length, [&](size_t row) { json_.Number(at(row).inlined ? 1 : 0); });
  Column("category", length, [&](size_t row) {
    json_.Number(row < own ? static_cast<size_t>(at(row).origin) : kOriginCount + (row - own));
  });
  Constant("subcategory", length, 0);
  Column("func", length, [&](size_t row) {
    json_.Number(row < own ? rows_.function_of_frame[row] : rows_.functions.size() + (row - own));
  });
  Nulls("nativeSymbol", length);
  Constant("innerWindowID", length, 0);
  Column("line", length, [&](size_t row) { NumberOrNull(at(row).line, at(row).line > 0); });
  Nulls("column", length);
  Nulls("originalLocation", length);
  json_.EndObject();
}

void FirefoxWriter::WriteFuncTable() {
  const size_t own = rows_.functions.size();
  const size_t length = own + kStateCount - 1;
  json_.Line().Key("funcTable").BeginObject().Key("length").Number(length);
  Column("name", length, [&](size_t row) {
    json_.Number(row < own ? Index(stacks_.At(rows_.functions[row]).name) : stacks_.string_count() + (row - own));
  });
  Column("isJS", length, [&](size_t) { json_.Bool(false); });
  Column("relevantForJS", length, [&](size_t) { json_.Bool(false); });
  Column("resource", length, [&](size_t row) {
    const uint32_t library =
        row < own ? rows_.library_of_string[Index(stacks_.At(rows_.functions[row]).image)] : kNoRow;
    json_.Number(library == kNoRow ? int64_t{-1} : library);
  });
  Column("source", length, [&](size_t row) {
    const uint32_t source = row < own ? rows_.source_of_string[Index(stacks_.At(rows_.functions[row]).file)] : kNoRow;
    NumberOrNull(source, source != kNoRow);
  });
  Nulls("lineNumber", length);
  Nulls("columnNumber", length);
  Nulls("originalLocation", length);
  json_.EndObject();
}

void FirefoxWriter::WriteSmallTables() {
  const size_t libraries = rows_.libraries.size();
  json_.Line().Key("resourceTable").BeginObject().Key("length").Number(libraries);
  Column("lib", libraries, [&](size_t row) { json_.Number(row); });
  Column("name", libraries, [&](size_t row) { json_.Number(Index(rows_.libraries[row])); });
  Nulls("host", libraries);
  Constant("type", libraries, 1);  // a library
  json_.EndObject();

  const size_t sources = rows_.sources.size();
  json_.Key("sources").BeginObject().Key("length").Number(sources);
  Nulls("id", sources);
  Column("filename", sources, [&](size_t row) { json_.Number(Index(rows_.sources[row])); });
  Constant("startLine", sources, 1);
  Constant("startColumn", sources, 1);
  Nulls("sourceMapURL", sources);
  Nulls("content", sources);
  json_.EndObject();

  for (const auto& [table, columns] : std::initializer_list<std::pair<const char*, std::vector<const char*>>>{
           {"nativeSymbols", {"libIndex", "address", "name", "functionSize"}},
           {"sourceLocationTable", {"source", "line", "column"}}}) {
    json_.Key(table).BeginObject().Key("length").Number(0);
    for (const char* column : columns) Nulls(column, 0);
    json_.EndObject();
  }
}

void FirefoxWriter::WriteStrings() {
  const size_t own = stacks_.string_count();
  json_.Line();
  Column("stringArray", own + kStateCount - 1, [&](size_t i) {
    if (i < own) return void(json_.Text(stacks_.Text(StringId(i))));
    json_.Text(OffCpuFrameName(State(i - own + 1)));
  });
}

void FirefoxWriter::WriteThread(const Thread& thread, const std::string& name, const std::vector<uint32_t>& samples) {
  const auto time = [&](int64_t ns) { json_.Decimal(std::max<int64_t>(0, ns - origin_ns_), kMilliseconds); };
  const std::string pid = std::to_string(thread.pid);
  json_.Line().BeginObject().Key("name").Text(name).Key("processType").Text("default");
  json_.Key("processName").Text(thread.process.empty() ? "process " + pid : thread.process);
  json_.Key("isMainThread").Bool(thread.pid == thread.tid);
  json_.Key("pid").Text(pid).Key("tid").Number(thread.tid);
  json_.Key("processStartupTime").Number(0).Key("processShutdownTime").Null().Key("registerTime");
  time(thread.start_ns > 0 ? thread.start_ns : origin_ns_);
  json_.Key("unregisterTime");
  if (thread.end_ns > 0) {
    time(thread.end_ns);
  } else {
    json_.Null();
  }
  json_.Key("pausedRanges").BeginArray().EndArray();
  json_.Key("markers").BeginObject().Key("length").Number(0);
  for (const char* column : {"data", "name", "startTime", "endTime", "phase", "category"}) Nulls(column, 0);
  json_.EndObject();
  WriteSamples(samples);
  json_.EndObject();
}

void FirefoxWriter::WriteSamples(const std::vector<uint32_t>& samples) {
  const std::vector<Place> places = LayOut(profile_, samples, interval_ns_).places;
  const bool times = profile_.unit == Unit::kNanoseconds;
  const auto at = [&](size_t i) -> const Sample& { return profile_.samples[places[i].sample]; };
  json_.Key("samples").BeginObject().Key("length").Number(places.size());
  Column("stack", places.size(), [&](size_t i) {
    if (at(i).state != State::kRunning) return void(json_.Number(off_cpu_.RowOf(at(i))));
    NumberOrNull(static_cast<uint32_t>(Index(at(i).stack)) - 1, at(i).stack != kRoot);
  });
  Column("time", places.size(), [&](size_t i) { json_.Decimal(places[i].start_ns - origin_ns_, kMilliseconds); });
  json_.Key("weightType").Text(times ? "tracing-ms" : "samples");
  Column("weight", places.size(), [&](size_t i) { json_.Number(times ? at(i).value / 1e6 : at(i).value); });
  // Since the sample before; the viewer draws how busy the thread was from it.
  Column("threadCPUDelta", places.size(), [&](size_t i) {
    const bool ran = i > 0 && at(i - 1).state == State::kRunning;
    json_.Number(ran ? places[i - 1].end_ns - places[i - 1].start_ns : 0);
  });
  json_.EndObject();
}

}  // namespace

void WriteFirefox(const Profile& profile, std::ostream& out) { FirefoxWriter(profile, out).Write(); }

}  // namespace rapidbyte::profile
