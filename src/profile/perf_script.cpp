#include "profile/perf_script.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <unordered_map>

#include "profile/perf_line.h"
#include "profile/perf_stack.h"
#include "profile/sample_sums.h"
#include "profile/text.h"

namespace rapidbyte::profile {
namespace {

constexpr size_t kLongestLine = size_t{1} << 20;

std::string_view WithoutReturn(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// The digits as a number, the largest where they are too many.
template <typename Number>
Number Digits(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc::result_out_of_range ? std::numeric_limits<Number>::max() : number;
}

bool IsTime(std::string_view event) { return event.substr(0, 9) == "cpu-clock" || event.substr(0, 10) == "task-clock"; }

}  // namespace

class PerfScriptReader::State {
 public:
  State(PerfScriptOptions options, std::string name) : options_(std::move(options)), name_(std::move(name)) {}

  Status Feed(std::string_view piece) {
    if (!begun_.empty()) {
      const size_t end = piece.find('\n');
      begun_ += piece.substr(0, end);
      if (begun_.size() > kLongestLine) return TooLong();
      if (end == std::string_view::npos) return {};
      Line(begun_);
      lines_.ReadLines();
      begun_.clear();
      piece.remove_prefix(end + 1);
    }
    for (size_t end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
      Line(piece.substr(0, end));
      piece.remove_prefix(end + 1);
    }
    lines_.ReadLines();
    begun_ = piece;
    return begun_.size() > kLongestLine ? TooLong() : Status();
  }

  void Next(std::string name) {
    EndInput();
    name_ = std::move(name);
    line_ = 0;
  }

  Result<Profile> Finish() {
    EndInput();
    if (records_ == 0) return NothingFound();
    if (left_out_ > 0) {
      Note(fmt::format("{} sample{} of other events than {} left out", left_out_, left_out_ == 1 ? "" : "s", event_));
    }
    profile_.records = records_;
    profile_.samples = sums_.Take();
    profile_.event = event_;
    profile_.unit = IsTime(event_) && all_have_periods_ ? Unit::kNanoseconds : Unit::kSamples;
    return std::move(profile_);
  }

 private:
  tl::unexpected<Error> TooLong() const {
    return Fail(ErrorCode::kData, fmt::format("{}: a line without an end", Place(name_, line_ + 1)));
  }
  void Note(std::string sentence) { profile_.missing.push_back(std::move(sentence)); }

  void EndInput() {
    if (!begun_.empty()) Line(begun_);
    lines_.ReadLines();
    begun_.clear();
    if (in_sample_) Note(fmt::format("{}: the last sample is cut off and left out", Place(name_, line_)));
    in_sample_ = false;
    lines_.Drop();
    NoteUnknown(lines_.TakeUnknown());
  }

  void NoteUnknown(const PerfStackReader::Unknown& unknown) {
    if (unknown.count == 0) return;
    Note(fmt::format("{}: {} line{} not of perf script, first \"{}\"", Place(name_, unknown.first), unknown.count,
                     unknown.count == 1 ? " is" : "s are", unknown.excerpt));
  }

  tl::unexpected<Error> NothingFound() const {
    std::string message = fmt::format("{}: {}", name_, line_ == 0 ? "empty" : "no sample of perf script in it");
    for (const std::string& sentence : profile_.missing) message += "; " + sentence;
    if (left_out_ > 0) {
      return Fail(ErrorCode::kData, fmt::format("{}: none of {} samples is of the event {}", name_, left_out_, event_));
    }
    return Fail(ErrorCode::kData, std::move(message), "perf record -g COMMAND, then perf script");
  }

  void Line(std::string_view line) {
    ++line_;
    line = WithoutReturn(line);
    if (line.empty()) return EndSample();
    if (line[0] == '#') return Comment(line);
    if (IsBlank(line[0])) return FrameLine(line);
    if (const auto header = ParsePerfHeader(line)) return Header(*header);
    FrameLine(line);
  }

  void Comment(std::string_view line) {
    constexpr std::string_view kCommand = "# cmdline : ";
    if (line.substr(0, kCommand.size()) == kCommand) profile_.command = line.substr(kCommand.size());
  }

