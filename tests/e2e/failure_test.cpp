// What goes wrong for users: one line that says what, where and what to do, the right exit code, no password, and not
// a single row left behind.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

class Failure : public testing::Test {
 protected:
  void SetUp() override { MakeSourceTable(100); }
};

void ExpectOneLine(const RunResult& run, int exit_code, const std::string& says) {
  EXPECT_EQ(run.exit_code, exit_code) << run.err;
  EXPECT_EQ(run.err.rfind("error: ", 0), 0u) << run.err;
  EXPECT_NE(run.err.find(says), std::string::npos) << run.err;
  EXPECT_TRUE(run.line.is_null()) << "a failed run prints no result line";
}

TEST_F(Failure, WrongPassword) {
  PipelineSpec spec;
  spec.source_host = "127.0.0.1";
  spec.source_port = Server::Get().tcp_address().port;
  spec.source_user = Server::Get().tcp_address().user;
  spec.source_password = "wrong-s3cret";
  const RunResult run = RunPipeline(spec);
  ExpectOneLine(run, 12, "password");
  EXPECT_EQ((run.err + run.out).find("wrong-s3cret"), std::string::npos);
}

TEST_F(Failure, NoServer) {
  PipelineSpec spec;
  spec.destination_host = "127.0.0.1";
  spec.destination_port = 1;
  ExpectOneLine(RunPipeline(spec), 12, "127.0.0.1");
}

TEST_F(Failure, MissingTable) {
  PipelineSpec spec;
  spec.streams = {"no_such_table"};
  ExpectOneLine(RunPipeline(spec), 13, "no_such_table");
}

TEST_F(Failure, MissingColumn) {
  PipelineSpec spec;
  spec.columns = "[id, nmae]";
  ExpectOneLine(RunPipeline(spec), 13, "nmae");
}

TEST_F(Failure, NoPermissionAtTheSource) {
  Server::Get().Sql("DROP ROLE IF EXISTS nobody_here; CREATE ROLE nobody_here LOGIN");
  PipelineSpec spec;
  spec.source_user = "nobody_here";
  ExpectOneLine(RunPipeline(spec), 13, "may not use the schema \"src\"");
}

TEST_F(Failure, AValueThatTheServerCannotCast) {
  Server::Get().Sql("CREATE SCHEMA raw; CREATE TABLE raw.t (id int4, name int4)");
  for (const char* method : {"copy", "insert"}) {
    PipelineSpec spec;
    spec.load_method = method;
    ExpectOneLine(RunPipeline(spec), 15, "n1");
    EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.t"), "0");
  }
}

TEST_F(Failure, AMissingSecondStreamIsToldBeforeTheFirstMoves) {
  PipelineSpec spec;
  spec.streams = {"t", "no_such_table"};
  ExpectOneLine(RunPipeline(spec), 13, "no_such_table");
  EXPECT_EQ(Server::Get().Sql("SELECT to_regclass('raw.t') IS NULL"), "t");
}

TEST_F(Failure, ASecondStreamThatFailsLeavesTheFirstWholeAndItselfEmpty) {
  Server::Get().Sql("CREATE VIEW src.failing AS SELECT 100 / (5000 - i) AS id FROM generate_series(1, 9000) i");
  PipelineSpec spec;
  spec.streams = {"t", "failing"};
  ExpectOneLine(RunPipeline(spec), 15, "division by zero");
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.t"), "100");
  EXPECT_EQ(Server::Get().Sql("SELECT to_regclass('raw.failing') IS NULL"), "t");
}

