#include "engine/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>

#include "yaml/fields.h"
#include "yaml/node.h"

namespace rapidbyte::engine {
namespace {

constexpr const char* kDefaultState = ".rapidbyte/state.db";
constexpr uint64_t kMostMillis = uint64_t{24} * 3600 * 1000;

template <typename T, size_t N>
void ReadChoice(yaml::Fields& fields, std::string_view key, const std::array<T, N>& values, T& target) {
  std::array<std::string_view, N> names;
  std::transform(values.begin(), values.end(), names.begin(), [](T value) { return Name(value); });
  auto index = static_cast<size_t>(std::find(values.begin(), values.end(), target) - values.begin());
  fields.Choice(key, names, index);
  target = values[index];
}

template <typename T>
void ReadNumber(yaml::Fields& fields, std::string_view key, uint64_t least, uint64_t most, T& target) {
  uint64_t number = target;
  fields.Number(key, least, most, number);
  target = static_cast<T>(number);
}

void ReadVersion(yaml::Fields& document) {
  std::string version;
  document.RequiredText("version", "1", version);
  if (!version.empty() && version != "1") document.Note("version", "expected 1, the only version there is");
}

void ReadServer(yaml::Fields& config, PostgresConfig& server) {
  config.OptionalText("host", "a name, an address or a socket's folder", server.host);
  ReadNumber(config, "port", 1, 65535, server.port);
  config.RequiredText("user", "the role to connect as", server.user);
  config.Secret("password", server.password);
  config.RequiredText("database", "the database to connect to", server.database);
  config.OptionalText("schema", "the name of a schema", server.schema);
  config.Duration("connect_timeout", kMostMillis, "no limit", server.connect_timeout_ms);
  config.Duration("lock_wait_timeout", kMostMillis, "no limit", server.lock_wait_timeout_ms);
}

void ReadStreams(yaml::Fields& source, std::vector<StreamSpec>& streams) {
  constexpr std::string_view sync_modes[] = {"full_refresh"};
  for (yaml::Fields& fields : source.Sections("streams", "a list of streams, each with its name")) {
    StreamSpec stream;
    fields.RequiredText("name", "the name of a table", stream.name);
    size_t sync_mode = 0;
    fields.Choice("sync_mode", sync_modes, sync_mode);
    fields.Texts("columns", "column names", stream.columns);
    fields.Flag("only", stream.only);
    fields.Finish();
    const auto same = [&](const StreamSpec& other) { return !stream.name.empty() && other.name == stream.name; };
    if (std::any_of(streams.begin(), streams.end(), same)) {
      fields.Note("name", fmt::format("the stream \"{}\" is listed twice", stream.name));
    }
    streams.push_back(std::move(stream));
  }
}

void ReadSource(yaml::Fields source, Pipeline& pipeline) {
  source.RequiredText("use", "a connector, such as source-postgres", pipeline.source_use);
  yaml::Fields config = source.Section("config", /*required=*/true);
  ReadServer(config, pipeline.source);
  ReadChoice(config, "row_security", std::array{RowSecurity::kRefuse, RowSecurity::kFilter}, pipeline.row_security);
  config.Finish();
  ReadStreams(source, pipeline.streams);
  source.Finish();
}

void ReadDestination(yaml::Fields destination, Pipeline& pipeline) {
  destination.RequiredText("use", "a connector, such as dest-postgres", pipeline.destination_use);
  yaml::Fields config = destination.Section("config", /*required=*/true);
  pipeline.destination.schema = "raw";
  ReadServer(config, pipeline.destination);
  ReadChoice(config, "load_method", std::array{LoadMethod::kInsert, LoadMethod::kCopy}, pipeline.load_method);
  config.Finish();
  ReadChoice(destination, "write_mode", std::array{WriteMode::kAppend, WriteMode::kReplace}, pipeline.write_mode);
  ReadChoice(destination, "replace_by",
             std::array{ReplaceBy::kTruncate, ReplaceBy::kStaged, ReplaceBy::kDelete, ReplaceBy::kSwap},
             pipeline.replace_by);
  if (destination.KindOf("replace_by") != yaml::Node::Kind::kNull && pipeline.write_mode != WriteMode::kReplace) {
    destination.Note("replace_by", "says how to replace, but write_mode is append; set write_mode: replace");
  }
  destination.Finish();
}

void ReadResources(yaml::Fields resources, Pipeline& pipeline) {
  ReadChoice(resources, "compression", std::array{Compression::kNone, Compression::kLz4, Compression::kZstd},
             pipeline.compression);
  resources.Bytes("max_batch_bytes", 1 << 10, 256 << 20, pipeline.max_batch_bytes);
  ReadNumber(resources, "max_batch_rows", 1, 1'000'000, pipeline.max_batch_rows);
  ReadNumber(resources, "max_inflight_batches", 1, 1024, pipeline.max_inflight_batches);
  resources.Finish();
}

void ReadState(yaml::Fields state, Pipeline& pipeline) {
  constexpr std::string_view backends[] = {"sqlite"};
  size_t backend = 0;
  state.Choice("backend", backends, backend);
  std::string connection = kDefaultState;
  state.OptionalText("connection", "the path of a file", connection);
  pipeline.state_path = connection;
  state.Finish();
}

// One name for what is certainly the same server. The folder of a socket may be any server's.
std::string SameHost(std::string host) {
  if (host.starts_with('/')) {
    while (host.size() > 1 && host.ends_with('/')) host.pop_back();
    return host;
  }
  std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::tolower(c); });
  return host == "127.0.0.1" || host == "::1" ? "localhost" : host;
}

