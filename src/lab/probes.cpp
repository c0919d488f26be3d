#include "lab/probes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <numeric>
#include <optional>
#include <random>
#include <system_error>

#include "base/clock.h"
#include "lab/block_plan.h"
#include "lab/environment.h"
#include "lab/subprocess.h"
#include "os/file_descriptor.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kFewestBlocks = 6;  // even where the time is up
constexpr size_t kArrayBytes = size_t{64} << 20;
constexpr size_t kLineBytes = 64;
constexpr uint32_t kLoads = 200'000;
constexpr uint32_t kSteps = 20'000'000;
constexpr size_t kWriteBytes = size_t{256} << 10;
constexpr int kWrites = 4;
constexpr int kStarts = 10;

volatile uint64_t g_sink;  // what is computed is needed, as far as the compiler knows

Error NotWritten(const fs::path& file) {
  return {ErrorCode::kInternal, "cannot write " + file.string() + ": " + std::generic_category().message(errno)};
}

double SecsSince(uint64_t start) { return NanosToSeconds(MonotonicNanos() - start); }

// Each step needs the one before: no memory, one core, whatever its width.
Result<double> Compute() {
  const uint64_t start = MonotonicNanos();
  uint64_t state = 0x9e3779b97f4a7c15;
  for (uint32_t i = 0; i < kSteps; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  g_sink = state;
  return SecsSince(start);
}

// A single cycle through all lines of an array that is larger than most caches.
class Memory {
 public:
  Memory() : words_(kArrayBytes / sizeof(uint64_t)) {
    std::vector<uint64_t> order(kArrayBytes / kLineBytes);
    std::iota(order.begin(), order.end(), uint64_t{0});
    std::mt19937_64 random(1);
    for (size_t left = order.size() - 1; left > 0; --left) std::swap(order[left], order[random() % left]);  // Sattolo
    for (size_t i = 0; i < order.size(); ++i) words_[i * kWordsOfLine] = order[i] * kWordsOfLine;
  }

  Result<double> Chase() {
    const uint64_t start = MonotonicNanos();
    uint64_t place = 0;
    for (uint32_t i = 0; i < kLoads; ++i) place = words_[place];
    g_sink = place;
    return SecsSince(start);
  }

  Result<double> Sum() {
    const uint64_t start = MonotonicNanos();
    g_sink = std::accumulate(words_.begin(), words_.end(), uint64_t{0});
    return SecsSince(start);
  }

 private:
  static constexpr size_t kWordsOfLine = kLineBytes / sizeof(uint64_t);
  std::vector<uint64_t> words_;
};

// The same blocks of the file each time: after the first, nothing is allocated.
Result<double> WriteAndSync(int file, const fs::path& name) {
  const std::vector<char> data(kWriteBytes, 'x');
  const uint64_t start = MonotonicNanos();
  for (int i = 0; i < kWrites; ++i) {
    const auto written =
        pwrite(file, data.data(), data.size(), static_cast<off_t>(i) * static_cast<off_t>(kWriteBytes));
    if (written != static_cast<ssize_t>(data.size()) || fdatasync(file) != 0) return Fail(NotWritten(name));
  }
  return SecsSince(start);
}

Result<double> StartProcesses(const Interrupt& interrupt) {
  double secs = 0;
  for (int i = 0; i < kStarts; ++i) {
    Command command;
    command.argv = {"/bin/true"};
    SubprocessLimits limits;
    limits.interrupt = &interrupt;
    RB_ASSIGN(const SubprocessResult run, RunSuccessfully(command, limits));
    secs += run.wall_secs;
  }
  return secs;
}

class Database {
 public:
  explicit Database(const Interrupt& interrupt) : interrupt_(interrupt) {}

  // The server is started by the first call, which is not counted.
  Result<double> Insert() {
    if (!session_) RB_TRY(Start());
    RB_TRY(session_->Exec("TRUNCATE probe"));
    const uint64_t start = MonotonicNanos();
    RB_TRY(session_->Exec("INSERT INTO probe SELECT i, md5(i::text) FROM generate_series(1, 5000) i"));
    return SecsSince(start);
  }

  std::optional<int64_t> ServerPid() const { return environment_ ? environment_->server_pid() : std::nullopt; }

 private:
  Status Start() {
    EphemeralOptions options;
    options.interrupt = &interrupt_;
    RB_ASSIGN(environment_, Environment::StartEphemeral(options));
    RB_ASSIGN(session_, Postgres::Connect(environment_->address(), &interrupt_));
    return session_->Exec("CREATE TABLE probe (id bigint PRIMARY KEY, name text)");
  }

  const Interrupt& interrupt_;
  std::unique_ptr<Environment> environment_;
  std::optional<Postgres> session_;
};

class MachineProbes final : public ProbeSet {
 public:
  MachineProbes(os::TemporaryFolder folder, os::FileDescriptor file, const Interrupt& interrupt)
      : folder_(std::move(folder)), file_(std::move(file)), database_(interrupt) {
    probes_ = {
        {"processor", "20 million dependent steps in registers", Compute},
        {"memory latency", "200,000 dependent loads all over 64 MiB", [this] { return memory_.Chase(); }},
        {"memory bandwidth", "64 MiB read in order", [this] { return memory_.Sum(); }},
        {"disk", "4 times 256 KiB written and synced (fdatasync)",
         [this] { return WriteAndSync(file_.get(), folder_.path()); }},
        {"process start", "/bin/true started and waited for, 10 times",
         [&interrupt] { return StartProcesses(interrupt); }},
        {"PostgreSQL", "5,000 rows inserted and committed on a throwaway server",
         [this] { return database_.Insert(); }},
    };
  }

  const std::vector<Probe>& probes() const override { return probes_; }

  std::set<int64_t> Processes() const override {
    const auto server = database_.ServerPid();
    return server ? std::set<int64_t>{*server} : std::set<int64_t>{};
  }

 private:
  os::TemporaryFolder folder_;
  os::FileDescriptor file_;
  Memory memory_;
  Database database_;
  std::vector<Probe> probes_;
};

// A failure other than an interrupt leaves the probe out.
Status RunOne(const Probe& probe, bool counts, ProbeSeries& series) {
  if (!series.skipped.empty()) return {};
  const Result<double> secs = probe.run();
  if (!secs && secs.error().code == ErrorCode::kInterrupted) return Fail(secs.error());
  if (!secs) {
    series.skipped = secs.error().message;
    series.secs.clear();
  } else if (counts) {
    series.secs.push_back(*secs);
  }
  return {};
}

}  // namespace

