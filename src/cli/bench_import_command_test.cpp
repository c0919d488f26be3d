#include "cli/bench_import_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/json.h"
#include "cli/bench_export_command.h"
#include "cli/test_command_line.h"
#include "record/run_record.h"
#include "record/sample_json.h"
#include "record/test_samples.h"
#include "store/test_folder.h"

namespace rapidbyte::cli {
namespace {

using store::TestFolder;
using testing::HasSubstr;

std::string Lines() {
  std::string text;
  for (uint32_t block = 0; block < 3; ++block) {
    text += DumpJson(record::ToJson(record::ExampleSample(block, 0), record::ExampleCampaign())) + "\n";
  }
  return text;
}

TEST(BenchImport, ReadsItsOptions) {
  BenchImportOptions options;
  const auto add = [&](Command bench) { AddBenchImport(bench, options); };
  ASSERT_TRUE(ParseLine("import a.jsonl b.jsonl --store postgresql://h/d", add));
  ASSERT_EQ(options.files.size(), 2u);
  EXPECT_EQ(options.files[1], "b.jsonl");
  EXPECT_EQ(options.store, "postgresql://h/d");
  EXPECT_FALSE(ParseLine("import", add));
}

TEST(ImportSamples, WhatWasExportedComesBack) {
  const TestFolder folder;
  store::WriteFile(folder / "in.jsonl", Lines());
  const BenchImportOptions options{{folder / "in.jsonl", folder / "in.jsonl"}, folder / "new/results.db"};
  std::ostringstream said;
  const Status imported = ImportSamples(options, said);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_THAT(said.str(), HasSubstr("in.jsonl: 3 samples of 1 new campaign imported into"));
  EXPECT_THAT(said.str(), HasSubstr("0 samples of 0 new campaigns imported into"));
  EXPECT_THAT(said.str(), HasSubstr("; 3 already there\n"));
  BenchExportOptions exporting;
  exporting.store = options.store;
  std::ostringstream out;
  EXPECT_EQ(*ExportSamples(exporting, out), 3u);
  EXPECT_EQ(out.str(), Lines());
}

TEST(ImportSamples, AFileThatIsWrongIsNamed) {
  const TestFolder folder;
  store::WriteFile(folder / "in.jsonl", "hello\n");
  std::ostringstream said;
  const Status refused = ImportSamples({{folder / "in.jsonl"}, folder / "results.db"}, said);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(refused.error().message, HasSubstr("in.jsonl:1: "));
  EXPECT_FALSE(std::filesystem::exists(folder / "results.db")) << "no empty store stays behind";
}

}  // namespace
}  // namespace rapidbyte::cli
