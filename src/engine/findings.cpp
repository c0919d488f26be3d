#include "engine/findings.h"

#include <nlohmann/json.hpp>

#include "base/printable.h"
#include "engine/error_document.h"
#include "engine/stage.h"

namespace rapidbyte::engine {
namespace {

using nlohmann::json;

std::string Text(const json& document, const char* key) {
  const auto found = document.find(key);
  return found != document.end() && found->is_string() ? Printable(found->get_ref<const std::string&>()) : "";
}

Finding ReadFinding(const json& document, Side side) {
  Finding finding;
  finding.side = side;
  finding.error = Context(RoleName(side), FromErrorDocument(document, side)).value();
  if (!document.is_object()) return finding;
  finding.is_error = Text(document, "level") != "note";
  finding.stream = Text(document, "stream");
  if (!finding.stream.empty()) {
    finding.error = Context("stream \"" + finding.stream + "\"", std::move(finding.error)).value();
  }
  return finding;
}

// What the source said of the stream; nothing but its name where it said nothing.
json Described(const StreamSpec& stream, const Result<json>& source_answer) {
  json unknown = {{"name", stream.name}, {"columns", nullptr}};
  if (!source_answer) return unknown;
  const auto streams = source_answer->find("streams");
  if (streams == source_answer->end() || !streams->is_array()) return unknown;
  for (const json& described : *streams) {
    if (described.is_object() && Text(described, "name") == stream.name) return described;
  }
  return unknown;
}

}  // namespace

void AddFindings(const Result<json>& answer, Side side, std::vector<Finding>& findings) {
  if (!answer) {
    findings.push_back({side, true, "", answer.error()});
    return;
  }
  const auto list = answer->find("findings");
  if (list == answer->end()) return;
  // What is no list goes the way of a finding that is none.
  for (const json& document : list->is_array() ? *list : json::array({*list})) {
    findings.push_back(ReadFinding(document, side));
  }
}

json SourceQuestion(const Pipeline& pipeline) {
  json streams = json::array();
  for (const StreamSpec& stream : pipeline.streams) streams.push_back(StreamDocument(stream));
  return {{"streams", streams}};
}

json DestinationQuestion(const Pipeline& pipeline, const Result<json>& source_answer) {
  json streams = json::array();
  for (const StreamSpec& stream : pipeline.streams) streams.push_back(Described(stream, source_answer));
  return {{"streams", streams},
          {"write_mode", Name(pipeline.write_mode)},
          {"load_method", Name(pipeline.load_method)},
          {"replace_by", Name(pipeline.replace_by)}};
}

}  // namespace rapidbyte::engine
