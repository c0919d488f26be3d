#include "lab/pipeline_subject.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "lab/bench_schemas.h"
#include "lab/test_server.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

PipelineSettings Settings(const std::filesystem::path& folder) {
  PipelineSettings settings;
  settings.executable = "/opt/rapidbyte";
  settings.folder = folder;
  settings.values = {{"load_method", "insert"}, {"compression", "lz4"}, {"runtime", "native"}};
  return settings;
}

const ServerAddress kServer{"db host", 5433, "us\"er", "hunter2", "${db}", {{"PGSSLMODE", "require"}}};

class PipelineSubjectTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ASSERT_TRUE(ClaimSchemas(*session_));
    dataset_ = *Seed(*session_, environment_->address(),
                     {.kind = scenario::DatasetSpec::Kind::kGenerated, .name = "bench_events"}, 100);
    subject_ = *MakePipelineSubject(Settings(folder_.path()), AtHand());
  }
  DatasetAtHand AtHand() { return {kServer, dataset_, *session_}; }

  os::TemporaryFolder folder_ = *os::TemporaryFolder::Make();
  Dataset dataset_;
  std::unique_ptr<Subject> subject_;
};

TEST_F(PipelineSubjectTest, TheDocumentSaysAllButThePassword) {
  const auto text = PipelineDocument(Settings("/tmp/x"), AtHand().ends());
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->find("hunter2"), std::string::npos);
  for (const char* part :
       {"db host", "5433", "$${db}", "rapidbyte_bench_bench_events_100", "rapidbyte_bench_destination", "insert", "lz4",
        "native", "${RAPIDBYTE_BENCH_PASSWORD}", "/tmp/x/bench.db"}) {
    EXPECT_NE(text->find(part), std::string::npos) << part << "\nin\n" << *text;
  }
}

TEST_F(PipelineSubjectTest, ADocumentOfOnesOwnGetsTheDatasetsEnds) {
  const std::filesystem::path own = folder_.path() / "own.yaml";
  std::ofstream(own) << "version: 1\npipeline: own\nsource: {use: source-postgres, config: {host: elsewhere, password: "
                        "'${SECRET}'}, streams: [{name: other, sync_mode: full_refresh}]}\ndestination: {use: "
                        "dest-postgres, write_mode: replace}\n";
  PipelineSettings settings = Settings(folder_.path());
  settings.document = own.string();
  const auto text = PipelineDocument(settings, AtHand().ends());
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_NE(text->find("own"), std::string::npos);
  EXPECT_NE(text->find("replace"), std::string::npos);
  for (const char* part : {"elsewhere", "SECRET", "other"}) EXPECT_EQ(text->find(part), std::string::npos) << *text;

  settings.document = "/nowhere.yaml";
  EXPECT_FALSE(PipelineDocument(settings, AtHand().ends()));
}

TEST_F(PipelineSubjectTest, TheCommandRunsTheDocument) {
  const auto command = subject_->NextCommand();
  ASSERT_TRUE(command);
  ASSERT_EQ(command->argv.size(), 4u);
  EXPECT_EQ(command->argv[0], "/opt/rapidbyte");
  EXPECT_EQ(command->argv[1], "run");
  EXPECT_EQ(command->argv[3], "--quiet");
  EXPECT_EQ(command->environment,
            (std::map<std::string, std::string>{{"PGSSLMODE", "require"}, {"RAPIDBYTE_BENCH_PASSWORD", "hunter2"}}));
  struct stat made {};
  ASSERT_EQ(stat(command->argv[2].c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777, 0600u);
}

TEST_F(PipelineSubjectTest, VerifiesWhatARunLeft) {
  ASSERT_TRUE(subject_->Prepare());
  auto difference = subject_->Verify();
  ASSERT_TRUE(difference);
  EXPECT_TRUE(difference->has_value()) << "nothing has arrived yet";
  Exec("CREATE TABLE rapidbyte_bench_destination.bench_events AS TABLE rapidbyte_bench_bench_events_100.bench_events");
  difference = subject_->Verify();
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->value_or("none"), "none");
  ASSERT_TRUE(subject_->Prepare());
  EXPECT_TRUE(subject_->Verify()->has_value()) << "clean again";
}

}  // namespace
}  // namespace rapidbyte::lab
