#include "profile/perf_script.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <limits>
#include <unordered_map>

#include "profile/hash_memo.h"
#include "profile/perf_line.h"
#include "profile/sample_sums.h"
#include "profile/text.h"
#include "profile/text_hash.h"

namespace rapidbyte::profile {
namespace {

constexpr size_t kLongestLine = size_t{1} << 20;
// What is kept to be looked up stays below 50 MB.
constexpr size_t kMostLines = size_t{1} << 18;
constexpr size_t kMostStacks = size_t{1} << 19;
constexpr size_t kMostFrames = size_t{1} << 20;

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

// The frames of a line, from the outermost: a place in a list of frames.
struct Meaning {
  uint32_t first = 0;
  uint32_t count = 0;
};

// A line of the sample at hand.
struct FrameText {
  enum State : uint8_t { kUnread, kRead, kUnusual, kUnknown };

  TextHash hash;
  std::string_view text;
  size_t number = 0;
  size_t function = 0;  // where it starts in the text
  Meaning meaning = {};
  State state = kUnread;
};

// addr2line knows nothing of perf's maps, the kernel, and what is in no file.
bool IsInFile(std::string_view image) {
  const size_t bracket = image.find('[');
  if (bracket != std::string_view::npos && image.find(']', bracket + 2) != std::string_view::npos) return false;
  return image.find("kernel.") == std::string_view::npos && OriginOfImage(image) != Origin::kJit;
}

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
      ReadLines();
      begun_.clear();
      piece.remove_prefix(end + 1);
    }
    while (const void* found = std::memchr(piece.data(), '\n', piece.size())) {
      const auto end = static_cast<size_t>(static_cast<const char*>(found) - piece.data());
      Line(piece.substr(0, end));
      piece.remove_prefix(end + 1);
    }
    ReadLines();
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
    ReadLines();
    begun_.clear();
    if (in_sample_) Note(fmt::format("{}: the last sample is cut off and left out", Place(name_, line_)));
    in_sample_ = false;
    lines_.clear();
    NoteUnknown();
    unknown_lines_ = 0;
  }

  void NoteUnknown() {
    if (unknown_lines_ == 0) return;
    Note(fmt::format("{}: {} line{} not of perf script, first \"{}\"", Place(name_, first_unknown_line_),
                     unknown_lines_, unknown_lines_ == 1 ? " is" : "s are", first_unknown_));
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
    if (!in_sample_ && line[0] != ' ' && line[0] != '\t') return Unknown(line, line_);
    if (!in_sample_) return;
    size_t at = 0;
    while (at < line.size() && IsBlank(line[at])) ++at;
    const size_t address = at;
    while (at < line.size() && IsWordChar(line[at])) ++at;
    while (at < line.size() && IsBlank(line[at])) ++at;
    // What the address does not matter to is the same for all that share the rest.
    const size_t key = options_.addresses || options_.lookup ? address : at;
    lines_.push_back({hasher_.Of(line.substr(key), java_), line, line_, at});
  }

  // What the lines of the sample at hand mean, before their text is gone.
  void ReadLines() {
    for (FrameText& line : lines_) ReadLine(line);
  }

  void ReadLine(FrameText& line) {
    if (line.state != FrameText::kUnread) return;
    line.state = FrameText::kRead;
    if (const Meaning* known = line_memo_.Find(line.hash)) {
      line.meaning = *known;
      return;
    }
    const auto parsed = ParsePerfFrameLine(line.text);
    if (!parsed) {
      line.state = FrameText::kUnknown;
      return Unknown(line.text, line.number);
    }
    InternFrames(*parsed);
    line.meaning = {static_cast<uint32_t>(frame_lists_.size()), static_cast<uint32_t>(frames_.size())};
    frame_lists_.insert(frame_lists_.end(), frames_.begin(), frames_.end());
    // A line without a function takes it from the address, which is not in the hash.
    const bool usual = parsed->function.data() == line.text.data() + line.function;
    if (usual) line_memo_.Add(line.hash, line.meaning);
    if (!usual) line.state = FrameText::kUnusual;
  }

  void Unknown(std::string_view line, size_t number) {
    if (unknown_lines_++ > 0) return;
    first_unknown_line_ = number;
    first_unknown_ = Excerpt(line);
  }

  void InternFrames(const PerfFrameLine& line) {
    frames_.clear();
    StackTable& stacks = profile_.stacks;
    Frame frame;
    frame.origin = OriginOfImage(line.image);
    const bool by_perf = line.image == "inlined";
    if (!by_perf && line.image != "[unknown]") {
      frame.image = stacks.Intern(line.image.substr(line.image.rfind('/') + 1));
    }
    if (options_.lookup && IsInFile(line.image)) {
      for (const std::string& name : options_.lookup(line.address, line.function, line.image)) {
        frame.name = stacks.Intern(name.empty() ? "[unknown]" : name);
        frame.inlined = options_.inlined_by_perf && !frames_.empty();
        frames_.push_back(stacks.Intern(frame));
      }
      if (!frames_.empty()) return;
    }
    for (const PerfFrameName& name : TidyPerfFrames(line, {options_.addresses, java_})) {
      frame.name = stacks.Intern(name.text);
      frame.inlined = name.inlined || (by_perf && options_.inlined_by_perf);
      frames_.push_back(stacks.Intern(frame));
    }
  }

  void EndSample() {
    if (!in_sample_) return;
    sums_.Add({.thread = thread_, .stack = StackOfLines(), .value = period_});
    ++records_;
    in_sample_ = false;
    lines_.clear();
    if (line_memo_.size() > kMostLines || frame_lists_.size() > kMostFrames) {
      line_memo_ = {};
      frame_lists_.clear();
    }
    if (stack_memo_.size() > kMostStacks) stack_memo_ = {};
  }

  // The stack up to a line is known by the chain of hashes from the root, so that most samples are one look-up: from
  // the leaf towards the root until something is known, and back from there.
  StackId StackOfLines() {
    chain_.resize(lines_.size());
    TextHash hash;
    for (size_t i = lines_.size(); i-- > 0;) chain_[i] = hash = hasher_.Chain(hash, lines_[i].hash);
    StackId stack = kRoot;
    size_t unknown = 0;  // lines from the leaf
    while (unknown < lines_.size()) {
      if (const StackId* known = stack_memo_.Find(chain_[unknown])) {
        stack = *known;
        break;
      }
      ++unknown;
    }
    bool usual = true;
    while (unknown-- > 0) {
      FrameText& line = lines_[unknown];
      ReadLine(line);
      const Meaning meaning = line.meaning;
      for (uint32_t i = 0; i < meaning.count; ++i) {
        stack = profile_.stacks.Push(stack, frame_lists_[meaning.first + i]);
      }
      usual = usual && line.state == FrameText::kRead;
      if (usual) stack_memo_.Add(chain_[unknown], stack);
    }
    return stack;
  }

  PerfScriptOptions options_;
  std::string name_;
  std::string begun_;  // a line whose end has not come yet
  size_t line_ = 0;

  Profile profile_;
  SampleSums sums_;
  TextHasher hasher_;
  HashMemo<Meaning> line_memo_;
  HashMemo<StackId> stack_memo_;      // by the chain of the lines' hashes from the root
  std::vector<FrameId> frame_lists_;  // what Meaning points into
  std::string event_ = options_.event;
  std::unordered_map<std::string, uint32_t> threads_;
  uint64_t records_ = 0;
  uint64_t left_out_ = 0;
  bool all_have_periods_ = true;
  size_t unknown_lines_ = 0;
  size_t first_unknown_line_ = 0;
  std::string first_unknown_;

  // The sample at hand.
  bool in_sample_ = false;
  bool java_ = false;
  uint32_t thread_ = 0;
  double period_ = 1;
  std::vector<FrameText> lines_;  // from the leaf
  std::vector<TextHash> chain_;
  std::vector<FrameId> frames_;  // of one line
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