Result<std::vector<ProbeSeries>> RunProbes(const std::vector<Probe>& probes, const ProbePlan& plan) {
  std::vector<ProbeSeries> series;
  for (const Probe& probe : probes) series.push_back({probe.name, probe.work, {}, {}});
  const auto order = PlanBlocks(plan.seed, plan.blocks + 1, probes.size());
  for (uint32_t block = 0; block <= plan.blocks; ++block) {
    const bool time_is_up = plan.deadline_secs > 0 && plan.elapsed_secs() >= plan.deadline_secs;
    if (time_is_up && block > kFewestBlocks) break;
    for (const size_t place : order[block]) {
      if (plan.interrupt != nullptr && plan.interrupt->triggered()) return Fail(ErrorCode::kInterrupted, "interrupted");
      RB_TRY(RunOne(probes[place], block > 0, series[place]));
    }
  }
  return series;
}

Result<std::unique_ptr<ProbeSet>> ProbeSet::Make(const fs::path& folder, const Interrupt& interrupt) {
  RB_ASSIGN(os::TemporaryFolder own, os::TemporaryFolder::Make(folder));
  const fs::path name = own.path() / "probe";
  os::FileDescriptor file(open(name.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (!file.is_open()) return Fail(NotWritten(name));
  return std::make_unique<MachineProbes>(std::move(own), std::move(file), interrupt);
}

}  // namespace rapidbyte::lab
