#include "sdk/findings.h"

#include "sdk/host.h"
#include "sdk/json.h"

namespace rapidbyte::sdk {

using nlohmann::json;

void Findings::AddNote(std::string_view stream, std::string message, std::string hint) {
  Error note;
  note.message = std::move(message);
  note.hint = std::move(hint);
  Add(stream, "note", std::move(note));
}

void Findings::Add(std::string_view stream, const char* level, Error error) {
  for (Finding& found : findings_) {
    if (found.error.message != error.message) continue;
    if (found.stream != stream) found.stream.clear();
    return;
  }
  findings_.push_back({std::string(stream), level, std::move(error)});
}

json Findings::ToJson() const {
  json list = json::array();
  for (const Finding& found : findings_) {
    json document = ErrorDocument(found.error);
    document["level"] = found.level;
    document["stream"] = found.stream;
    list.push_back(std::move(document));
  }
  return list;
}

}  // namespace rapidbyte::sdk
