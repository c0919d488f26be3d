// Samples of one thread, state and stack are added up: the format has no times. A function that was inlined and the one
// it was inlined into share a location, innermost first, as the format wants it. Addresses are not kept in a profile,
// so every location stands for a function and not for an instruction.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/utf8.h"
#include "profile/export/export.h"
#include "profile/export/gzip.h"
#include "profile/export/notes.h"
#include "profile/export/protobuf_writer.h"

namespace rapidbyte::profile {
namespace {

// Numbers of the fields in profile.proto.
namespace field {
enum Profile : uint32_t {
  kSampleType = 1,
  kSample = 2,
  kMapping = 3,
  kLocation = 4,
  kFunction = 5,
  kString = 6,
  kDurationNanos = 10,
  kPeriodType = 11,
  kPeriod = 12,
  kComment = 13,
  kDefaultSampleType = 14
};
enum ValueType : uint32_t { kType = 1, kUnit = 2 };
enum Sample : uint32_t { kSampleLocation = 1, kSampleValue = 2, kLabel = 3 };
enum Label : uint32_t { kKey = 1, kText = 2, kNumber = 3 };
enum Mapping : uint32_t {
  kMappingId = 1,
  kMappingFile = 5,
  kHasFunctions = 7,
  kHasFiles = 8,
  kHasLines = 9,
  kHasInlined = 10
};
enum Location : uint32_t { kLocationId = 1, kLocationMapping = 2, kLocationLine = 4 };
enum Line : uint32_t { kLineFunction = 1, kLineNumber = 2 };
enum Function : uint32_t { kFunctionId = 1, kFunctionName = 2, kFunctionFile = 4, kFunctionLine = 5 };
}  // namespace field

struct ValueNames {
  std::string_view count;  // of the times it was seen
  std::string_view time;
};
constexpr std::array<ValueNames, kStateCount> kValueNames = {
    {{"samples", "cpu"}, {"waits", "blocked"}, {"preemptions", "preempted"}}};

uint64_t Whole(double value) {
  if (!(value > 0)) return 0;
  return value >= 0x1p63 ? uint64_t{std::numeric_limits<int64_t>::max()} : static_cast<uint64_t>(std::llround(value));
}

class PprofWriter {
 public:
  explicit PprofWriter(const Profile& profile) : profile_(profile), stacks_(profile.stacks) { TextId(""); }

  std::string Write() {
    WriteSampleTypes();
    WriteMappings();
    WriteFunctions();
    WriteSamples();
    WriteRest();
    return out_.bytes();
  }

 private:
  void WriteSampleTypes();
  void WriteMappings();
  void WriteFunctions();
  void WriteSamples();
  void WriteSample(const uint32_t* begin, const uint32_t* end);
  void WriteRest();

  // Strings are written when they first come up: the order in the file is the order of their numbers.
  uint64_t TextId(std::string_view text) {
    const auto [entry, fresh] = texts_.try_emplace(ValidUtf8(text), texts_.size());
    if (fresh) out_.Bytes(field::kString, entry->first);
    return entry->second;
  }
  uint64_t TextId(StringId id) { return TextId(stacks_.Text(id)); }
  void ValueType(uint32_t number, std::string_view type, std::string_view unit) {
    ProtobufWriter message;
    message.Integer(field::kType, TextId(type));
    message.Integer(field::kUnit, TextId(unit));
    out_.Message(number, message);
  }
  void Label(std::string_view key, std::string_view text, int64_t number, ProtobufWriter& sample) {
    if (text.empty() && number == 0) return;
    ProtobufWriter label;
    label.Integer(field::kKey, TextId(key));
    label.Integer(field::kText, TextId(text));
    label.Integer(field::kNumber, static_cast<uint64_t>(number));
    sample.Message(field::kLabel, label);
  }

  std::vector<uint64_t> LocationsOf(StackId stack);
  uint64_t LocationOf(StackId leaf);

