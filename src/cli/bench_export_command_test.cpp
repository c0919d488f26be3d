#include "cli/bench_export_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cli/test_command_line.h"
#include "store/sample_store.h"
#include "store/test_folder.h"

namespace rapidbyte::cli {
namespace {

using store::SampleStore;
using store::TestFolder;
using testing::HasSubstr;

// Two campaigns of two samples each; returns the options to export them.
BenchExportOptions MakeStore(const TestFolder& folder) {
  auto samples = SampleStore::Open(folder / "results.db", folder / "results.jsonl");
  for (const char* id : {"a", "b"}) {
    record::Campaign campaign;
    campaign.id = id;
    campaign.started_at = id;
    campaign.dataset = "bench, \"events\"";
    campaign.settings = nlohmann::json::object();
    EXPECT_TRUE(samples->PutCampaign(campaign));
    for (uint32_t position = 0; position < 2; ++position) {
      record::Sample sample;
      sample.campaign_id = id;
      sample.position = position;
      sample.cell = {{"load_method", "copy"}};
      sample.wall_secs = 0.1;
      if (position == 0) sample.run = {{"rows_per_sec", 1234.5}, {"streams", nlohmann::json::array()}};
      EXPECT_TRUE(samples->Append(sample));
    }
  }
  BenchExportOptions options;
  options.store = folder / "results.db";
  return options;
}

bool Parses(const std::string& line, BenchExportOptions& options) {
  return ParseLine(line, [&](Command bench) { AddBenchExport(bench, options); }).has_value();
}

TEST(BenchExport, ReadsItsOptions) {
  BenchExportOptions options;
  ASSERT_TRUE(Parses("export --format csv --campaign c1 --store s.db -o out.csv", options));
  EXPECT_EQ(options.format, ExportFormat::kCsv);
  EXPECT_EQ(options.campaign, "c1");
  EXPECT_EQ(options.store, "s.db");
  EXPECT_EQ(options.output, "out.csv");

  BenchExportOptions defaults;
  ASSERT_TRUE(Parses("export --format jsonl", defaults));
  EXPECT_EQ(defaults.format, ExportFormat::kJsonLines);
  EXPECT_FALSE(defaults.campaign);
  EXPECT_EQ(defaults.store, "target/bench_results/results.db");
  EXPECT_FALSE(Parses("export", defaults)) << "the format is required";
  EXPECT_FALSE(Parses("export --format xml", defaults));
}

TEST(ExportSamples, JsonLinesAreThoseThatWereAppended) {
  const TestFolder folder;
  const BenchExportOptions options = MakeStore(folder);
  std::ostringstream out;
  EXPECT_EQ(*ExportSamples(options, out), 4u);
  EXPECT_EQ(out.str(), store::ReadFile(folder / "results.jsonl"));
}

TEST(ExportSamples, OneCampaign) {
  const TestFolder folder;
  BenchExportOptions options = MakeStore(folder);
  options.campaign = "b";
  std::ostringstream out;
  EXPECT_EQ(*ExportSamples(options, out), 2u);
  EXPECT_THAT(out.str(), testing::Not(HasSubstr("\"campaign_id\":\"a\"")));

  options.campaign = "none";
  const auto unknown = ExportSamples(options, out);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUsage);
  EXPECT_THAT(unknown.error().hint, HasSubstr("the newest is b"));
}

TEST(ExportSamples, Csv) {
  const TestFolder folder;
  BenchExportOptions options = MakeStore(folder);
  options.format = ExportFormat::kCsv;
  options.output = folder / "out.csv";
  std::ostringstream out;
  EXPECT_EQ(*ExportSamples(options, out), 4u);
  EXPECT_EQ(out.str(), "");
  const std::string text = store::ReadFile(folder / "out.csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
  EXPECT_THAT(text.substr(0, text.find('\r')),
              testing::AllOf(HasSubstr("mode"), HasSubstr("rows_per_sec"), testing::Not(HasSubstr("streams"))));
  EXPECT_THAT(text, HasSubstr(",\"bench, \"\"events\"\"\","));
  EXPECT_FALSE(std::filesystem::exists(folder / "out.csv.partial"));
}

TEST(ExportSamples, AMissingStoreIsAnError) {
  const TestFolder folder;
  BenchExportOptions options;
  options.store = folder / "none.db";
  std::ostringstream out;
  const auto missing = ExportSamples(options, out);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(missing.error().message, HasSubstr("there is no such database"));
}

TEST(ExportSamples, AFullDiskIsAnError) {
  const TestFolder folder;
  const BenchExportOptions options = MakeStore(folder);
  std::ofstream full("/dev/full");
  EXPECT_FALSE(ExportSamples(options, full));
}

TEST(ExportSamples, AFolderThatIsNotThereIsAnError) {
  const TestFolder folder;
  BenchExportOptions options = MakeStore(folder);
  options.output = folder / "no/such/out.csv";
  std::ostringstream out;
  EXPECT_FALSE(ExportSamples(options, out));
}

}  // namespace
}  // namespace rapidbyte::cli
