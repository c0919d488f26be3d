// What the end-to-end tests stand on: one throwaway PostgreSQL per test program, and the real binary run on pipeline
// documents. Fails the test, or ends the program, where the surroundings are broken.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lab/environment.h"
#include "lab/subprocess.h"
#include "support/session.h"

namespace rapidbyte::e2e {

// The server of this test program, started at first use, with an empty second database named "other".
class Server {
 public:
  static Server& Get();

  const lab::ServerAddress& address() const { return environment_->address(); }          // the socket
  const lab::ServerAddress& tcp_address() const { return environment_->tcp_address(); }  // asks for the password

  // Runs SQL, fails the test on an error; the first value of the last result, or "".
  std::string Sql(const std::string& sql, const std::string& database = "postgres");

 private:
  Server();

  std::unique_ptr<lab::Environment> environment_;
};

// The parts of a pipeline document that tests vary; everything else is as a user would leave it.
struct PipelineSpec {
  std::vector<std::string> streams = {"t"};
  std::string columns;  // YAML list, or empty
  std::string load_method = "copy";
  std::string compression = "none";
  std::string runtime = "aot";
  std::string write_mode = "append";
  std::string replace_by;  // or empty
  std::string source_schema = "src";
  std::string destination_schema = "raw";
  std::string source_database = "postgres";
  std::string destination_database = "postgres";
  std::string source_host;  // default: the server's socket
  std::string destination_host;
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  std::string source_user;
  std::string source_password;
  std::string destination_user;
  std::string max_batch_bytes = "1048576";
};

struct RunResult {
  int exit_code = 0;
  int signal = 0;
  std::string out;
  std::string err;
  nlohmann::json line;  // of @@BENCH_JSON@@, or null
};

// A folder of its own for each test process, removed at its end.
const std::filesystem::path& Scratch();

std::filesystem::path WritePipeline(const PipelineSpec& spec);
RunResult RunPipeline(const PipelineSpec& spec, std::vector<std::string> more_arguments = {});
RunResult RunRapidbyte(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {});

// Shell commands in which $rapidbyte is the program.
RunResult RunShell(const std::string& script);

// A run beside the test, which it does not outlive. One thread.
class BackgroundRun {
 public:
  explicit BackgroundRun(const PipelineSpec& spec);
  ~BackgroundRun();
  BackgroundRun(const BackgroundRun&) = delete;
  BackgroundRun& operator=(const BackgroundRun&) = delete;

  bool HasEnded();
  void Send(int signal) const;
  // Its end, within four minutes. Fails the test, and kills it, where that does not come.
  const RunResult& Wait();

 private:
  pid_t pid_ = -1;  // -1 once it has ended
  std::filesystem::path out_, err_;
  RunResult result_;
};

// A session of somebody else with the server.
class Other : public test::Session {
 public:
  explicit Other(const std::string& database = "postgres");
};

// Waits until so many sessions wait for locks of relations.
void AwaitLockWaits(int sessions = 1);

// Makes the schema src anew with the table t (id, name) of `rows` rows, and drops the schema raw.
void MakeSourceTable(int rows);

// Of a command that succeeds and prints one JSON document.
nlohmann::json RunJson(std::vector<std::string> arguments);

// A test with a working directory, and so a store and profiles, of its own.
class InOwnFolder : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::filesystem::path folder_;

 private:
  std::filesystem::path old_folder_;
};

// The stream's rows, hashed without regard to their order, together with their number.
std::string Content(const std::string& table, const std::string& database = "postgres");

}  // namespace rapidbyte::e2e
