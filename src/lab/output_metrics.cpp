#include "lab/output_metrics.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kLargestMetricFile = 64u << 20;

Status CheckWrittenSince(const fs::path& path, const timespec& start) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) {
    return Fail(ErrorCode::kData,
                fmt::format("cannot read {}: {}", path.string(), std::generic_category().message(errno)));
  }
  const bool is_old = file.st_mtim.tv_sec < start.tv_sec ||
                      (file.st_mtim.tv_sec == start.tv_sec && file.st_mtim.tv_nsec < start.tv_nsec);
  if (!is_old) return {};
  return Fail(ErrorCode::kData, fmt::format("{} was there before the run and was not written by it", path.string()));
}

Result<std::string> ReadFile(const fs::path& path) {
  std::error_code failed;
  const uintmax_t size = fs::file_size(path, failed);
  if (failed) return Fail(ErrorCode::kData, fmt::format("cannot read {}: {}", path.string(), failed.message()));
  if (size > kLargestMetricFile) {
    return Fail(ErrorCode::kData, fmt::format("{} is too large to look for a metric: {} bytes", path.string(), size));
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (in) return std::move(text).str();
  return Fail(ErrorCode::kData, fmt::format("cannot read {}", path.string()));
}

}  // namespace

Status CheckMetrics(const std::vector<OutputMetric>& metrics, OutputTo output) {
  for (const OutputMetric& metric : metrics) {
    const Status checked = rapidbyte::metrics::CheckSource(metric.source);
    if (!checked) return Context(fmt::format("metric '{}'", metric.name), checked.error());
    const bool unread = output == OutputTo::kInherit ? metric.from != MetricFrom::kFile
                        : output == OutputTo::kNull  ? metric.from == MetricFrom::kStdout
                                                     : false;
    if (!unread) continue;
    return Fail(ErrorCode::kConfiguration,
                fmt::format("metric '{}' is to be read from an output that is not kept", metric.name),
                "let the output be a pipe or a file");
  }
  return {};
}

// The clock of the files' times, which is behind the precise one by up to a tick.
void OutputReader::Start() { clock_gettime(CLOCK_REALTIME_COARSE, &started_); }

Result<std::map<std::string, double>> OutputReader::Read(const SubprocessResult& run) const {
  std::map<std::string, double> values;
  for (const OutputMetric& metric : metrics_) {
    auto value = Value(metric, run);
    if (!value) return Context(fmt::format("metric '{}'", metric.name), value.error());
    values[metric.name] = *value;
  }
  return values;
}

Result<double> OutputReader::Value(const OutputMetric& metric, const SubprocessResult& run) const {
  if (metric.from == MetricFrom::kStderr) return metrics::Extract(metric.source, run.err);
  if (metric.from == MetricFrom::kStdout && output_file_.empty()) return metrics::Extract(metric.source, run.out);
  const fs::path file = metric.from == MetricFrom::kStdout ? output_file_ : folder_ / metric.file;
  RB_TRY(CheckWrittenSince(file, started_));
  RB_ASSIGN(const std::string text, ReadFile(file));
  return metrics::Extract(metric.source, text);
}

}  // namespace rapidbyte::lab
