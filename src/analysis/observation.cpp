#include "analysis/observation.h"

namespace rapidbyte::analysis {

const std::string& CommitOf(const record::Sample& sample, const record::Campaign& campaign) {
  return sample.build.empty() ? campaign.git_sha : sample.build;
}

std::optional<Observation> ObservationOf(const record::Sample& sample, const record::Campaign& campaign,
                                         const std::string& metric) {
  if (sample.warmup || sample.outcome != record::Outcome::kOk) return std::nullopt;
  const std::optional<double> value = record::MetricOf(sample, metric);
  if (!value) return std::nullopt;
  Observation observation{sample.cell, campaign.id, sample.block, *value};
  observation.dimensions.emplace(kCommitDimension, CommitOf(sample, campaign));
  observation.dimensions.emplace(kScenarioDimension, campaign.scenario);
  return observation;
}

}  // namespace rapidbyte::analysis
