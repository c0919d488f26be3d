#include "cli/command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <iostream>
#include <sstream>

#include "base/nearest_name.h"
#include "base/printable.h"
#include "base/redact.h"
#include "dest_postgres/dest_postgres.h"
#include "engine/connector_catalog.h"
#include "os/patience.h"
#include "report/text_layout.h"
#include "source_postgres/source_postgres.h"
#include "wasm/aot_cache.h"

namespace rapidbyte::cli {

int PrintError(const Error& error) {
  // Line by line, and nothing that a terminal would obey: a message may quote what a program printed.
  std::istringstream lines(error.message);
  std::string prefix = "error: ";
  for (std::string line; std::getline(lines, line); prefix.clear()) {
    std::cerr << prefix << Printable(RedactPasswords(line)) << '\n';
  }
  if (!error.hint.empty()) std::cerr << "hint: " << PrintableLines(error.hint) << '\n';
  return static_cast<int>(error.code);
}

void PrintWarning(std::string_view text) { std::cerr << "warning: " << Printable(RedactPasswords(text)) << '\n'; }

std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view nearest = NearestName(word, candidates);
  return nearest.empty() ? fmt::format("there are {}", fmt::join(candidates, ", "))
                         : fmt::format("did you mean {}?", nearest);
}

const net::CancelToken& CancelOnSignals() {
  static net::CancelToken token;
  struct sigaction action {};
  action.sa_handler = [](int) {
    os::NoteStopSignal();
    token.Cancel();
  };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction hang_up {};
  sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);  // nohup wants it to go on
  return token;
}

void LogToStderr(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("rapidbyte"));
  spdlog::set_pattern("%H:%M:%S.%e %l %v");
  spdlog::set_level(spdlog::level::from_str(level));
}

engine::RunOptions DefaultRunOptions(const net::CancelToken& cancel) {
  engine::RunOptions options;
  options.cancel = &cancel;
  options.connector_dir = engine::DefaultConnectorDir();
  options.cache_dir = wasm::DefaultAotCacheDir();
  options.native_connectors = {&SourcePostgresConnector(), &DestPostgresConnector()};
  return options;
}

}  // namespace rapidbyte::cli
