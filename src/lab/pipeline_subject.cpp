#include "lab/pipeline_subject.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "lab/dataset.h"
#include "lab/file_descriptor.h"
#include "metrics/json_text.h"

namespace rapidbyte::lab {
namespace {

// The run's environment variables for what the document does not spell out.
constexpr const char* kPasswordVariable = "RAPIDBYTE_BENCH_PASSWORD";

// JSON's strings are YAML's double-quoted ones. "$${" stands for "${", which would be a reference.
std::string YamlString(const std::string& text) {
  std::string quoted = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (size_t at = 0; (at = quoted.find("${", at)) != std::string::npos; at += 3) quoted.insert(at, "$");
  return quoted;
}

std::string ConnectionConfig(const ServerAddress& server, const std::string& schema) {
  std::string config =
      fmt::format("    host: {}\n    port: {}\n    user: {}\n    database: {}\n    schema: {}\n",
                  YamlString(server.host), server.port, YamlString(server.user), YamlString(server.database), schema);
  if (!server.password.empty()) config += fmt::format("    password: \"${{{}}}\"\n", kPasswordVariable);
  return config;
}

// Readable by us alone, although no secret is in it.
Status WriteDocument(const std::filesystem::path& path, const std::string& text) {
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.is_open() && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
  return Fail(ErrorCode::kInternal,
              fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno)));
}

class PipelineSubject : public Subject {
 public:
  PipelineSubject(Command command, Dataset dataset, Postgres& session)
      : command_(std::move(command)), dataset_(std::move(dataset)), session_(session) {}

  Status Prepare() override { return CleanDestination(session_); }
  Result<Command> NextCommand() override { return command_; }
  Result<nlohmann::json> ReadMetrics(const SubprocessResult& run) override { return metrics::FindBenchLine(run.out); }
  Result<std::optional<std::string>> Verify() override {
    return FindDifference(session_, {kDestinationSchema, dataset_.table.table}, dataset_.columns, dataset_.content);
  }

 private:
  Command command_;
  Dataset dataset_;
  Postgres& session_;
};

}  // namespace

std::string PipelineDocument(const PipelineSettings& settings) {
  std::string text = fmt::format("version: 1\npipeline: bench_{}\n", settings.load_method);
  text += "source:\n  use: source-postgres\n  config:\n" + ConnectionConfig(settings.server, kSourceSchema);
  text += fmt::format("  streams:\n    - {{name: {}, sync_mode: full_refresh}}\n", kBenchTable);
  text += "destination:\n  use: dest-postgres\n  config:\n" + ConnectionConfig(settings.server, kDestinationSchema);
  text += fmt::format("    load_method: {}\n  write_mode: append\n", settings.load_method);
  text += fmt::format("resources: {{compression: {}}}\n", settings.compression);
  text +=
      fmt::format("state: {{backend: sqlite, connection: {}}}\n", YamlString((settings.folder / "state.db").string()));
  text += fmt::format("runtime: {}\n", settings.runtime);
  return text;
}

Result<std::unique_ptr<Subject>> MakePipelineSubject(const PipelineSettings& settings, ExpectedRows expected,
                                                     Postgres& session) {
  const std::filesystem::path document =
      settings.folder / fmt::format("bench_{}_{}.yaml", settings.load_method, settings.runtime);
  RB_TRY(WriteDocument(document, PipelineDocument(settings)));
  Command command;
  command.argv = {settings.executable.string(), "run", document.string(), "--quiet"};
  command.environment = settings.server.environment;
  command.leftovers = Leftovers::kKillTree;
  if (!settings.server.password.empty()) command.environment[kPasswordVariable] = settings.server.password;
  return std::make_unique<PipelineSubject>(std::move(command), std::move(expected), session);
}

}  // namespace rapidbyte::lab
