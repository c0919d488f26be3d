// The store with many samples: `compare` reads all samples of two commits, `history` one metric over everything.
//
//   store_bench [SAMPLES [DOCUMENT_BYTES]]   (default 1000000 500)
//
// Fills a store with campaigns of 54 cells x 37 blocks, one for each commit, each sample with two metrics of its own
// and a document, in both engines: a file in the temporary folder, and a throwaway PostgreSQL as `bench run` starts it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "base/clock.h"
#include "lab/environment.h"
#include "os/temporary_folder.h"
#include "store/sample_store.h"
#include "store/sample_writer.h"

namespace rapidbyte::bench {
namespace {

constexpr uint32_t kBlocks = 37;  // one of them warm-up
constexpr size_t kRepeats = 7;
constexpr int64_t kTransactionSamples = 100'000;

template <typename T>
T Must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "error: %s\n", result.error().message.c_str());
  std::exit(1);
}

void Must(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "error: %s\n", status.error().message.c_str());
  std::exit(1);
}

double SecondsOf(const std::function<void()>& work) {
  const uint64_t start = MonotonicNanos();
  work();
  return NanosToSeconds(MonotonicNanos() - start);
}

// The first run is apart: it may read from the disk.
void Report(const char* what, const std::function<void()>& work) {
  const double first = SecondsOf(work);
  std::vector<double> secs;
  for (size_t i = 0; i < kRepeats; ++i) secs.push_back(SecondsOf(work));
  std::sort(secs.begin(), secs.end());
  std::printf("  %-44s median %7.1f ms of %zu (first %7.1f ms)\n", what, secs[kRepeats / 2] * 1e3, kRepeats,
              first * 1e3);
  std::fflush(stdout);
}

std::vector<record::CellKey> MakeCells() {
  std::vector<record::CellKey> cells;
  for (const char* rows : {"1000", "10000", "100000"}) {
    for (const char* load_method : {"insert", "copy"}) {
      for (const char* compression : {"none", "lz4", "zstd"}) {
        for (const char* batch : {"64KiB", "1MiB", "16MiB"}) {
          cells.push_back({{"rows", rows},
                           {"load_method", load_method},
                           {"compression", compression},
                           {"max_batch_bytes", batch},
                           {"runtime", "aot"}});
        }
      }
    }
  }
  return cells;
}

