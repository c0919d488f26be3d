#include "report/flamegraph_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "report/flamegraph_text.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

constexpr std::pair<std::string_view, std::string_view> kAssets[] = {
#include "flamegraph_assets.inc"
};

// In px, but for the widths of texts: those fit a window of kNarrow.
constexpr int kRow = 18;
constexpr int kLine = 16;
constexpr int kTitleLine = 22;
constexpr double kWidth = 1200;  // the window whose room decides which labels are written
constexpr double kNarrow = 700;
constexpr double kColumn = 7.3;      // of the labels' type
constexpr double kTextColumn = 6.4;  // of the header's, about
constexpr double kTitleColumn = 11;
constexpr double kLeast = 18;  // a narrower frame has no label

void Append(std::string& out, std::string_view text) { out += text; }

template <typename... Args>
void Print(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

std::vector<std::string> LinesOf(const std::string& text, double column) {
  const std::string wrapped = Wrap("", text, static_cast<size_t>((kNarrow - 20) / column));
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < wrapped.size();) {
    const size_t end = wrapped.find('\n', begin);
    lines.push_back(wrapped.substr(begin, end - begin));
    begin = end == std::string::npos ? wrapped.size() : end + 1;
  }
  return lines;
}

// Returns the height that it takes, from `y` on.
int AddLegend(std::string& out, const Sheet& sheet, int y) {
  constexpr int kEntriesInRow = 4, kEntryWidth = 170;
  int entry = 0;
  for (const LegendEntry& shown : sheet.legend) {
    const int x = entry % kEntriesInRow * kEntryWidth, top = y + entry / kEntriesInRow * kRow;
    Print(out, "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"14\" height=\"12\"/>", shown.look, x, top);
    if (shown.hatched) {
      Print(out, "<rect class=\"hatch\" x=\"{}\" y=\"{}\" width=\"14\" height=\"12\"/>", x, top);
    }
    Print(out, "<text class=\"fact\" x=\"{}\" y=\"{}\">{}</text>\n", x + 20, top + 10, XmlText(shown.label));
    ++entry;
  }
  return (entry + kEntriesInRow - 1) / kEntriesInRow * kRow;
}

void AddFrame(std::string& out, const SheetFrame& frame, uint32_t row) {
  const double width = frame.width * kWidth * 0.98;
  Print(out, "<svg x=\"{:.3f}%\" y=\"{}\" width=\"{:.3f}%\" height=\"{}\" role=\"img\"><title>{}</title>",
        frame.left * 100, row * kRow, frame.width * 100, kRow, XmlText(frame.details));
  Print(out, "<rect class=\"frame {}\" width=\"100%\" height=\"100%\"/>", frame.look);
  if (frame.hatched > 0.004) {
    Print(out, "<rect class=\"hatch\" x=\"{:.1f}%\" width=\"{:.1f}%\" height=\"100%\"/>", (1 - frame.hatched) * 100,
          frame.hatched * 100);
  }
  if (width >= kLeast) {
    const std::string label = Shortened(frame.label, static_cast<size_t>((width - 6) / kColumn));
    Print(out, "<text class=\"label\" x=\"4\" y=\"13\">{}</text>", XmlText(label));
  }
  out += "</svg>\n";
}

// What is seen without JavaScript. Returns its height.
int AddDrawing(std::string& out, const Sheet& sheet) {
  int y = 6;
  out += "<g id=\"drawing\">\n<svg x=\"1%\" width=\"98%\">\n";
  for (const std::string& line : LinesOf(sheet.title, kTitleColumn)) {
    Print(out, "<text class=\"title\" x=\"0\" y=\"{}\">{}</text>\n", y += kTitleLine, XmlText(line));
  }
  for (const std::string& fact : sheet.facts) {
    for (const std::string& line : LinesOf(fact, kTextColumn)) {
      Print(out, "<text class=\"fact\" x=\"0\" y=\"{}\">{}</text>\n", y += kLine, XmlText(line));
    }
  }
  y += AddLegend(out, sheet, y + 12) + 20;
  out += "</svg>\n";
  uint32_t rows = 0;
  for (const SheetFrame& frame : sheet.frames) rows = std::max(rows, frame.row + 1);
  const uint32_t height = rows * kRow;
  Print(out, "<svg x=\"1%\" y=\"{}\" width=\"98%\" height=\"{}\">\n", y, std::max(height, 1u));
  for (const SheetFrame& frame : sheet.frames) AddFrame(out, frame, sheet.icicle ? frame.row : rows - 1 - frame.row);
  out += "</svg>\n</g>\n";
  return y + static_cast<int>(height) + 16;
}

}  // namespace

std::string SvgOf(const Sheet& sheet) {
  std::string drawing;
  const int height = AddDrawing(drawing, sheet);
  std::string style, script;
  for (const auto& [name, content] : kAssets) (name.ends_with(".css") ? style : script) += content;
  std::string out;
  out.reserve(drawing.size() + sheet.data.size() + style.size() + script.size() + 2000);
  Print(out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\" "
        "height=\"{}\" role=\"graphics-document\" aria-labelledby=\"picture-title\" "
        "aria-describedby=\"picture-description\">\n",
        height);
  Print(out, "<title id=\"picture-title\">{}</title>\n<desc id=\"picture-description\">{}</desc>\n",
        XmlText(sheet.title), XmlText(sheet.description));
  Append(out, "<style><![CDATA[\n");
  Append(out, style);
  Append(out,
         "]]></style>\n<defs><pattern id=\"stripes\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
         "patternTransform=\"rotate(45)\"><rect class=\"stripe\" width=\"2.5\" height=\"6\"/></pattern></defs>\n"
         "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n");
  Append(out, drawing);
  Append(out, "<script id=\"data\" type=\"application/json\"><![CDATA[");
  Append(out, sheet.data);
  Append(out, "]]></script>\n<script><![CDATA[\n\"use strict\";\n");
  Append(out, script);
  Append(out, "]]></script>\n</svg>\n");
  return out;
}

}  // namespace rapidbyte::report
