// The form of an explanation that programs read.
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "report/explain_report.h"
#include "report/explain_table.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;

json ToJson(const analysis::FrameChanges& frames) {
  json functions = json::array();
  for (const analysis::FrameChange& frame : frames.frames) functions.push_back(report::ToJson(frame));
  return {{"profiles_before", frames.profiles_before},
          {"profiles_after", frames.profiles_after},
          {"unit", frames.in_seconds ? "s" : "share"},
          {"functions", functions}};
}

json ToJson(const std::vector<analysis::MissingProfiles>& missing) {
  json list = json::array();
  for (const analysis::MissingProfiles& one : missing) list.push_back({{"what", one.what}, {"command", one.command}});
  return list;
}

}  // namespace

std::string ExplainJson(const ExplainReport& report) {
  json cells = json::array();
  for (const ExplainedCell& cell : report.cells) {
    json document = ToJson(cell.explanation);
    document["cell"] = cell.cell;
    document["verdict"] = cell.verdict;
    document["profiles"] = cell.frames.changes ? ToJson(*cell.frames.changes) : json(nullptr);
    document["missing_profiles"] = ToJson(cell.frames.missing);
    cells.push_back(std::move(document));
  }
  const json document = {{"before_name", report.before_name},
                         {"after_name", report.after_name},
                         {"cells", cells},
                         {"warnings", report.warnings}};
  return DumpJson(document, 2) + "\n";
}

}  // namespace rapidbyte::report