std::string CommitOf(size_t campaign) {
  char sha[41];
  std::snprintf(sha, sizeof sha, "%08zx%032zx", campaign * 2'654'435'761u % 0xffffffffu, campaign);
  return sha;
}

record::Campaign MakeCampaign(size_t number) {
  record::Campaign campaign;
  char id[64];
  std::snprintf(id, sizeof id, "2026%02zu%02zuT%06zu-%04zx", 1 + number / 28 % 12, 1 + number % 28, number, number);
  campaign.id = id;
  campaign.started_at = campaign.finished_at = id;
  campaign.scenario = "load-matrix";
  campaign.git_sha = CommitOf(number);
  campaign.git_branch = "main";
  campaign.warmup_blocks = 1;
  campaign.blocks = kBlocks - 1;
  campaign.settings = {{"axes", "as in the scenario"}};
  return campaign;
}

record::Sample MakeSample(const record::CellKey& cell, std::mt19937_64& random, const std::string& filler) {
  record::Sample sample;
  sample.timestamp = "2026-11-24T09:00:00.250Z";
  sample.cell = cell;
  sample.wall_secs = 0.5 + std::uniform_real_distribution<>(0, 0.1)(random);
  sample.user_secs = sample.wall_secs * 0.4;
  sample.system_secs = sample.wall_secs * 0.1;
  sample.max_rss_bytes = 24'000'000 + random() % 1'000'000;
  sample.read_bytes = sample.written_bytes = 4096;
  sample.voluntary_switches = sample.involuntary_switches = 100;
  sample.metrics = {{"latency", sample.wall_secs * 3}, {"throughput", 1e5 / sample.wall_secs}};
  sample.run = {{"records_read", 100'000}, {"filler", filler}};
  return sample;
}

void Fill(store::SampleStore& store, size_t samples, size_t document_bytes) {
  const std::vector<record::CellKey> cells = MakeCells();
  const std::string filler(document_bytes, 'x');
  std::mt19937_64 random(1);
  store::SampleWriter writer(store.connection(), store::SampleWriter::Pace::kMany);
  std::optional<store::Transaction> transaction;
  int64_t in_transaction = 0;
  size_t written = 0;
  for (size_t number = 0; written < samples; ++number) {
    if (!transaction) transaction.emplace(Must(store::Transaction::Begin(store.connection())));
    const int64_t campaign = Must(writer.PutCampaign(MakeCampaign(number)));
    for (uint32_t block = 0; block < kBlocks && written < samples; ++block) {
      for (uint32_t position = 0; position < cells.size() && written < samples; ++position, ++written) {
        record::Sample sample = MakeSample(cells[(position + block) % cells.size()], random, filler);
        sample.block = block;
        sample.position = position;
        sample.warmup = block == 0;
        Must(writer.Insert(sample, campaign));
        ++in_transaction;
      }
    }
    if (in_transaction < kTransactionSamples && written < samples) continue;
    Must(writer.Flush());
    Must(transaction->Commit());
    transaction.reset();
    in_transaction = 0;
  }
  Must(store.connection().Tidy());
}

size_t CountOf(const std::vector<store::HistoryRow>& rows) {
  size_t values = 0;
  for (const store::HistoryRow& row : rows) values += row.values.size();
  return values;
}

void Measure(const char* engine, const std::string& name, size_t samples, size_t document_bytes) {
  store::SampleStore store = Must(store::SampleStore::OpenWithoutLines(name, store::OpenMode::kCreate));
  std::printf("%s, %zu samples with documents of %zu bytes\n", engine, samples, document_bytes);
  const double secs = SecondsOf([&] { Fill(store, samples, document_bytes); });
  std::printf("  filled in %.1f s: %.0f samples/s\n", secs, static_cast<double>(samples) / secs);
  const size_t campaigns = samples / (kBlocks * MakeCells().size());
  const std::vector<std::string> two = {CommitOf(campaigns / 2), CommitOf(campaigns > 1 ? campaigns / 2 - 1 : 0)};

  Report("compare: two commits, numbers and metrics", [&] {
    const auto commits = Must(store.SamplesOfCommits(two, {.scenario = "load-matrix", .cell = {}, .with_runs = false}));
    if (commits[0].samples.empty()) std::abort();
  });
  Report("compare: two commits, with the documents",
         [&] { Must(store.SamplesOfCommits(two, {.scenario = "load-matrix", .cell = {}, .with_runs = true})); });
  const auto history = [&](const char* metric, const record::CellKey& cell) {
    return Must(store.History({.scenario = "load-matrix", .cell = cell, .metric = metric}));
  };
  std::printf("  history has %zu values\n", CountOf(history("wall", {})));
  Report("history: wall, everything", [&] { history("wall", {}); });
  Report("history: cpu, everything", [&] { history("cpu", {}); });
  Report("history: a metric of the scenario, everything", [&] { history("latency", {}); });
  Report("history: wall, one cell", [&] { history("wall", MakeCells().front()); });
  Report("commits", [&] { Must(store.Commits()); });
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) {
  using namespace rapidbyte;
  const size_t samples = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const size_t document_bytes = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 500;
  {
    const auto folder = bench::Must(os::TemporaryFolder::Make(os::TemporaryRoot()));
    bench::Measure("SQLite", (folder.path() / "results.db").string(), samples, document_bytes);
  }
  const auto environment = bench::Must(lab::Environment::StartEphemeral());
  const lab::ServerAddress& server = environment->address();
  bench::Measure("PostgreSQL",
                 "host=" + server.host + " port=" + std::to_string(server.port) + " user=" + server.user +
                     " dbname=" + server.database,
                 samples, document_bytes);
  return 0;
}