// The destination would wait for the source's lock on the table, and the source for the destination.
void RefuseToOverwriteTheSource(yaml::Fields& document, const Pipeline& pipeline) {
  const auto identity = [](const PostgresConfig& server) {
    return std::tuple(SameHost(server.host), server.port, server.database, server.schema);
  };
  if (pipeline.streams.empty() || identity(pipeline.source) != identity(pipeline.destination)) return;
  document.Note("destination", fmt::format("is the schema \"{}\" that the source reads, so each table would be written "
                                           "into itself; choose another schema or database",
                                           pipeline.destination.schema));
}

Pipeline ReadDocument(const yaml::Node& root, const Environment& environment, yaml::Problems& problems) {
  Pipeline pipeline;
  yaml::Fields document(&root, "", root.line, environment, problems);
  ReadVersion(document);
  document.RequiredText("pipeline", "the pipeline's name", pipeline.name);
  ReadSource(document.Section("source", /*required=*/true), pipeline);
  ReadDestination(document.Section("destination", /*required=*/true), pipeline);
  ReadResources(document.Section("resources", /*required=*/false), pipeline);
  ReadState(document.Section("state", /*required=*/false), pipeline);
  ReadChoice(document, "runtime", std::array{Runtime::kAot, Runtime::kNative}, pipeline.runtime);
  document.Finish();
  if (problems.empty()) RefuseToOverwriteTheSource(document, pipeline);
  return pipeline;
}

}  // namespace

std::string_view Name(Runtime runtime) { return runtime == Runtime::kAot ? "aot" : "native"; }

std::string_view Name(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return "none";
    case Compression::kLz4:
      return "lz4";
    case Compression::kZstd:
      return "zstd";
  }
  return "";
}

std::string_view Name(LoadMethod method) { return method == LoadMethod::kInsert ? "insert" : "copy"; }

std::string_view Name(WriteMode mode) { return mode == WriteMode::kAppend ? "append" : "replace"; }

std::string_view Name(ReplaceBy method) {
  switch (method) {
    case ReplaceBy::kTruncate:
      return "truncate";
    case ReplaceBy::kStaged:
      return "staged";
    case ReplaceBy::kDelete:
      return "delete";
    case ReplaceBy::kSwap:
      return "swap";
  }
  return "";
}

std::string_view Name(RowSecurity security) { return security == RowSecurity::kRefuse ? "refuse" : "filter"; }

Result<Pipeline> ParsePipeline(const std::string& text, const std::filesystem::path& path,
                               const Environment& environment) {
  RB_ASSIGN(const yaml::Node root, yaml::Parse(text, path.string()));
  yaml::Problems problems(path.string(), "docs/pipeline.md describes every key");
  if (root.kind != yaml::Node::Kind::kMap) {
    problems.Add(root.line, "",
                 fmt::format("expected a mapping with version, pipeline, source and destination, found {}",
                             KindName(root.kind)));
    return Fail(problems.ToError());
  }
  Pipeline pipeline = ReadDocument(root, environment, problems);
  pipeline.path = path;
  if (!problems.empty()) return Fail(problems.ToError());
  return pipeline;
}

Result<Pipeline> LoadPipeline(const std::filesystem::path& path, const Environment& environment) {
  RB_ASSIGN(const std::string text, yaml::ReadFile(path, "pipeline document"));
  return ParsePipeline(text, path, environment);
}

std::set<std::string> PipelineKeys() {
  yaml::Node stream{.kind = yaml::Node::Kind::kMap};
  yaml::Node streams{.kind = yaml::Node::Kind::kList, .items = {stream}};
  yaml::Node source{.kind = yaml::Node::Kind::kMap, .entries = {{"streams", 0, streams}}};
  const yaml::Node root{.kind = yaml::Node::Kind::kMap, .entries = {{"source", 0, source}}};
  yaml::Problems problems("", "");
  const Environment environment = [](const std::string&) { return std::nullopt; };
  ReadDocument(root, environment, problems);
  return problems.asked();
}

}  // namespace rapidbyte::engine
