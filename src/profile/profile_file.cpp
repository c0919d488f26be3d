#include "profile/profile_file.h"

#include <fmt/format.h>

#include <limits>

#include "profile/profile_columns.h"

namespace rapidbyte::profile {
namespace {

// Checks columns and makes the tables of them. The first problem stays; what follows is then passed over.
class ProfileMaker {
 public:
  ProfileMaker(ProfileColumns& columns, const std::string& name) : c_(columns), name_(name) {}

  Result<Profile> Make() {
    RB_TRY(CheckFormat());
    RB_TRY(TakeHead());
    RB_TRY(TakeFrames());
    RB_TRY(TakeStacks());
    RB_TRY(TakeThreads());
    RB_TRY(TakeSamples());
    return std::move(profile_);
  }

 private:
  template <typename... Parts>
  tl::unexpected<Error> Bad(fmt::format_string<Parts...> what, Parts&&... parts) const {
    return Fail(ErrorCode::kData, fmt::format("{}: {}", name_, fmt::format(what, std::forward<Parts>(parts)...)));
  }

  Status CheckFormat() const {
    if (c_.format != std::vector<std::string>{"rapidbyte-profile"} || c_.version.size() != 1) {
      return Bad("no profile of Rapidbyte: \"format\" is not \"rapidbyte-profile\"");
    }
    if (c_.version[0] == kProfileFileVersion) return {};
    return Bad("version {} of the format; this program reads version {}", c_.version[0], kProfileFileVersion);
  }

  // `what` names the table in messages, as the file does.
  template <typename... Columns>
  Status CheckLengths(std::string_view what, size_t length, const Columns&... columns) const {
    if (((columns.size() == length) && ...)) return {};
    return Bad("the columns of {} differ in length", what);
  }
  Status CheckRange(const std::vector<int64_t>& column, std::string_view what, int64_t lowest, int64_t limit) const {
    for (size_t row = 0; row < column.size(); ++row) {
      if (column[row] >= lowest && column[row] < limit) continue;
      return Bad("{}[{}] is {}, which is not from {} to below {}", what, row, column[row], lowest, limit);
    }
    return {};
  }
  template <typename T>
  Status TakeScalar(const std::vector<T>& column, std::string_view what, T& value) const {
    if (column.size() > 1) return Bad("{} is there {} times", what, column.size());
    if (!column.empty()) value = column[0];
    return {};
  }
  Status TakeCount(const std::vector<int64_t>& column, std::string_view what, uint64_t& value) const {
    RB_TRY(CheckRange(column, what, 0, kNoLimit));
    auto count = static_cast<int64_t>(value);
    RB_TRY(TakeScalar(column, what, count));
    value = static_cast<uint64_t>(count);
    return {};
  }

  Status TakeHead() {
    std::string unit = "ns";
    RB_TRY(TakeScalar(c_.unit, "unit", unit));
    if (unit != "ns" && unit != "samples") return Bad("unit is \"{}\", neither \"ns\" nor \"samples\"", unit);
    profile_.unit = unit == "ns" ? Unit::kNanoseconds : Unit::kSamples;
    RB_TRY(TakeScalar(c_.event, "event", profile_.event));
    RB_TRY(TakeScalar(c_.command, "command", profile_.command));
    RB_TRY(TakeScalar(c_.commit, "commit", profile_.commit));
    RB_TRY(TakeScalar(c_.frequency_hz, "frequency_hz", profile_.frequency_hz));
    RB_TRY(TakeScalar(c_.start_ns, "start_ns", profile_.start_ns));
    RB_TRY(TakeScalar(c_.duration_ns, "duration_ns", profile_.duration_ns));
    RB_TRY(TakeCount(c_.records, "records", profile_.records));
    RB_TRY(TakeCount(c_.lost_records, "lost_records", profile_.lost_records));
    RB_TRY(TakeCount(c_.truncated, "truncated", profile_.truncated));
    profile_.missing = std::move(c_.missing);
    return {};
  }

