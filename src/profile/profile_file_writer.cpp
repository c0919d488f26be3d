#include <charconv>
#include <type_traits>
#include <utility>

#include "base/json_text.h"
#include "profile/profile_file.h"

namespace rapidbyte::profile {
namespace {

class ColumnWriter {
 public:
  template <typename Number>
  void Scalar(std::string_view key, Number value) {
    Key(key);
    Append(value);
  }

  // A column of what `value_of` says of each row.
  template <typename Rows, typename ValueOf>
  void Column(std::string_view key, const Rows& rows, const ValueOf& value_of) {
    Key(key);
    text_ += '[';
    bool first = true;
    for (const auto& row : rows) {
      if (!std::exchange(first, false)) text_ += ',';
      Append(value_of(row));
    }
    text_ += ']';
  }

  void Open(std::string_view key) {
    Key(key);
    text_ += '{';
    first_ = true;
  }
  void Close() {
    text_ += '}';
    first_ = false;
  }

  std::string Take() { return "{" + std::move(text_) + "\n}\n"; }

 private:
  void Key(std::string_view key) {
    if (!std::exchange(first_, false)) text_ += ',';
    text_ += '\n';
    Append(key);
    text_ += ": ";
  }
  void Append(std::string_view text) { AppendJsonText(text, text_); }
  template <typename Number>
  requires std::is_arithmetic_v<Number>
  void Append(Number value) {
    char digits[40];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }

  std::string text_;
  bool first_ = true;
};

template <typename Value>
std::vector<std::string_view> NamesOf(size_t count, std::string_view (*name_of)(Value)) {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < count; ++i) names.push_back(name_of(static_cast<Value>(i)));
  return names;
}

// 0 to count - 1.
struct Ids {
  struct Iterator {
    uint32_t id;
    uint32_t operator*() const { return id; }
    Iterator& operator++() {
      ++id;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return id != other.id; }
  };
  Iterator begin() const { return {first}; }
  Iterator end() const { return {count}; }
  uint32_t first = 0;
  uint32_t count = 0;
};

Ids IdsUpTo(size_t count, uint32_t first = 0) { return {first, static_cast<uint32_t>(count)}; }

void WriteHead(const Profile& profile, ColumnWriter& out) {
  out.Scalar("format", std::string_view("rapidbyte-profile"));
  out.Scalar("version", kProfileFileVersion);
  out.Scalar("command", std::string_view(profile.command));
  out.Scalar("commit", std::string_view(profile.commit));
  out.Scalar("unit", std::string_view(profile.unit == Unit::kNanoseconds ? "ns" : "samples"));
  out.Scalar("event", std::string_view(profile.event));
  out.Scalar("frequency_hz", profile.frequency_hz);
  out.Scalar("start_ns", profile.start_ns);
  out.Scalar("duration_ns", profile.duration_ns);
  out.Scalar("records", profile.records);
  out.Scalar("lost_records", profile.lost_records);
  out.Scalar("truncated", profile.truncated);
  out.Column("missing", profile.missing, [](const std::string& text) { return std::string_view(text); });
}

void WriteStacks(const StackTable& table, ColumnWriter& out) {
  const auto at = [&](uint32_t id) -> const Frame& { return table.At(FrameId{id}); };
  out.Column("strings", IdsUpTo(table.string_count()), [&](uint32_t id) { return table.Text(StringId{id}); });
  out.Column("origins", NamesOf<Origin>(kOriginCount, OriginName), [](std::string_view name) { return name; });
  out.Column("states", NamesOf<State>(kStateCount, StateName), [](std::string_view name) { return name; });
  const Ids frames = IdsUpTo(table.frame_count());
  out.Open("frames");
  out.Column("name", frames, [&](uint32_t id) { return Index(at(id).name); });
  out.Column("image", frames, [&](uint32_t id) { return Index(at(id).image); });
  out.Column("file", frames, [&](uint32_t id) { return Index(at(id).file); });
  out.Column("line", frames, [&](uint32_t id) { return at(id).line; });
  out.Column("origin", frames, [&](uint32_t id) { return static_cast<int>(at(id).origin); });
  out.Column("inlined", frames, [&](uint32_t id) { return static_cast<int>(at(id).inlined); });
  out.Close();
  const Ids stacks = IdsUpTo(table.stack_count(), 1);
  out.Open("stacks");
  out.Column("parent", stacks, [&](uint32_t id) { return Index(table.Parent(StackId{id})); });
  out.Column("frame", stacks, [&](uint32_t id) { return Index(table.Leaf(StackId{id})); });
  out.Close();
}

void WriteThreads(const std::vector<Thread>& threads, ColumnWriter& out) {
  out.Open("threads");
  out.Column("pid", threads, [](const Thread& thread) { return thread.pid; });
  out.Column("tid", threads, [](const Thread& thread) { return thread.tid; });
  out.Column("name", threads, [](const Thread& thread) { return std::string_view(thread.name); });
  out.Column("process", threads, [](const Thread& thread) { return std::string_view(thread.process); });
  out.Column("start_ns", threads, [](const Thread& thread) { return thread.start_ns; });
  out.Column("end_ns", threads, [](const Thread& thread) { return thread.end_ns; });
  out.Column("running_ns", threads, [](const Thread& thread) { return thread.running_ns; });
  out.Column("blocked_ns", threads, [](const Thread& thread) { return thread.blocked_ns; });
  out.Column("preempted_ns", threads, [](const Thread& thread) { return thread.preempted_ns; });
  out.Close();
}

void WriteSamples(const std::vector<Sample>& samples, ColumnWriter& out) {
  out.Open("samples");
  out.Column("time_ns", samples, [](const Sample& sample) { return sample.time_ns; });
  out.Column("thread", samples, [](const Sample& sample) { return sample.thread; });
  out.Column("stack", samples, [](const Sample& sample) { return Index(sample.stack); });
  out.Column("state", samples, [](const Sample& sample) { return static_cast<int>(sample.state); });
  out.Column("count", samples, [](const Sample& sample) { return sample.count; });
  out.Column("value", samples, [](const Sample& sample) { return sample.value; });
  out.Close();
}

}  // namespace

std::string WriteProfile(const Profile& profile) {
  ColumnWriter out;
  WriteHead(profile, out);
  WriteStacks(profile.stacks, out);
  WriteThreads(profile.threads, out);
  WriteSamples(profile.samples, out);
  return out.Take();
}

}  // namespace rapidbyte::profile