  void Header(const PerfHeader& header) {
    if (!header.event.empty()) {
      if (event_.empty()) event_ = header.event;
      if (header.event != event_) {
        ++left_out_;
        return;
      }
    }
    const auto period = Digits<uint64_t>(header.period);
    all_have_periods_ = all_have_periods_ && !header.period.empty();
    period_ = header.period.empty() || header.period == "0" ? 1 : static_cast<double>(period);
    java_ = header.comm.substr(0, 4) == "java";
    SetThread(header);
    in_sample_ = true;
  }

  void SetThread(const PerfHeader& header) {
    const bool with_pid = options_.threads != PerfThreads::kByComm;
    const bool with_tid = options_.threads == PerfThreads::kByTid;
    thread_text_ = header.comm;
    if (with_pid) (thread_text_ += '\n') += header.pid;
    if (with_tid) (thread_text_ += '\n') += header.tid;
    const auto [found, is_new] = threads_.try_emplace(thread_text_, static_cast<uint32_t>(profile_.threads.size()));
    thread_ = found->second;
    if (!is_new) return;
    const auto id = [](std::string_view digits) { return digits.empty() ? -1 : Digits<int32_t>(digits); };
    profile_.threads.push_back({.pid = with_pid ? id(header.pid) : -1,
                                .tid = with_tid ? id(header.tid) : -1,
                                .name = std::string(header.comm)});
  }

  void FrameLine(std::string_view line) {
    if (in_sample_) return lines_.Add(line, line_, java_);
    if (!IsBlank(line[0])) lines_.AddUnknown(line, line_);
  }

  void EndSample() {
    if (!in_sample_) return;
    sums_.Add({.thread = thread_, .stack = lines_.Finish(), .value = period_});
    ++records_;
    in_sample_ = false;
  }

  PerfScriptOptions options_;
  std::string name_;
  std::string begun_;  // a line whose end has not come yet
  size_t line_ = 0;

  Profile profile_;
  SampleSums sums_;
  PerfStackReader lines_{options_, profile_.stacks};
  std::string event_ = options_.event;
  std::unordered_map<std::string, uint32_t> threads_;
  uint64_t records_ = 0;
  uint64_t left_out_ = 0;
  bool all_have_periods_ = true;

  // The sample at hand.
  bool in_sample_ = false;
  bool java_ = false;
  uint32_t thread_ = 0;
  double period_ = 1;
  std::string thread_text_;
};

PerfScriptReader::PerfScriptReader(PerfScriptOptions options, std::string name)
    : state_(std::make_unique<State>(std::move(options), std::move(name))) {}
PerfScriptReader::~PerfScriptReader() = default;
PerfScriptReader::PerfScriptReader(PerfScriptReader&&) noexcept = default;
void PerfScriptReader::Next(std::string name) { state_->Next(std::move(name)); }
Status PerfScriptReader::Feed(std::string_view piece) { return state_->Feed(piece); }
Result<Profile> PerfScriptReader::Finish() { return state_->Finish(); }

Result<Profile> ReadPerfScript(std::string_view text, const std::string& name, const PerfScriptOptions& options) {
  std::string storage;
  RB_ASSIGN(text, DecodeText(text, name, storage));
  PerfScriptReader reader(options, name);
  RB_TRY(reader.Feed(text));
  return reader.Finish();
}

bool LooksLikePerfScript(std::string_view beginning) {
  while (!beginning.empty()) {
    const size_t end = std::min(beginning.find('\n'), beginning.size());
    const std::string_view line = WithoutReturn(beginning.substr(0, end));
    beginning.remove_prefix(std::min(end + 1, beginning.size()));
    if (line.empty()) continue;
    if (line[0] == '#') return true;
    if (line[0] == ' ' || line[0] == '\t') return ParsePerfFrameLine(line).has_value();
    const auto header = ParsePerfHeader(line);
    return header && (!header->event.empty() || line.back() == ':' ||
                      (!beginning.empty() && (beginning[0] == '\t' || beginning[0] == ' ')));
  }
  return false;
}

}  // namespace rapidbyte::profile
