// The search for the commit that made a program slower, as text and as JSON: its steps and what came of them. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "stats/verdict.h"

namespace rapidbyte::report {

struct BisectCommit {
  std::string sha;  // whole
  std::string subject;
  std::string author_date;
  bool is_merge = false;
};

struct BisectStep {
  BisectCommit commit;
  std::string role;                         // "ends", "good", "bad", "skipped", "undecided", "confirmed", "unconfirmed"
  std::optional<stats::Decision> decision;  // against the good end; in the last, against the commit before
  std::string note;                         // why it was skipped
};

enum class BisectOutcome { kFound, kSeveralSuspects, kNoRegression, kUnconfirmed, kUndecided };

struct BisectReport {
  BisectOutcome outcome = BisectOutcome::kNoRegression;
  BisectCommit good, bad;
  size_t commits = 0;  // that may have been it: those after `good`, up to `bad`
  analysis::MetricRule rule;
  std::string cell;           // "load_method=copy", by which they were told apart; empty where there is one only
  double step_threshold = 0;  // from which on a commit was a bad one
  std::vector<BisectStep> steps;
  std::vector<BisectCommit> suspects;     // one where found
  std::optional<BisectCommit> before;     // the commit that the found one was compared to
  std::optional<stats::Decision> change;  // of the found commit against that one
  double error_bound = 0;                 // of any wrong step
};

// One step of the log, one line.
std::string BisectStepText(const BisectStep& step);
std::string BisectText(const BisectReport& report);
std::string BisectJson(const BisectReport& report);

}  // namespace rapidbyte::report
