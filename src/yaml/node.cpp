#include "yaml/node.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/utf8.h"

namespace rapidbyte::yaml {
namespace {

constexpr uintmax_t kMaxDocumentBytes = 1 << 20;
constexpr int kMaxDepth = 100;
constexpr int kMaxNodes = 100'000;  // aliases of aliases grow exponentially

class TreeCopier {
 public:
  explicit TreeCopier(std::string file) : file_(std::move(file)) {}

  Result<Node> Copy(const YAML::Node& node, int parent_line, int depth) {
    Node copy;
    copy.line = node.Mark().line >= 0 && !node.IsNull() ? node.Mark().line + 1 : parent_line;
    if (depth > kMaxDepth || ++nodes_ > kMaxNodes) return Refuse(copy.line, "the document is too large or too deep");
    if (node.IsScalar()) {
      copy.kind = Node::Kind::kScalar;
      copy.text = node.Scalar();
    } else if (node.IsSequence()) {
      copy.kind = Node::Kind::kList;
      RB_TRY(CopyItems(node, depth, copy));
    } else if (node.IsMap()) {
      copy.kind = Node::Kind::kMap;
      RB_TRY(CopyEntries(node, depth, copy));
    }
    return copy;
  }

 private:
  Status CopyItems(const YAML::Node& list, int depth, Node& copy) {
    for (const YAML::Node& item : list) {
      RB_ASSIGN(Node copied, Copy(item, copy.line, depth + 1));
      copy.items.push_back(std::move(copied));
    }
    return {};
  }

  Status CopyEntries(const YAML::Node& map, int depth, Node& copy) {
    for (const auto& entry : map) {
      const int line = entry.first.Mark().line + 1;
      if (!entry.first.IsScalar()) return Refuse(line, "a key must be a text");
      RB_ASSIGN(Node value, Copy(entry.second, line, depth + 1));
      copy.entries.push_back({entry.first.Scalar(), line, std::move(value)});
    }
    return {};
  }

  tl::unexpected<Error> Refuse(int line, std::string_view why) const {
    return Fail(ErrorCode::kConfiguration, fmt::format("{}:{}: {}", file_, line, why));
  }

  std::string file_;
  int nodes_ = 0;
};

// Where documents begin, and nothing of what is in them.
class DocumentStarts : public YAML::EventHandler {
 public:
  const std::vector<int>& lines() const { return lines_; }

  void OnDocumentStart(const YAML::Mark& mark) override { lines_.push_back(mark.line + 1); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}

 private:
  std::vector<int> lines_;
};

// Two at most: yaml-cpp takes a text that belongs to no document, such as a comma, for documents without end.
std::vector<int> FirstDocumentLines(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  while (starts.lines().size() < 2 && parser.HandleNextDocument(starts)) {
  }
  return starts.lines();
}

// Some of yaml-cpp's messages end with a piece of the document, which may be one of a password ("*secret").
std::string WithoutQuotation(const std::string& message) { return message.substr(0, message.find(": ")); }

Status CheckUtf8(std::string_view text, const std::string& file) {
  const size_t at = FirstInvalidByte(text);
  if (at == std::string_view::npos) return {};
  const std::string_view before = text.substr(0, at);
  const std::string_view line = before.substr(before.rfind('\n') + 1);  // from 0 where there is none before
  const auto is_first_byte = [](char byte) { return !IsContinuation(byte); };
  return Fail(
      ErrorCode::kConfiguration,
      fmt::format("{}:{}:{}: the byte 0x{:02x} is not UTF-8", file, std::count(before.begin(), before.end(), '\n') + 1,
                  std::count_if(line.begin(), line.end(), is_first_byte) + 1, static_cast<uint8_t>(text[at])),
      "save the document as UTF-8, or convert it: iconv -f latin1 -t utf-8");
}

}  // namespace

std::string_view KindName(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return "a text";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a mapping";
  }
  return "";
}

Result<std::string> ReadFile(const std::filesystem::path& path, std::string_view what) {
  const auto cannot_read = [&](const std::string& why) {
    return Fail(ErrorCode::kConfiguration, fmt::format("cannot read {}: {}", path.string(), why));
  };
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return cannot_read("it is a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) return cannot_read(std::generic_category().message(errno));
  std::string text(kMaxDocumentBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (file.bad()) return cannot_read(std::generic_category().message(errno));
  if (text.size() > kMaxDocumentBytes) return cannot_read(fmt::format("it is larger than 1 MiB, so no {}", what));
  return text;
}

Result<Node> Parse(const std::string& text, const std::string& file) {
  RB_TRY(CheckUtf8(text, file));
  try {
    const std::vector<int> lines = FirstDocumentLines(text);
    if (lines.empty()) return Node{.line = 1};
    if (lines.size() > 1) {
      return Fail(ErrorCode::kConfiguration,
                  fmt::format("{}:{}: expected one document, and here is more than that", file, lines[1]));
    }
    return TreeCopier(file).Copy(YAML::Load(text), 1, 0);
  } catch (const YAML::Exception& error) {
    return Fail(ErrorCode::kConfiguration,
                fmt::format("{}:{}: not valid YAML: {}", file, error.mark.line + 1, WithoutQuotation(error.msg)));
  }
}

}  // namespace rapidbyte::yaml
