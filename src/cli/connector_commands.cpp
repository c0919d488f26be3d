#include "cli/connector_commands.h"

#include <fmt/format.h>

#include <functional>
#include <future>
#include <iostream>

#include "base/clock.h"
#include "base/format.h"
#include "base/json.h"
#include "base/printable.h"
#include "cli/command.h"
#include "engine/connector_catalog.h"
#include "engine/pipeline.h"
#include "engine/runner.h"
#include "report/text_layout.h"
#include "wasm/aot_cache.h"
#include "wasm/aot_module.h"

namespace rapidbyte::cli {
namespace {

Result<std::vector<engine::ConnectorManifest>> Chosen(const std::vector<std::string>& names) {
  if (names.empty()) return engine::ListConnectors(engine::DefaultConnectorDir());
  std::vector<engine::ConnectorManifest> manifests;
  for (const std::string& name : names) {
    RB_ASSIGN(engine::ConnectorManifest manifest, engine::FindConnector(engine::DefaultConnectorDir(), name));
    manifests.push_back(std::move(manifest));
  }
  return manifests;
}

// Returns what to print of it.
Result<std::string> Compile(const engine::ConnectorManifest& manifest, const net::CancelToken& cancel) {
  const uint64_t start = MonotonicNanos();
  RB_ASSIGN(const std::vector<uint8_t> bytes, engine::ReadModule(manifest));
  RB_ASSIGN(const auto module, wasm::AotModule::Load(manifest.name, bytes, wasm::DefaultAotCacheDir(), cancel.fd()));
  const std::string took = FormatDuration(NanosToSeconds(MonotonicNanos() - start));
  return fmt::format("{}: {} ({})\n", manifest.name, module->compiled_now() ? "compiled" : "was compiled already",
                     took);
}

}  // namespace

Command AddConnectors(Command app) { return app.AddCommand("connectors", "List the connectors"); }

int ListConnectorsCommand() {
  const auto manifests = engine::ListConnectors(engine::DefaultConnectorDir());
  if (!manifests) return PrintError(manifests.error());
  for (const engine::ConnectorManifest& manifest : *manifests) {
    fmt::print("{:20} {:8} {:12} sha256 {}\n", manifest.name, manifest.version, fmt::join(manifest.roles, ", "),
               manifest.sha256.substr(0, 16));
  }
  return 0;
}

Command AddCompile(Command app, std::vector<std::string>& names) {
  return app.AddCommand(
      "compile", "Compile connectors ahead of time, so that no run has to",
      [&names](Command compile) { compile.Add("NAME", names, "connectors; all of them if none is named"); });
}

int CompileCommand(const std::vector<std::string>& names) {
  const auto manifests = Chosen(names);
  if (!manifests) return PrintError(manifests.error());
  // All at once: the C compiler takes its time, on one core for each.
  std::vector<std::future<Result<std::string>>> compiling;
  compiling.reserve(manifests->size());
  for (const engine::ConnectorManifest& manifest : *manifests) {
    compiling.push_back(std::async(std::launch::async, Compile, std::cref(manifest), std::cref(CancelOnSignals())));
  }
  int status = 0;
  for (auto& compiled : compiling) {
    const Result<std::string> line = compiled.get();
    if (line) fmt::print("{}", *line);
    if (!line) status = PrintError(line.error());
  }
  return status;
}

Command AddDiscover(Command app, std::filesystem::path& pipeline) {
  return app.AddCommand(
      "discover", "Print the streams that a pipeline's source has, as JSON",
      [&pipeline](Command discover) { discover.Add("PIPELINE", pipeline, "the pipeline document").Required(); });
}

int DiscoverCommand(const std::filesystem::path& file) {
  const auto pipeline = engine::LoadPipeline(file, engine::ProcessEnvironment());
  if (!pipeline) return PrintError(pipeline.error());
  LogToStderr("warn");
  const auto streams = engine::Discover(*pipeline, DefaultRunOptions(CancelOnSignals()));
  if (!streams) return PrintError(streams.error());
  std::cout << DumpJson(*streams, 2) << '\n';
  for (const std::string& note : JsonTexts(*streams, "notes")) {
    std::cerr << "note: " << Printable(note) << '\n';
  }
  return 0;
}

}  // namespace rapidbyte::cli
