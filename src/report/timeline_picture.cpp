#include "report/timeline_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

#include "base/format.h"
#include "report/flamegraph_text.h"
#include "report/timeline_lanes.h"

namespace rapidbyte::report {
namespace {

using record::Span;
using record::StageActivity;
using record::Timeline;

constexpr double kWidth = 1240;
constexpr double kLeastWidth = 900;
constexpr double kLeft = 170;    // of the time's beginning; names stand left of it
constexpr double kRight = 1110;  // shares stand right of it
constexpr double kLane = 22;
constexpr double kBar = 16;
constexpr double kHeading = 26;
constexpr double kTop = 132;  // of the first stage
constexpr double kLegendY = 98;
constexpr double kNumberWidth = 7;   // of a digit
constexpr double kNumberRoom = 34;   // of a batch's number and some air
constexpr double kStartUpWidth = 3;  // px: what is narrower is not named
constexpr double kStartUpRoom = 64;  // of its name
constexpr size_t kMostArrows = 40;

constexpr std::array<const char*, record::kActivityCount> kClasses = {"prepare", "fetch", "decode", "emit", "emit",
                                                                      "decode",  "fetch", "commit", "wait", "wait"};

constexpr const char* kStyle = R"css(<style>
svg{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;background:#fff}
.paper{fill:#fff}text{fill:#1c2530}.dim{fill:#5d6875}.head{font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:5px}.title{font-size:18px;font-weight:600}
.grid{stroke:#dde2e8}.edge{stroke:#b9c1ca}.lane{fill:#f4f6f8}
.prepare{fill:#9aa5b1}.fetch{fill:#2f7ed8}.decode{fill:#12a08b}.emit{fill:#e0912b}.commit{fill:#8a5cd0}
.before{fill:#dde2e8;fill-opacity:.6}.wait{fill:url(#hatch)}.hatch{stroke:#c06a6a}.pale{fill:#f7e6e6}
.flow{stroke:#5d6875;stroke-opacity:.55;fill:none}.number{fill:#fff}.number,.batch{font-size:11px;pointer-events:none}
rect.s:hover{stroke:#1c2530;stroke-width:1.5}
@media (prefers-color-scheme:dark){svg{background:#15191e}.paper{fill:#15191e}text{fill:#e4e8ec}.dim{fill:#9aa5b1}
.grid{stroke:#2b323a}.before{fill:#2b323a}.edge{stroke:#4a545f}.lane{fill:#1c2228}.prepare{fill:#687480}.fetch{fill:#4a94e8}
.decode{fill:#21b39c}.emit{fill:#e39d45}.commit{fill:#a57ee6}.hatch{stroke:#b06a6a}.pale{fill:#3a2729}
.flow{stroke:#9aa5b1}.number{fill:#0d1013}.head{stroke:#15191e}rect.s:hover{stroke:#fff}}
</style>
<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect class="pale" width="5" height="5"/><path class="hatch" d="M0 0V5" stroke-width="1.6"/></pattern></defs>
)css";

std::string Escaped(std::string_view text) { return XmlText(CleanText(text)); }

std::string Secs(uint64_t nanos) { return FormatDuration(static_cast<double>(nanos) * 1e-9); }

// Positions of a lane and of the moments in it.
class Chart {
 public:
  explicit Chart(const Timeline& timeline)
      : timeline_(timeline),
        per_pixel_(std::max(1.0, static_cast<double>(timeline.duration_nanos) / (kRight - kLeft))),
        lanes_(LanesOf(timeline, static_cast<uint64_t>(per_pixel_))) {
    double y = kTop;
    for (size_t i = 0; i < lanes_.size(); ++i) {
      if (i == 0 || lanes_[i].side != lanes_[i - 1].side) y += i == 0 ? kHeading : kHeading + 12;
      y_.push_back(y);
      y += kLane;
    }
    bottom_ = y + 4;
  }

  std::string Draw() {
    Head();
    Legend();
    Grid();
    for (size_t i = 0; i < lanes_.size(); ++i) DrawLane(i);
    Arrows();
    Foot();
    out_ += "</svg>\n";
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void Put(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }
  double X(uint64_t nanos) const { return kLeft + static_cast<double>(nanos) / per_pixel_; }

  void Head() {
    const std::string title =
        fmt::format("{}: {} from {} to {}", Escaped(timeline_.pipeline), Secs(timeline_.duration_nanos),
                    Escaped(timeline_.source.connector), Escaped(timeline_.destination.connector));
    std::vector<std::string> sentences = WhoWaits(timeline_);
    for (std::string& sentence : sentences) sentence = Escaped(sentence);
    // A window that is narrower shrinks it, as long as it can be read.
    Put("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" "
        "style=\"max-width:100%;min-width:{2:.0f}px;height:auto\" role=\"graphics-document\" "
        "aria-labelledby=\"title\" aria-describedby=\"summary\">\n",
        kWidth, bottom_ + 88, kLeastWidth);
    Put("<title id=\"title\">{}</title>\n<desc id=\"summary\">{}</desc>\n", title, fmt::join(sentences, " "));
    Put("{}<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n", kStyle);
    Put("<text class=\"title\" x=\"16\" y=\"30\">{}</text>\n", title);
    Put("<text x=\"16\" y=\"54\">{} {}</text>\n", sentences.front(), sentences.back());
    Put("<text class=\"dim\" x=\"16\" y=\"74\">{}</text>\n",
        fmt::join(sentences.begin() + 1, sentences.end() - 1, " "));
  }

  // One entry for each colour that occurs.
  void Legend() {
    struct Entry {
      const char* name;
      const char* kind;
      double width;  // of the name
    };
    constexpr std::array kEntries = {Entry{"prepare", "prepare", 52},
                                     Entry{"to and from servers: fetch, flush", "fetch", 216},
                                     Entry{"rows and columns: decode, encode", "decode", 228},
                                     Entry{"channel: emit, receive", "emit", 146},
                                     Entry{"commit", "commit", 48},
                                     Entry{"waiting", "wait", 48}};
    double x = 16;
    for (const Entry& entry : kEntries) {
      Put("<rect class=\"{}\" x=\"{:.0f}\" y=\"{:.0f}\" width=\"14\" height=\"12\" rx=\"2\"/>", entry.kind, x,
          kLegendY);
      Put("<text class=\"dim\" x=\"{:.0f}\" y=\"{:.0f}\">{}</text>\n", x + 20, kLegendY + 11, entry.name);
      x += 20 + entry.width + 22;
    }
  }

  void Grid() {
    const double secs = static_cast<double>(timeline_.duration_nanos) * 1e-9;
    const double step = StepFor(secs);
    for (int i = 0; step > 0 && i * step <= secs * 1.0001; ++i) {
      const double x = X(static_cast<uint64_t>(std::llround(i * step * 1e9)));
      Put("<path class=\"grid\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", x, kTop + 8, bottom_);
      Put("<text class=\"dim\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", x, bottom_ + 18,
          i == 0 ? "0" : FormatDuration(i * step));
    }
    Put("<path class=\"edge\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n", kLeft, bottom_, kRight);
  }

  // A round distance that makes about eight ticks.
  static double StepFor(double secs) {
    if (secs <= 0) return 0;
    const double magnitude = std::pow(10, std::floor(std::log10(secs / 8)));
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (secs / (factor * magnitude) <= 9) return factor * magnitude;
    }
    return 10 * magnitude;
  }

  void DrawLane(size_t i) {
    const Lane& lane = lanes_[i];
    const double y = y_[i];
    if (i == 0 || lane.side != lanes_[i - 1].side) {
      const bool is_source = lane.side == TimelineSide::kSource;
      Put("<text class=\"head\" x=\"16\" y=\"{:.1f}\">{} <tspan class=\"dim\">{}</tspan></text>\n", y - 9,
          is_source ? "Source" : "Destination",
          Escaped(is_source ? timeline_.source.connector : timeline_.destination.connector));
    }
    Put("<g role=\"img\"><title>{}: {}, {} of the run</title>\n", lane.name, Secs(lane.total_nanos),
        Escaped(PercentOf(lane.share)));
    Put("<rect class=\"lane\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\"/>\n", kLeft, y,
        kRight - kLeft, kBar);
    Put("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", kLeft - 10, y + 12.5, lane.name);
    Put("<text class=\"dim\" x=\"{:.1f}\" y=\"{:.1f}\">{}, {}</text>\n", kRight + 10, y + 12.5,
        Escaped(PercentOf(lane.share)), Secs(lane.total_nanos));
    DrawStartUp(i);
    for (const Span& span : lane.spans) DrawSpan(lane, span, y);
    Put("</g>\n");
  }

  void DrawSpan(const Lane& lane, const Span& span, double y) {
    const double length = static_cast<double>(span.end_nanos - span.start_nanos);
    const double width = std::max(length / per_pixel_, 0.5);
    const double busy = length > 0 ? static_cast<double>(span.busy_nanos) / length : 1;
    Put("<rect class=\"s {}\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.0f}\"",
        kClasses[static_cast<size_t>(lane.activity)], X(span.start_nanos), y, width, kBar);
    if (busy < 0.95) Put(" opacity=\"{:.2f}\"", 0.25 + 0.75 * busy);
    Put("><title>{}</title></rect>\n", Tooltip(lane, span));
    const std::string number = std::to_string(span.first_batch);
    const bool is_one_batch = span.first_batch == span.last_batch && span.first_batch != 0;
    const double room = kNumberWidth * static_cast<double>(number.size()) + 3;
    if (!is_one_batch || width < room || record::IsWait(lane.activity)) return;
    Put("<text class=\"number\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
        X(span.start_nanos) + width / 2, y + 12, number);
  }

  static std::string Tooltip(const Lane& lane, const Span& span) {
    std::string text = lane.name;
    if (span.first_batch != span.last_batch) {
      text += fmt::format(", batches {} to {}", span.first_batch, span.last_batch);
    } else if (span.first_batch != 0) {
      text += fmt::format(", batch {}", span.first_batch);
    }
    text += fmt::format(": {} from {}", Secs(span.end_nanos - span.start_nanos), Secs(span.start_nanos));
    if (span.parts > 1) text += fmt::format("; {} of it busy, in {} parts", Secs(span.busy_nanos), span.parts);
    return text;
  }

  // Of each lane what is before both stages, with its name in the first one.
  void DrawStartUp(size_t lane) {
    const uint64_t nanos = StartUpNanos(timeline_);
    const double width = X(nanos) - kLeft;
    if (width < kStartUpWidth) return;
    Put("<g><title>start-up: {}, before the stages begin</title>", Secs(nanos));
    Put("<rect class=\"before\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\"/>", kLeft, y_[lane], width,
        kBar);
    if (lane == 0 && width >= kStartUpRoom) {
      Put("<text class=\"dim\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">start-up</text>", kLeft + width / 2,
          y_[lane] + 12.5);
    }
    Put("</g>\n");
  }

  // From the end of a batch's emit to the beginning of its receive, with its number, for as many batches as can be told
  // apart.
  void Arrows() {
    const auto from = Ends(TimelineSide::kSource, StageActivity::kEmit);
    const auto to = Ends(TimelineSide::kDestination, StageActivity::kReceive);
    if (from.lane == lanes_.size() || to.lane == lanes_.size()) return;
    const size_t every = std::max<size_t>(1, from.spans.size() / kMostArrows);
    double last_number = 0;
    const auto first = std::find_if(lanes_.begin(), lanes_.end(),
                                    [](const Lane& lane) { return lane.side == TimelineSide::kDestination; });
    const double between = y_[static_cast<size_t>(first - lanes_.begin())] - 20;
    for (size_t i = 0; i < from.spans.size(); i += every) {
      const Span& sent = *from.spans[i];
      const auto taken = std::find_if(to.spans.begin(), to.spans.end(), [&](const Span* span) {
        return span->first_batch <= sent.last_batch && sent.last_batch <= span->last_batch;
      });
      if (taken == to.spans.end()) continue;
      const double x = X(sent.end_nanos), y = y_[from.lane] + kBar;
      const double to_x = X((*taken)->start_nanos), to_y = y_[to.lane] - 1;
      Put("<path class=\"flow\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n", x, y, to_x, to_y);
      if (i != 0 && x - last_number < kNumberRoom) continue;
      last_number = x;
      Put("<text class=\"dim batch\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
          x + (to_x - x) * (between - y) / (to_y - y) + 5, between, sent.last_batch);
    }
  }

  struct LaneEnds {
    size_t lane;
    std::vector<const Span*> spans;
  };
  LaneEnds Ends(TimelineSide side, StageActivity activity) const {
    LaneEnds found{lanes_.size(), {}};
    for (size_t i = 0; i < lanes_.size(); ++i) {
      if (lanes_[i].side != side || lanes_[i].activity != activity) continue;
      found.lane = i;
      for (const Span& span : lanes_[i].spans) {
        if (span.first_batch != 0) found.spans.push_back(&span);
      }
    }
    return found;
  }

  void Foot() {
    const uint64_t grain = std::max(timeline_.source.grain_nanos, timeline_.destination.grain_nanos);
    std::string note =
        "Lines: batches on their way through the channel, some with their number. Times: wall time of the stages' "
        "threads.";
    if (grain != 0) note += fmt::format(" The run was long: gaps up to {} were not kept; sums are exact.", Secs(grain));
    std::string more = "Fetch and flush are without the waits for the server; rapidbyte run prints them with those.";
    const uint64_t start_up = StartUpNanos(timeline_);
    if (X(start_up) - kLeft >= kStartUpWidth) {
      more += fmt::format(" Start-up ({}): reading the pipeline and writing down that it runs.", Secs(start_up));
    }
    Put("<text class=\"dim\" x=\"16\" y=\"{:.1f}\">{}</text>\n", bottom_ + 48, note);
    Put("<text class=\"dim\" x=\"16\" y=\"{:.1f}\">{}</text>\n", bottom_ + 66, more);
  }

  const Timeline& timeline_;
  const double per_pixel_;  // ns
  const std::vector<Lane> lanes_;
  std::vector<double> y_;  // of each lane
  double bottom_ = 0;
  std::string out_;
};

}  // namespace

std::string TimelinePicture(const Timeline& timeline) { return Chart(timeline).Draw(); }

}  // namespace rapidbyte::report
