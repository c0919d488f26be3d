#include "engine/pipeline_yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace rapidbyte::engine {
namespace {

constexpr int kMaxDepth = 100;
constexpr int kMaxNodes = 100'000;  // aliases of aliases grow exponentially

class TreeCopier {
 public:
  explicit TreeCopier(std::string file) : file_(std::move(file)) {}

  Result<YamlNode> Copy(const YAML::Node& node, int parent_line, int depth) {
    YamlNode copy;
    copy.line = node.Mark().line >= 0 && !node.IsNull() ? node.Mark().line + 1 : parent_line;
    if (depth > kMaxDepth || ++nodes_ > kMaxNodes) return Refuse(copy.line, "the document is too large or too deep");
    if (node.IsScalar()) {
      copy.kind = YamlNode::Kind::kScalar;
      copy.text = node.Scalar();
    } else if (node.IsSequence()) {
      copy.kind = YamlNode::Kind::kList;
      RB_TRY(CopyItems(node, depth, copy));
    } else if (node.IsMap()) {
      copy.kind = YamlNode::Kind::kMap;
      RB_TRY(CopyEntries(node, depth, copy));
    }
    return copy;
  }

 private:
  Status CopyItems(const YAML::Node& list, int depth, YamlNode& copy) {
    for (const YAML::Node& item : list) {
      RB_ASSIGN(YamlNode copied, Copy(item, copy.line, depth + 1));
      copy.items.push_back(std::move(copied));
    }
    return {};
  }

  Status CopyEntries(const YAML::Node& map, int depth, YamlNode& copy) {
    for (const auto& entry : map) {
      const int line = entry.first.Mark().line + 1;
      if (!entry.first.IsScalar()) return Refuse(line, "a key must be a text");
      RB_ASSIGN(YamlNode value, Copy(entry.second, line, depth + 1));
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

// Some of yaml-cpp's messages end with a piece of the document, which may be one of a password ("*secret").
std::string WithoutQuotation(const std::string& message) { return message.substr(0, message.find(": ")); }

}  // namespace

std::string_view KindName(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kScalar:
      return "a text";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a mapping";
  }
  return "";
}

Result<YamlNode> ParseYaml(const std::string& text, const std::string& file) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.empty()) return YamlNode{.line = 1};
    if (documents.size() > 1) {
      return Fail(ErrorCode::kConfiguration,
                  fmt::format("{}: expected one document, found {} separated by ---", file, documents.size()));
    }
    return TreeCopier(file).Copy(documents.front(), 1, 0);
  } catch (const YAML::Exception& error) {
    return Fail(ErrorCode::kConfiguration,
                fmt::format("{}:{}: not valid YAML: {}", file, error.mark.line + 1, WithoutQuotation(error.msg)));
  }
}

}  // namespace rapidbyte::engine
