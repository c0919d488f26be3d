// Metrics out of what a measured command printed or wrote. One thread.
#pragma once

#include <ctime>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/subprocess.h"
#include "metrics/metric_source.h"

namespace rapidbyte::lab {

enum class MetricFrom { kStdout, kStderr, kFile };

struct OutputMetric {
  std::string name;
  metrics::MetricSource source;
  MetricFrom from = MetricFrom::kStdout;
  std::filesystem::path file = {};  // for kFile; relative to the command's folder
};

// Errors: kConfiguration where a metric can never be read, or would be read from an output that is not kept.
Status CheckMetrics(const std::vector<OutputMetric>& metrics, OutputTo output);

class OutputReader {
 public:
  OutputReader(std::vector<OutputMetric> metrics, const Command& command)
      : metrics_(std::move(metrics)),
        folder_(command.working_directory),
        output_file_(command.output == OutputTo::kFile ? command.output_file : std::filesystem::path()) {}

  // Just before a run: a number that an earlier one left in a file must not pass for this one's.
  void Start();
  // By name. Errors: kData, naming the metric.
  Result<std::map<std::string, double>> Read(const SubprocessResult& run) const;

 private:
  Result<double> Value(const OutputMetric& metric, const SubprocessResult& run) const;

  std::vector<OutputMetric> metrics_;
  std::filesystem::path folder_;
  std::filesystem::path output_file_;  // that standard output goes to, or empty
  timespec started_{};                 // by the files' clock
};

}  // namespace rapidbyte::lab
