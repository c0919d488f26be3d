#include "cli/check_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/printable.h"
#include "cli/command.h"
#include "engine/runner.h"
#include "engine/stage.h"
#include "report/text_layout.h"

namespace rapidbyte::cli {
namespace {

constexpr size_t kColumns = 80;

std::string Counted(size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

size_t CountErrors(const std::vector<engine::Finding>& findings) {
  return static_cast<size_t>(std::count_if(findings.begin(), findings.end(), [](const auto& f) { return f.is_error; }));
}

std::string Text(const engine::Finding& finding) {
  std::string text = report::Wrap(finding.is_error ? "error: " : "note: ", Printable(finding.error.message), kColumns);
  if (!finding.error.hint.empty()) text += report::Wrap("  hint: ", Printable(finding.error.hint), kColumns);
  return text;
}

}  // namespace

Command AddCheck(Command app, CheckOptions& options) {
  return app.AddCommand("check", "Check a pipeline document and both servers; moves nothing",
                        [&options](Command check) {
                          check.Add("PIPELINE", options.pipeline, "the pipeline document").Required();
                          check.AddFlag("--json", options.json, "print what was found as JSON only");
                        });
}

int CheckCommand(const CheckOptions& options) {
  const auto pipeline = engine::LoadPipeline(options.pipeline, engine::ProcessEnvironment());
  if (!pipeline) return PrintError(pipeline.error());
  LogToStderr("warn");
  const std::vector<engine::Finding> findings = engine::Validate(*pipeline, DefaultRunOptions(CancelOnSignals()));
  const auto first = std::find_if(findings.begin(), findings.end(), [](const auto& f) { return f.is_error; });
  if (options.json) {
    std::cout << FindingsJson(findings) << '\n';
  } else {
    std::cerr << PrintableLines(FindingsText(findings));
  }
  if (first != findings.end()) return static_cast<int>(first->error.code);
  if (!options.json) {
    std::cout << fmt::format("OK: document valid, {} found, destination privileges sufficient\n",
                             Counted(pipeline->streams.size(), "stream"));
  }
  return 0;
}

std::string FindingsText(const std::vector<engine::Finding>& findings) {
  std::string text;
  for (const engine::Finding& finding : findings) text += Text(finding);
  const size_t errors = CountErrors(findings);
  if (errors == 0) return text;
  const size_t notes = findings.size() - errors;
  return text + Counted(errors, "error") + (notes == 0 ? "" : ", " + Counted(notes, "note")) + "\n";
}

std::string FindingsJson(const std::vector<engine::Finding>& findings) {
  nlohmann::json list = nlohmann::json::array();
  for (const engine::Finding& finding : findings) {
    list.push_back({{"level", finding.is_error ? "error" : "note"},
                    {"side", engine::RoleName(finding.side)},
                    {"stream", finding.stream},
                    {"message", finding.error.message},
                    {"hint", finding.error.hint}});
    if (finding.is_error) list.back()["exit_code"] = static_cast<int>(finding.error.code);
  }
  const nlohmann::json document = {{"errors", CountErrors(findings)}, {"findings", list}};
  return DumpJson(document, 2);
}

}  // namespace rapidbyte::cli
