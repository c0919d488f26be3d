#include "lab/pipeline_subject.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "lab/bench_schemas.h"
#include "metrics/json_text.h"
#include "os/file_descriptor.h"
#include "scenario/pipeline_binding.h"

namespace rapidbyte::lab {
namespace {

// The run's environment variable for what the document does not spell out.
constexpr const char* kPasswordVariable = "RAPIDBYTE_BENCH_PASSWORD";
// Stands for a reference to it until the document is written: values are never references.
constexpr const char* kPasswordMark = "rapidbyte-bench-password";

constexpr const char* kDefaultDocument = R"(version: 1
pipeline: bench
source:
  use: source-postgres
  streams: [{name: bench_events, sync_mode: full_refresh}]
destination:
  use: dest-postgres
  config: {load_method: copy}
  write_mode: append
state: {backend: sqlite, connection: state.db}
)";

Result<std::string> ReadDocument(const std::string& document) {
  if (document == "default") return std::string(kDefaultDocument);
  std::ifstream file(document, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return Fail(ErrorCode::kConfiguration, "cannot read the pipeline " + document);
  return text;
}

void BindServer(const ServerAddress& server, const std::string& side, const std::string& schema,
                record::CellKey& values) {
  const std::string config = side + ".config.";
  values[config + "host"] = server.host;
  values[config + "port"] = std::to_string(server.port);
  values[config + "user"] = server.user;
  values[config + "database"] = server.database;
  values[config + "schema"] = schema;
  values[config + "password"] = server.password.empty() ? "" : kPasswordMark;
}

void Replace(const std::string& from, const std::string& to, std::string& text) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// Readable by us alone, although no secret is in it.
Status WriteDocument(const std::filesystem::path& path, const std::string& text) {
  const os::FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.is_open() && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
  return Fail(ErrorCode::kInternal,
              fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno)));
}

class PipelineSubject : public Subject {
 public:
  PipelineSubject(const Command& command, const PipelineSettings& settings, std::optional<DatasetAtHand> dataset)
      : command_(command),
        hooks_(settings.hooks, {.argv = {}, .environment = command.environment, .working_directory = {}}, "sh",
               settings.interrupt),
        output_(settings.metrics, command),
        dataset_(dataset) {}

  Status Setup() override { return hooks_.Setup(); }
  Status Prepare() override {
    if (dataset_) RB_TRY(CleanDestination(dataset_->session));
    return hooks_.Prepare();
  }
  Status Conclude() override { return hooks_.Conclude(); }
  Status Cleanup() override { return hooks_.Cleanup(); }

  Result<Command> NextCommand() override {
    output_.Start();
    return command_;
  }
  Result<std::map<std::string, double>> ExtractMetrics(const SubprocessResult& run) override {
    return output_.Read(run);
  }
  Result<nlohmann::json> ReadMetrics(const SubprocessResult& run) override { return metrics::FindBenchLine(run.out); }
  Result<std::optional<std::string>> Verify() override {
    if (!dataset_) return std::nullopt;
    return FindMissing(dataset_->session, dataset_->dataset);
  }

 private:
  Command command_;
  HookRunner hooks_;
  OutputReader output_;
  std::optional<DatasetAtHand> dataset_;
};

}  // namespace

Result<std::string> PipelineDocument(const PipelineSettings& settings, const std::optional<PipelineEnds>& ends) {
  RB_ASSIGN(const std::string text, ReadDocument(settings.document));
  record::CellKey values = settings.values;
  // One for each subject: builds of several versions may run in turns, and an older one refuses a newer one's file.
  values["state.connection"] = (settings.folder / (settings.name + ".db")).string();
  if (ends) {
    BindServer(ends->server, "source", ends->table.schema, values);
    BindServer(ends->server, "destination", kDestinationSchema, values);
    values["source.streams[0].name"] = ends->table.table;
  }
  RB_ASSIGN(std::string bound, scenario::BindPipeline(text, settings.document, values));
  Replace(kPasswordMark, fmt::format("${{{}}}", kPasswordVariable), bound);
  return bound;
}

Result<std::unique_ptr<Subject>> MakePipelineSubject(const PipelineSettings& settings,
                                                     std::optional<DatasetAtHand> dataset) {
  RB_TRY(CheckMetrics(settings.metrics, OutputTo::kPipe));
  std::optional<PipelineEnds> ends;
  if (dataset) ends.emplace(dataset->ends());
  RB_ASSIGN(const std::string text, PipelineDocument(settings, ends));
  const std::filesystem::path document = settings.folder / (settings.name + ".yaml");
  RB_TRY(WriteDocument(document, text));
  Command command;
  command.argv = {settings.executable.string(), "run", document.string(), "--quiet"};
  if (dataset) {
    command.environment = dataset->server.environment;
    if (!dataset->server.password.empty()) command.environment[kPasswordVariable] = dataset->server.password;
  }
  return std::make_unique<PipelineSubject>(command, settings, dataset);
}

}  // namespace rapidbyte::lab