  const Profile& profile_;
  const StackTable& stacks_;
  ProtobufWriter out_;
  std::unordered_map<std::string, uint64_t> texts_;
  std::vector<size_t> states_;  // those that have columns of values, in order
  std::map<StringId, uint64_t> mappings_;
  std::vector<uint64_t> function_of_frame_;
  std::map<std::vector<FrameId>, uint64_t> locations_;  // by a function and those inlined into it
  std::vector<uint64_t> location_of_stack_;             // by the stack's last frame; 0: not yet known
};

void PprofWriter::WriteSampleTypes() {
  std::array<bool, kStateCount> seen{};
  for (const Sample& sample : profile_.samples) seen[static_cast<size_t>(sample.state)] = true;
  for (size_t state = 0; state < kStateCount; ++state) {
    // With times all of them: pprof compares profiles only where they have the same columns.
    if (state > 0 && !seen[state] && profile_.unit == Unit::kSamples) continue;
    states_.push_back(state);
    ValueType(field::kSampleType, kValueNames[state].count, "count");
    if (profile_.unit == Unit::kNanoseconds) ValueType(field::kSampleType, kValueNames[state].time, "nanoseconds");
  }
  // A viewer shows this one first.
  const auto found = std::find(seen.begin(), seen.end(), true);
  const size_t first = found == seen.end() ? 0 : static_cast<size_t>(found - seen.begin());
  const ValueNames& names = kValueNames[first];
  out_.Integer(field::kDefaultSampleType, TextId(profile_.unit == Unit::kNanoseconds ? names.time : names.count));
}

// The measured program's own image comes first: viewers take the first one for the main binary.
void PprofWriter::WriteMappings() {
  struct Image {
    StringId name{};
    bool is_library = true;
    bool has_files = false;
    bool has_lines = false;
    bool has_inlined = false;
  };
  std::map<StringId, Image> images;
  for (uint32_t i = 0; i < stacks_.frame_count(); ++i) {
    const Frame& frame = stacks_.At(FrameId{i});
    if (frame.image == StringId{}) continue;
    Image& image = images[frame.image];
    image.name = frame.image;
    image.is_library &= frame.origin != Origin::kProgram;
    image.has_files |= frame.file != StringId{};
    image.has_lines |= frame.line > 0;
    image.has_inlined |= frame.inlined;
  }
  std::vector<Image> order;
  for (const auto& [name, image] : images) order.push_back(image);
  std::stable_partition(order.begin(), order.end(), [](const Image& image) { return !image.is_library; });
  for (const Image& image : order) {
    const uint64_t id = mappings_.emplace(image.name, mappings_.size() + 1).first->second;
    ProtobufWriter mapping;
    mapping.Integer(field::kMappingId, id);
    mapping.Integer(field::kMappingFile, TextId(image.name));
    mapping.Integer(field::kHasFunctions, 1);
    mapping.Integer(field::kHasFiles, image.has_files);
    mapping.Integer(field::kHasLines, image.has_lines);
    mapping.Integer(field::kHasInlined, image.has_inlined);
    out_.Message(field::kMapping, mapping);
  }
}

void PprofWriter::WriteFunctions() {
  std::map<std::tuple<StringId, StringId, uint32_t>, uint64_t> functions;
  for (uint32_t i = 0; i < stacks_.frame_count(); ++i) {
    const Frame& frame = stacks_.At(FrameId{i});
    const auto [entry, fresh] = functions.try_emplace({frame.name, frame.file, frame.line}, functions.size() + 1);
    function_of_frame_.push_back(entry->second);
    if (!fresh) continue;
    ProtobufWriter function;
    function.Integer(field::kFunctionId, entry->second);
    function.Integer(field::kFunctionName, TextId(frame.name));
    function.Integer(field::kFunctionFile, TextId(frame.file));
    function.Integer(field::kFunctionLine, frame.line);
    out_.Message(field::kFunction, function);
  }
}

// Of the last frame of the stack, with the frames that it was inlined into. Written where it is new.
uint64_t PprofWriter::LocationOf(StackId leaf) {
  uint64_t& known = location_of_stack_[Index(leaf)];
  if (known != 0) return known;
  std::vector<FrameId> frames = {stacks_.Leaf(leaf)};
  for (StackId id = stacks_.Parent(leaf); id != kRoot && stacks_.At(frames.back()).inlined; id = stacks_.Parent(id)) {
    frames.push_back(stacks_.Leaf(id));
  }
  const auto [entry, fresh] = locations_.try_emplace(frames, locations_.size() + 1);
  known = entry->second;
  if (!fresh) return known;
  ProtobufWriter location;
  location.Integer(field::kLocationId, known);
  const auto mapping = mappings_.find(stacks_.At(frames.back()).image);
  if (mapping != mappings_.end()) location.Integer(field::kLocationMapping, mapping->second);
  for (const FrameId frame : frames) {
    ProtobufWriter line;
    line.Integer(field::kLineFunction, function_of_frame_[Index(frame)]);
    line.Integer(field::kLineNumber, stacks_.At(frame).line);
    location.Message(field::kLocationLine, line);
  }
  out_.Message(field::kLocation, location);
  return known;
}

// The leaf first. A frame that was inlined is part of the location that ends below it.
std::vector<uint64_t> PprofWriter::LocationsOf(StackId stack) {
  std::vector<uint64_t> locations;
  while (stack != kRoot) {
    locations.push_back(LocationOf(stack));
    while (stacks_.At(stacks_.Leaf(stack)).inlined && stacks_.Parent(stack) != kRoot) stack = stacks_.Parent(stack);
    stack = stacks_.Parent(stack);
  }
  return locations;
}

// Those of one thread, state and stack.
void PprofWriter::WriteSample(const uint32_t* begin, const uint32_t* end) {
  double value = 0;
  double count = 0;
  for (const uint32_t* index = begin; index != end; ++index) {
    value += profile_.samples[*index].value;
    count += profile_.samples[*index].count;
  }
  const Sample& sample = profile_.samples[*begin];
  const Thread& thread = profile_.threads[sample.thread];
  ProtobufWriter message;
  message.Packed(field::kSampleLocation, LocationsOf(sample.stack));
  std::vector<uint64_t> values;
  for (const size_t state : states_) {
    const bool mine = state == static_cast<size_t>(sample.state);
    const bool has_time = profile_.unit == Unit::kNanoseconds;
    values.push_back(mine ? Whole(has_time ? count : value) : 0);
    if (has_time) values.push_back(mine ? Whole(value) : 0);
  }
  message.Packed(field::kSampleValue, values);
  Label("thread", thread.name, 0, message);
  Label("tid", "", thread.tid, message);
  Label("process", thread.process, 0, message);
  Label("pid", "", thread.pid, message);
  Label("state", StateName(sample.state), 0, message);
  out_.Message(field::kSample, message);
}

void PprofWriter::WriteSamples() {
  location_of_stack_.resize(stacks_.stack_count());
  std::vector<uint32_t> order(profile_.samples.size());
  std::iota(order.begin(), order.end(), 0);
  const auto key = [&](uint32_t index) {
    const Sample& sample = profile_.samples[index];
    return std::tuple(sample.thread, sample.state, sample.stack);
  };
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return std::tuple_cat(key(a), std::tuple(a)) < std::tuple_cat(key(b), std::tuple(b));
  });
  const uint32_t* const end = order.data() + order.size();
  for (const uint32_t* begin = order.data(); begin != end;) {
    const uint32_t* next = std::find_if(begin, end, [&](uint32_t index) { return key(index) != key(*begin); });
    WriteSample(begin, next);
    begin = next;
  }
}

void PprofWriter::WriteRest() {
  out_.Integer(field::kDurationNanos, static_cast<uint64_t>(std::max<int64_t>(0, profile_.duration_ns)));
  if (profile_.frequency_hz > 0 && profile_.unit == Unit::kNanoseconds) {
    ValueType(field::kPeriodType, "cpu", "nanoseconds");
    out_.Integer(field::kPeriod, Whole(1e9 / profile_.frequency_hz));
  }
  for (const std::string& note : Notes(profile_)) out_.Integer(field::kComment, TextId(note));
}

}  // namespace

void WritePprof(const Profile& profile, std::ostream& out) { out << Gzip(PprofWriter(profile).Write()); }

}  // namespace rapidbyte::profile
