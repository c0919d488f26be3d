#include "profile/perf_stack.h"

#include "profile/text.h"

namespace rapidbyte::profile {
namespace {

// What is kept to be looked up stays below 50 MB.
constexpr size_t kMostLines = size_t{1} << 18;
constexpr size_t kMostStacks = size_t{1} << 19;
constexpr size_t kMostFrames = size_t{1} << 20;

// addr2line knows nothing of perf's maps, the kernel, and what is in no file.
bool IsInFile(std::string_view image) {
  const size_t bracket = image.find('[');
  if (bracket != std::string_view::npos && image.find(']', bracket + 2) != std::string_view::npos) return false;
  return image.find("kernel.") == std::string_view::npos && OriginOfImage(image) != Origin::kJit;
}

}  // namespace

void PerfStackReader::Add(std::string_view line, size_t number, bool java) {
  size_t at = 0;
  while (at < line.size() && IsBlank(line[at])) ++at;
  const size_t address = at;
  while (at < line.size() && IsWordChar(line[at])) ++at;
  while (at < line.size() && IsBlank(line[at])) ++at;
  // What the address does not matter to is the same for all that share the rest.
  const size_t key = options_.addresses || options_.lookup ? address : at;
  lines_.push_back({hasher_.Of(line.substr(key), java), line, number, at, java});
}

void PerfStackReader::ReadLines() {
  for (Line& line : lines_) Read(line);
}

void PerfStackReader::Read(Line& line) {
  if (line.state != LineState::kUnread) return;
  line.state = LineState::kRead;
  if (const Meaning* known = line_memo_.Find(line.hash)) {
    line.meaning = *known;
    return;
  }
  const auto parsed = ParsePerfFrameLine(line.text);
  if (!parsed) {
    line.state = LineState::kUnknown;
    return AddUnknown(line.text, line.number);
  }
  InternFrames(*parsed, line.java);
  line.meaning = {static_cast<uint32_t>(frame_lists_.size()), static_cast<uint32_t>(frames_.size())};
  frame_lists_.insert(frame_lists_.end(), frames_.begin(), frames_.end());
  // A line without a function takes it from the address, which is not in the hash.
  if (parsed->function.data() != line.text.data() + line.function) {
    line.state = LineState::kUnusual;
  } else {
    line_memo_.Add(line.hash, line.meaning);
  }
}

void PerfStackReader::AddUnknown(std::string_view line, size_t number) {
  if (unknown_.count++ > 0 && number > unknown_.first) return;  // a stack's lines are read from behind
  unknown_.first = number;
  unknown_.excerpt = Excerpt(line);
}

void PerfStackReader::InternFrames(const PerfFrameLine& line, bool java) {
  frames_.clear();
  Frame frame;
  frame.origin = OriginOfImage(line.image);
  const bool by_perf = line.image == "inlined";
  if (!by_perf && line.image != "[unknown]") {
    frame.image = stacks_.Intern(line.image.substr(line.image.rfind('/') + 1));
  }
  if (options_.lookup && IsInFile(line.image)) InternLookedUp(line, frame);
  if (!frames_.empty()) return;
  for (const PerfFrameName& name : TidyPerfFrames(line, {options_.addresses, java})) {
    frame.name = stacks_.Intern(name.text);
    frame.inlined = name.inlined || (by_perf && options_.inlined_by_perf);
    frames_.push_back(stacks_.Intern(frame));
  }
}

void PerfStackReader::InternLookedUp(const PerfFrameLine& line, Frame frame) {
  for (const std::string& name : options_.lookup(line.address, line.function, line.image)) {
    frame.name = stacks_.Intern(name.empty() ? "[unknown]" : name);
    frame.inlined = options_.inlined_by_perf && !frames_.empty();
    frames_.push_back(stacks_.Intern(frame));
  }
}

// From the leaf towards the root until something is known, mostly at once, and back from there.
StackId PerfStackReader::Finish() {
  chain_.resize(lines_.size());
  TextHash hash;
  for (size_t i = lines_.size(); i-- > 0;) chain_[i] = hash = hasher_.Chain(hash, lines_[i].hash);
  StackId stack = kRoot;
  size_t unread = 0;
  for (; unread < lines_.size(); ++unread) {
    const StackId* known = stack_memo_.Find(chain_[unread]);
    if (known == nullptr) continue;
    stack = *known;
    break;
  }
  bool usual = true;
  while (unread-- > 0) {
    Line& line = lines_[unread];
    Read(line);
    for (uint32_t i = 0; i < line.meaning.count; ++i) {
      stack = stacks_.Push(stack, frame_lists_[line.meaning.first + i]);
    }
    usual = usual && line.state == LineState::kRead;
    if (usual) stack_memo_.Add(chain_[unread], stack);
  }
  lines_.clear();
  Forget();
  return stack;
}

void PerfStackReader::Forget() {
  if (line_memo_.size() > kMostLines || frame_lists_.size() > kMostFrames) {
    line_memo_ = {};
    frame_lists_.clear();
  }
  if (stack_memo_.size() > kMostStacks) stack_memo_ = {};
}

}  // namespace rapidbyte::profile
