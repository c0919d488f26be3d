// What a campaign's own settings say about comparing its samples: the metric that decides, its threshold, the looks.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "analysis/exploration.h"
#include "record/campaign.h"
#include "record/sample.h"

namespace rapidbyte::analysis {

// "s" for times, "bytes" for memory and I/O, empty where nobody says.
std::string UnitOfMetric(const std::string& name);

// The scenario's metrics, the primary first; wall where the settings name none.
std::vector<MetricRule> MetricRules(const record::Campaign& campaign);
MetricRule PrimaryRule(const record::Campaign& campaign);
// As the settings have it; a metric that they do not name is better low and has the default threshold.
MetricRule RuleFor(const record::Campaign& campaign, const std::string& metric);

// What the campaign was told to stop by: the primary rule, unless it had a question of its own (a bisect's step has a
// wider threshold). Later comparisons go by the primary one.
MetricRule StoppingRule(const record::Campaign& campaign);

// Of a parameter, in the order of the matrix: the first is what the others compare to. Empty where nobody says; the
// order of the samples is none, as blocks are shuffled.
std::vector<std::string> ValueOrder(const record::Campaign& campaign, const std::string& parameter);

// Nothing where the number of blocks was fixed beforehand.
std::optional<Stopping> StoppingOf(const record::Campaign& campaign, std::span<const record::Sample> samples);

std::vector<Observation> ObservationsOf(const record::Campaign& campaign, std::span<const record::Sample> samples,
                                        const std::string& metric);

// The cells of one campaign against each other: commits where it measured several, else as ContrastOf says. Errors as
// Compare; kUsage where there is nothing to compare.
Result<Comparison> CompareCampaign(const record::Campaign& campaign, std::span<const record::Sample> samples,
                                   const MetricRule& rule);

// Other metrics of the cells that changed.
std::vector<ExploredCell> ExploreCampaign(const record::Campaign& campaign, std::span<const record::Sample> samples,
                                          const Comparison& comparison);

}  // namespace rapidbyte::analysis
