#include "lab/pipeline_subject.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "lab/dataset.h"
#include "lab/temporary_folder.h"
#include "lab/test_server.h"

namespace rapidbyte::lab {
namespace {

PipelineSettings Settings(const std::filesystem::path& folder) {
  return {"/opt/rapidbyte", folder, {"db host", 5433, "us\"er", "hunter2", "${db}", {{"PGSSLMODE", "require"}}},
          "copy",           "lz4",  "aot"};
}

TEST(PipelineDocument, SaysAllButThePassword) {
  const std::string text = PipelineDocument(Settings("/tmp/x"));
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
  for (const char* part :
       {"pipeline: bench_copy\n", "use: source-postgres", "host: \"db host\"\n", "port: 5433\n", "user: \"us\\\"er\"\n",
        "database: \"$${db}\"\n", "schema: rapidbyte_bench_source\n", "schema: rapidbyte_bench_destination\n",
        "load_method: copy\n", "compression: lz4", "runtime: aot\n", "password: \"${RAPIDBYTE_BENCH_PASSWORD}\"\n",
        "connection: \"/tmp/x/state.db\"", "{name: bench_events, sync_mode: full_refresh}"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
  }
}

class PipelineSubjectTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ASSERT_TRUE(ClaimSchemas(*session_));
    ASSERT_TRUE(SeedBenchEvents(*session_, 100));
    const TableName source{kSourceSchema, kBenchTable};
    expected_.columns = *ColumnsOf(*session_, source);
    expected_.content = *ReadContent(*session_, source, expected_.columns);
    subject_ = *MakePipelineSubject(Settings(folder_.path()), expected_, *session_);
  }

  TemporaryFolder folder_ = *TemporaryFolder::Make();
  ExpectedRows expected_;
  std::unique_ptr<Subject> subject_;
};

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
  Exec("CREATE TABLE rapidbyte_bench_destination.bench_events AS TABLE rapidbyte_bench_source.bench_events");
  difference = subject_->Verify();
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->value_or("none"), "none");
  ASSERT_TRUE(subject_->Prepare());
  EXPECT_TRUE(subject_->Verify()->has_value()) << "clean again";
}

}  // namespace
}  // namespace rapidbyte::lab
