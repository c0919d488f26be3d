#include "wasm/tool_process.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace rapidbyte::wasm {
namespace {

namespace fs = std::filesystem;

class ToolProcess : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "rapidbyte-tool-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  Status Shell(const std::string& script, const ToolLimits& limits = {}) {
    return RunTool({"sh", "-c", script}, folder_, limits);
  }

  fs::path folder_;
};

TEST_F(ToolProcess, RunsInItsFolder) {
  EXPECT_TRUE(Shell("echo done > here"));
  EXPECT_TRUE(fs::exists(folder_ / "here"));
}

TEST_F(ToolProcess, AFailureQuotesTheErrorAndSaysWhatToDo) {
  const Status failed = Shell("echo 'x.c:1: error: no such thing'; echo ' | ^~~'; exit 3");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "sh failed: x.c:1: error: no such thing");
  EXPECT_NE(failed.error().hint.find("./dev setup"), std::string::npos);
  const Status other = Shell("echo first; echo last; exit 1");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message, "sh failed: last");
}

TEST_F(ToolProcess, AMissingToolIsNamed) {
  const Status missing = RunTool({"no-such-tool-anywhere"}, folder_, {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("no-such-tool-anywhere"), std::string::npos);
}

TEST_F(ToolProcess, IsEndedAtItsTimeLimitWithAllItsChildren) {
  const Status late = Shell("sleep 600 & sleep 600; echo survived > here", {.timeout_secs = 1});
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().message.find("took longer than 1 s"), std::string::npos) << late.error().message;
  EXPECT_FALSE(fs::exists(folder_ / "here"));
}

TEST_F(ToolProcess, CannotWriteEndlessFiles) {
  EXPECT_FALSE(Shell("exec head -c 100000 /dev/zero > big", {.file_bytes = 4096}));
  EXPECT_LE(fs::file_size(folder_ / "big"), 4096u);
}

}  // namespace
}  // namespace rapidbyte::wasm
