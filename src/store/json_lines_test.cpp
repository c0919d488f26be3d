#include "store/json_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/test_folder.h"

namespace rapidbyte::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(JsonLinesFile, IsForItsOwnerOnlyUnlessItWasThere) {
  const TestFolder folder;
  ASSERT_TRUE(JsonLinesFile::Open(folder / "new.jsonl"));
  EXPECT_EQ(RightsOf(folder / "new.jsonl"), 0600u);
  WriteFile(folder / "shared.jsonl", "");
  std::filesystem::permissions(folder / "shared.jsonl", std::filesystem::perms(0640));
  ASSERT_TRUE(JsonLinesFile::Open(folder / "shared.jsonl"));
  EXPECT_EQ(RightsOf(folder / "shared.jsonl"), 0640u);
}

TEST(JsonLinesFile, AppendsWholeLines) {
  const TestFolder folder;
  {
    auto file = JsonLinesFile::Open(folder / "a.jsonl");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_FALSE(file->was_torn());
    ASSERT_TRUE(file->Append(R"({"a":1})"));
  }
  ASSERT_TRUE(JsonLinesFile::Open(folder / "a.jsonl")->Append(R"({"a":2})"));
  EXPECT_EQ(ReadFile(folder / "a.jsonl"), "{\"a\":1}\n{\"a\":2}\n");
}

TEST(JsonLinesFile, ATornTailDamagesNoLaterLine) {
  const TestFolder folder;
  WriteFile(folder / "a.jsonl", "{\"a\":1}\n{\"a\":");
  auto file = JsonLinesFile::Open(folder / "a.jsonl");
  EXPECT_TRUE(file->was_torn());
  ASSERT_TRUE(file->Append(R"({"a":3})"));
  const auto read = ReadJsonLines(folder / "a.jsonl");
  ASSERT_TRUE(read);
  EXPECT_THAT(read->lines, ElementsAre(R"({"a":1})", R"({"a":3})"));
  EXPECT_THAT(read->warnings, ElementsAre(HasSubstr("a.jsonl:2: skipped a torn line")));
}

TEST(JsonLinesFile, ATailTornAfterOpenDamagesNoLaterLine) {
  const TestFolder folder;
  auto file = JsonLinesFile::Open(folder / "a.jsonl");
  WriteFile(folder / "a.jsonl", "{\"a\":");
  ASSERT_TRUE(file->Append(R"({"a":3})"));
  EXPECT_THAT(ReadJsonLines(folder / "a.jsonl")->lines, ElementsAre(R"({"a":3})"));
}

TEST(JsonLinesFile, SeveralProcessesMayWrite) {
  constexpr int kProcesses = 4;
  constexpr int kLines = 50;
  const TestFolder folder;
  const std::string line = "{\"text\":\"" + std::string(10'000, 'x') + "\"}";
  for (int i = 0; i < kProcesses; ++i) {
    if (fork() != 0) continue;
    auto file = JsonLinesFile::Open(folder / "a.jsonl");
    bool ok = file.has_value();
    for (int n = 0; ok && n < kLines; ++n) ok = file->Append(line).has_value();
    _exit(ok ? 0 : 1);
  }
  for (int i = 0; i < kProcesses; ++i) {
    int status = -1;
    wait(&status);
    EXPECT_EQ(status, 0);
  }
  const auto read = ReadJsonLines(folder / "a.jsonl");
  EXPECT_THAT(read->lines, testing::AllOf(testing::SizeIs(kProcesses * kLines), testing::Each(line)));
  EXPECT_THAT(read->warnings, IsEmpty());
}

TEST(JsonLinesFile, ALimitOfFileSizesIsAnError) {
  const TestFolder folder;
  auto file = JsonLinesFile::Open(folder / "a.jsonl");
  ASSERT_TRUE(file);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  const rlimit none{0, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &none);
  const Status status = file->Append("{}");
  setrlimit(RLIMIT_FSIZE, &old);
  signal(SIGXFSZ, handler);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(status.error().message, HasSubstr("a.jsonl: cannot write a line: File too large"));
  EXPECT_THAT(status.error().hint, HasSubstr("ulimit -f"));
}

TEST(JsonLinesFile, NeedsARegularFile) {
  const TestFolder folder;
  ASSERT_EQ(mkfifo((folder / "a.jsonl").c_str(), 0600), 0);
  const auto file = JsonLinesFile::Open(folder / "a.jsonl");
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("a.jsonl: it is not a regular file"));
}

TEST(ReadJsonLines, ALineThatIsTooDeepIsNotTorn) {
  const TestFolder folder;
  const std::string deep = "{\"a\":" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  WriteFile(folder / "a.jsonl", "{\"a\":1}\n" + deep + "\n");
  const auto read = ReadJsonLines(folder / "a.jsonl");
  ASSERT_TRUE(read);
  EXPECT_THAT(read->warnings, IsEmpty());
  EXPECT_THAT(read->lines, ElementsAre(R"({"a":1})", deep));
}

TEST(ReadJsonLines, AMissingFileIsAnError) {
  const TestFolder folder;
  EXPECT_FALSE(ReadJsonLines(folder / "none.jsonl"));
  WriteFile(folder / "empty.jsonl", "");
  EXPECT_THAT(ReadJsonLines(folder / "empty.jsonl")->lines, IsEmpty());
}

}  // namespace
}  // namespace rapidbyte::store