  Status TakeFrames() {
    const size_t count = c_.frame_name.size();
    RB_TRY(
        CheckLengths("frames", count, c_.frame_image, c_.frame_file, c_.frame_line, c_.frame_origin, c_.frame_inlined));
    const auto strings = static_cast<int64_t>(c_.strings.size());
    RB_TRY(CheckRange(c_.frame_name, "frames.name", 0, strings));
    RB_TRY(CheckRange(c_.frame_image, "frames.image", 0, strings));
    RB_TRY(CheckRange(c_.frame_file, "frames.file", 0, strings));
    RB_TRY(CheckRange(c_.frame_line, "frames.line", 0, kLimit32));
    RB_TRY(CheckRange(c_.frame_origin, "frames.origin", 0, static_cast<int64_t>(c_.origins.size())));
    RB_TRY(CheckRange(c_.frame_inlined, "frames.inlined", 0, 2));
    std::vector<StringId> texts;
    for (const std::string& text : c_.strings) texts.push_back(profile_.stacks.Intern(text));
    std::vector<Origin> origins;
    for (const std::string& origin : c_.origins) origins.push_back(OriginOf(origin).value_or(Origin::kUnknown));
    for (size_t i = 0; i < count; ++i) {
      Frame frame{.name = texts[c_.frame_name[i]], .image = texts[c_.frame_image[i]], .file = texts[c_.frame_file[i]]};
      if (frame.name == StringId{}) return Bad("frames.name[{}] is empty", i);
      frame.line = static_cast<uint32_t>(c_.frame_line[i]);
      frame.origin = origins[c_.frame_origin[i]];
      frame.inlined = c_.frame_inlined[i] != 0;
      frames_.push_back(profile_.stacks.Intern(frame));
    }
    return {};
  }

  Status TakeStacks() {
    RB_TRY(CheckLengths("stacks", c_.stack_parent.size(), c_.stack_frame));
    RB_TRY(CheckRange(c_.stack_frame, "stacks.frame", 0, static_cast<int64_t>(frames_.size())));
    stacks_.push_back(kRoot);
    for (size_t i = 0; i < c_.stack_frame.size(); ++i) {
      const int64_t parent = c_.stack_parent[i];
      if (parent < 0 || parent >= static_cast<int64_t>(stacks_.size())) {
        return Bad("stacks.parent[{}] is {}, which is no stack before it", i, parent);
      }
      stacks_.push_back(profile_.stacks.Push(stacks_[parent], frames_[c_.stack_frame[i]]));
    }
    return {};
  }

  Status TakeThreads() {
    const size_t count = c_.pid.size();
    RB_TRY(CheckLengths("threads", count, c_.tid, c_.thread_name, c_.process, c_.thread_start, c_.thread_end,
                        c_.running, c_.blocked, c_.preempted));
    constexpr int64_t kLowest = std::numeric_limits<int32_t>::min(), kLimit = -kLowest;
    RB_TRY(CheckRange(c_.pid, "threads.pid", kLowest, kLimit));
    RB_TRY(CheckRange(c_.tid, "threads.tid", kLowest, kLimit));
    for (size_t i = 0; i < count; ++i) {
      profile_.threads.push_back({static_cast<int32_t>(c_.pid[i]), static_cast<int32_t>(c_.tid[i]),
                                  std::move(c_.thread_name[i]), std::move(c_.process[i]), c_.thread_start[i],
                                  c_.thread_end[i], c_.running[i], c_.blocked[i], c_.preempted[i]});
    }
    return {};
  }

  Status TakeSamples() {
    const size_t count = c_.value.size();
    RB_TRY(
        CheckLengths("samples", count, c_.time, c_.sample_thread, c_.sample_stack, c_.sample_state, c_.sample_count));
    RB_TRY(CheckRange(c_.sample_thread, "samples.thread", 0, static_cast<int64_t>(profile_.threads.size())));
    RB_TRY(CheckRange(c_.sample_stack, "samples.stack", 0, static_cast<int64_t>(stacks_.size())));
    RB_TRY(CheckRange(c_.sample_state, "samples.state", 0, static_cast<int64_t>(c_.states.size())));
    RB_TRY(CheckRange(c_.sample_count, "samples.count", 0, kLimit32));
    std::vector<State> states;
    for (const std::string& state : c_.states) {
      const auto known = StateOf(state);
      if (!known) return Bad("states has \"{}\", which this program does not know", state);
      states.push_back(*known);
    }
    profile_.samples.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      if (!(c_.value[i] >= 0)) return Bad("samples.value[{}] is {}, which is negative", i, c_.value[i]);
      profile_.samples.push_back({c_.time[i], static_cast<uint32_t>(c_.sample_thread[i]), stacks_[c_.sample_stack[i]],
                                  states[c_.sample_state[i]], static_cast<uint32_t>(c_.sample_count[i]), c_.value[i]});
    }
    return {};
  }

  static constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();
  static constexpr int64_t kLimit32 = int64_t{1} << 32;

  ProfileColumns& c_;
  const std::string& name_;
  Profile profile_;
  std::vector<FrameId> frames_;  // by the file's ids
  std::vector<StackId> stacks_;
};

}  // namespace

Result<Profile> ReadProfileFile(std::string_view text, const std::string& name) {
  RB_ASSIGN(ProfileColumns columns, ReadColumns(text, name));
  return ProfileMaker(columns, name).Make();
}

}  // namespace rapidbyte::profile
