#include "fixture.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>

#include "lab/postgres.h"
#include "lab/verification.h"

namespace rapidbyte::e2e {
namespace {

// "…" for YAML.
std::string Quoted(const std::string& text) { return nlohmann::json(text).dump(); }

std::string Config(const std::string& host, uint16_t port, const std::string& user, const std::string& password,
                   const std::string& database, const std::string& schema) {
  std::string config = "    host: " + Quoted(host) + "\n    port: " + std::to_string(port) +
                       "\n    user: " + Quoted(user) + "\n    database: " + Quoted(database) +
                       "\n    schema: " + Quoted(schema) + "\n";
  if (!password.empty()) config += "    password: " + Quoted(password) + "\n";
  return config;
}

void TakeLine(RunResult& run) {
  const std::string prefix = "@@BENCH_JSON@@";
  const size_t at = run.out.rfind(prefix);
  if (at == std::string::npos) return;
  run.line = nlohmann::json::parse(run.out.substr(at + prefix.size(), run.out.find('\n', at) - at - prefix.size()));
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename T>
T Or(const T& value, const T& otherwise) {
  return value == T() ? otherwise : value;
}

}  // namespace

Server& Server::Get() {
  static Server server;
  return server;
}

Server::Server() {
  auto environment = lab::Environment::StartEphemeral();
  if (!environment) {
    ADD_FAILURE() << environment.error().message;
    std::abort();
  }
  environment_ = std::move(*environment);
  Sql("CREATE DATABASE other");
}

std::string Server::Sql(const std::string& sql, const std::string& database) {
  lab::ServerAddress address = environment_->address();
  address.database = database;
  auto session = lab::Postgres::Connect(address);
  auto value = session ? session->Value(sql) : Fail(session.error());
  if (!value) ADD_FAILURE() << value.error().message << "\n" << sql;
  return value.value_or("");
}

const std::filesystem::path& Scratch() {
  struct Folder {
    Folder() {
      std::string name = (std::filesystem::temp_directory_path() / "rapidbyte-e2e-XXXXXX").string();
      if (mkdtemp(name.data()) == nullptr) std::abort();
      path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
  };
  static const Folder folder;
  return folder.path;
}

std::filesystem::path WritePipeline(const PipelineSpec& spec) {
  static int number = 0;
  const auto file = Scratch() / ("pipeline-" + std::to_string(++number) + ".yaml");
  const lab::ServerAddress& socket = Server::Get().address();
  std::ofstream out(file);
  out << "version: 1\npipeline: test\nsource:\n  use: source-postgres\n  config:\n"
      << Config(Or(spec.source_host, socket.host), Or(spec.source_port, socket.port), Or(spec.source_user, socket.user),
                spec.source_password, spec.source_database, spec.source_schema)
      << "  streams:\n";
  for (const std::string& stream : spec.streams) {
    out << "    - name: " << Quoted(stream) << "\n      sync_mode: full_refresh\n";
    if (!spec.columns.empty()) out << "      columns: " << spec.columns << "\n";
  }
  out << "destination:\n  use: dest-postgres\n  config:\n"
      << Config(Or(spec.destination_host, socket.host), Or(spec.destination_port, socket.port),
                Or(spec.destination_user, socket.user), "", spec.destination_database, spec.destination_schema)
      << "    load_method: " << spec.load_method << "\n  write_mode: " << spec.write_mode
      << (spec.replace_by.empty() ? "" : "\n  replace_by: " + spec.replace_by)
      << "\nresources:\n  compression: " << spec.compression << "\n  max_batch_bytes: " << spec.max_batch_bytes
      << "\nstate:\n  backend: sqlite\n  connection: " << Quoted((Scratch() / "state.db").string())
      << "\nruntime: " << spec.runtime << "\n";
  return file;
}

RunResult RunPipeline(const PipelineSpec& spec, std::vector<std::string> more_arguments) {
  std::vector<std::string> arguments = {"run", WritePipeline(spec).string()};
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  return RunRapidbyte(std::move(arguments));
}

RunResult RunRapidbyte(std::vector<std::string> arguments, std::map<std::string, std::string> environment) {
  lab::Command command;
  command.argv = {RAPIDBYTE_BINARY};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = std::move(environment);
  lab::SubprocessLimits limits;
  limits.timeout_secs = 240;
  const auto result = lab::RunSubprocess(command, limits);
  RunResult run;
  if (!result) {
    ADD_FAILURE() << result.error().message;
    return run;
  }
  EXPECT_FALSE(result->timed_out);
  run.exit_code = result->exit_code;
  run.signal = result->signal;
  run.out = result->out;
  run.err = result->err;
  TakeLine(run);
  return run;
}

RunResult RunShell(const std::string& script) {
  lab::Command command;
  command.argv = {"sh", "-c", "rapidbyte='" RAPIDBYTE_BINARY "'\n" + script};
  const auto run = lab::RunSubprocess(command);
  EXPECT_TRUE(run) << run.error().message;
  return run ? RunResult{run->exit_code, run->signal, run->out, run->err, {}} : RunResult{};
}

BackgroundRun::BackgroundRun(const PipelineSpec& spec) {
  // Tests wait for what a run does, and not for a compiler before it.
  static const bool compiled = RunRapidbyte({"compile"}).exit_code == 0;
  EXPECT_TRUE(compiled);
  const std::filesystem::path file = WritePipeline(spec);
  out_ = file.string() + ".out";
  err_ = file.string() + ".err";
  pid_ = fork();
  if (pid_ != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (freopen(out_.c_str(), "w", stdout) == nullptr || freopen(err_.c_str(), "w", stderr) == nullptr) _exit(126);
  execl(RAPIDBYTE_BINARY, "rapidbyte", "run", file.c_str(), nullptr);
  _exit(127);
}

BackgroundRun::~BackgroundRun() {
  if (HasEnded()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool BackgroundRun::HasEnded() {
  int status = 0;
  if (pid_ <= 0 || waitpid(pid_, &status, WNOHANG) != pid_) return pid_ <= 0;
  pid_ = -1;
  result_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + result_.signal;
  result_.out = ReadAll(out_);
  result_.err = ReadAll(err_);
  TakeLine(result_);
  return true;
}

void BackgroundRun::Send(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

const RunResult& BackgroundRun::Wait() {
  for (int i = 0; i < 24000; ++i) {
    if (HasEnded()) return result_;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ADD_FAILURE() << "the run does not end: " << ReadAll(err_);
  Send(SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  return result_;
}

Other::Other(const std::string& database)
    : Session("host=" + Server::Get().address().host + " port=" + std::to_string(Server::Get().address().port) +
              " user=" + Server::Get().address().user + " dbname=" + database) {}

void AwaitLockWaits(int sessions) {
  Other().Await("SELECT count(DISTINCT pid) >= " + std::to_string(sessions) +
                " FROM pg_locks WHERE NOT granted AND locktype = 'relation'");
}

void MakeSourceTable(int rows) {
  Server::Get().Sql(
      "DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA src;"
      "CREATE TABLE src.t (id int4 NOT NULL, name text);"
      "INSERT INTO src.t SELECT g, 'n' || g FROM generate_series(1, " +
      std::to_string(rows) + ") g");
}

std::string Content(const std::string& table, const std::string& database) {
  return Server::Get().Sql(
      "SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; SET extra_float_digits = 3; SET search_path = pg_catalog; "
      "SELECT count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM " +
          table + " t",
      database);
}

nlohmann::json RunJson(std::vector<std::string> arguments) {
  const RunResult run = RunRapidbyte(std::move(arguments));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return nlohmann::json::parse(run.out, nullptr, false);
}

void InOwnFolder::SetUp() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  folder_ = Scratch() / (std::string(test.test_suite_name()) + "." + test.name());
  std::filesystem::create_directories(folder_);
  old_folder_ = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
}

void InOwnFolder::TearDown() { std::filesystem::current_path(old_folder_); }

}  // namespace rapidbyte::e2e