TEST_F(Failure, FullDisk) {
  const std::filesystem::path disk = Scratch() / "disk";
  std::filesystem::create_directories(disk);
  if (std::system(("mount -t tmpfs -o size=8m,mode=0777 tmpfs " + disk.string() + " 2>/dev/null").c_str()) != 0) {
    GTEST_SKIP() << "skipped: mounting a small disk needs root";
  }
  std::filesystem::create_directories(disk / "space");
  std::filesystem::permissions(Scratch(), std::filesystem::perms::others_exec, std::filesystem::perm_options::add);
  EXPECT_EQ(std::system(("chown postgres " + (disk / "space").string()).c_str()), 0);
  Server& server = Server::Get();
  server.Sql("CREATE TABLESPACE small LOCATION '" + (disk / "space").string() + "'");
  server.Sql(
      "CREATE SCHEMA raw; CREATE TABLE raw.t (id int4, name text) TABLESPACE small;"
      "INSERT INTO src.t SELECT g, repeat('x', 1000) FROM generate_series(1, 20000) g");
  ExpectOneLine(RunPipeline({}), 14, "No space left on device");
  EXPECT_EQ(server.Sql("SELECT count(*) FROM raw.t"), "0");
  server.Sql("DROP TABLE raw.t");
  server.Sql("DROP TABLESPACE small");
  EXPECT_EQ(std::system(("umount " + disk.string()).c_str()), 0);
}

TEST_F(Failure, ADocumentWithMistakesNamesThem) {
  const std::filesystem::path file = Scratch() / "bad.yaml";
  std::ofstream(file) << "version: 1\npipeline: p\nsource:\n  use: source-postgres\n  confg: {}\n";
  const RunResult run = RunRapidbyte({"run", file.string()});
  EXPECT_EQ(run.exit_code, 11) << run.err;
  EXPECT_NE(run.err.find("bad.yaml:5"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("config"), std::string::npos) << run.err;
}

// Once the rows are committed nothing may fail for a reason that was known before.
TEST_F(Failure, ADocumentThatIsNotUtf8IsRefusedBeforeAnythingIsDone) {
  std::ifstream in(WritePipeline({}));
  std::string text((std::istreambuf_iterator<char>(in)), {});
  text.replace(text.find("pipeline: test"), 14,
               "pipeline: Gr\xf6\xdf"
               "e");
  const std::filesystem::path file = Scratch() / "latin1.yaml";
  std::ofstream(file) << text;
  for (const char* format : {"--quiet", "--json"}) {
    ExpectOneLine(RunRapidbyte({"run", file.string(), format}), 11, "latin1.yaml:2:13: the byte 0xf6 is not UTF-8");
  }
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'raw'"), "0");
}

TEST_F(Failure, AResultThatCannotBeWrittenSaysThatTheRowsAreThere) {
  const std::string err = (Scratch() / "full").string();
  const std::string command =
      std::string(RAPIDBYTE_BINARY) + " run " + WritePipeline({}).string() + " >/dev/full 2>" + err;
  EXPECT_NE(std::system(command.c_str()), 0);
  std::ifstream in(err);
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line.rfind("error: all streams were committed, but cannot write to standard output", 0), 0u) << line;
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.t"), "100");
}

TEST_F(Failure, ALaterStreamThatFailsTellsWhichOnesCame) {
  Server::Get().Sql(
      "CREATE TABLE src.u (id int4, name text); INSERT INTO src.u VALUES (1, 'no number');"
      "CREATE SCHEMA raw; CREATE TABLE raw.u (id int4, name int4)");
  PipelineSpec spec;
  spec.streams = {"t", "u"};
  ExpectOneLine(RunPipeline(spec), 15, "; committed: \"t\"; not committed: \"u\"");
}

TEST_F(Failure, AFileThatIsNotThereAndWrongUsage) {
  EXPECT_EQ(RunRapidbyte({"run", (Scratch() / "none.yaml").string()}).exit_code, 11);
  EXPECT_EQ(RunRapidbyte({"run"}).exit_code, 10);
  EXPECT_EQ(RunRapidbyte({"no-such-command"}).exit_code, 10);
  EXPECT_EQ(RunRapidbyte({"bench", "run", "--rows", "minus"}).exit_code, 10);
}

TEST_F(Failure, ATamperedModuleIsRefused) {
  const std::filesystem::path folder = Scratch() / "connectors";
  std::filesystem::copy(std::filesystem::path(RAPIDBYTE_BINARY).parent_path() / "connectors", folder,
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  std::ofstream(folder / "source-postgres" / "source-postgres.wasm", std::ios::app | std::ios::binary) << '\0';
  const RunResult run =
      RunRapidbyte({"run", WritePipeline({}).string()}, {{"RAPIDBYTE_CONNECTOR_DIR", folder.string()}});
  ExpectOneLine(run, 16, "source-postgres");
}

}  // namespace
}  // namespace rapidbyte::e2e
