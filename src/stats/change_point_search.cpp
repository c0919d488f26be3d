#include "stats/change_point_search.h"

#include <algorithm>
#include <limits>

#include "stats/change_point_scan.h"

namespace rapidbyte::stats {
namespace {

struct Candidate {
  size_t begin = 0;
  size_t end = 0;
  size_t index = 0;
  double p_value = 1;
};

class ChangeSearch {
 public:
  ChangeSearch(std::span<const double> series, double correlation, double level)
      : series_(series), correlation_(correlation), level_(level) {}

  std::vector<size_t> Run() {
    changes_ = {};
    Divide(0, series_.size());
    std::sort(changes_.begin(), changes_.end());
    Refine();
    Prune();
    return changes_;
  }

 private:
  // Finds the changes of [begin, end) and, recursively, of the segments between them.
  void Divide(size_t begin, size_t end) {
    if (end - begin < 2 * kMinSegment) return;
    std::vector<size_t> found = FindIn(begin, end);
    if (found.empty()) return;
    std::sort(found.begin(), found.end());
    changes_.insert(changes_.end(), found.begin(), found.end());
    found.push_back(end);
    for (const size_t next : found) {
      Divide(begin, next);
      begin = next;
    }
  }

  std::vector<size_t> FindIn(size_t begin, size_t end) const {
    const ChangePointScan scan(series_.subspan(begin, end - begin), correlation_);
    std::vector<size_t> found;
    for (const Candidate& candidate : Candidates(scan)) {
      const auto near = [&](size_t change) {
        return change + kMinSegment > begin + candidate.begin && change < begin + candidate.end + kMinSegment;
      };
      if (std::none_of(found.begin(), found.end(), near)) found.push_back(begin + candidate.index);
    }
    return found;
  }

  // Narrowest first
  std::vector<Candidate> Candidates(const ChangePointScan& scan) const {
    std::vector<Candidate> candidates;
    size_t levels = 0;
    for (size_t length = scan.size() / 2; length >= kShortestWindow; length /= 2) ++levels;
    const double share = levels == 0 ? level_ : level_ / 2;
    Consider(scan, 0, scan.size(), share, candidates);
    for (size_t length = scan.size() / 2; length >= kShortestWindow; length /= 2) {
      const size_t stride = length / 4;
      const size_t windows = (scan.size() - length + stride - 1) / stride + 1;
      const double each = share / static_cast<double>(levels * windows);
      for (size_t window = 0; window < windows; ++window) {
        const size_t begin = std::min(window * stride, scan.size() - length);
        Consider(scan, begin, begin + length, each, candidates);
      }
    }
    const auto narrower = [](const Candidate& a, const Candidate& b) {
      const size_t a_length = a.end - a.begin;
      const size_t b_length = b.end - b.begin;
      return a_length != b_length ? a_length < b_length : a.p_value < b.p_value;
    };
    std::stable_sort(candidates.begin(), candidates.end(), narrower);
    return candidates;
  }

  static void Consider(const ChangePointScan& scan, size_t begin, size_t end, double level,
                       std::vector<Candidate>& candidates) {
    const Split split = scan.BestSplit(begin, end);
    const double p_value = scan.PValue(split.explained, end - begin);
    if (p_value <= level) candidates.push_back({begin, end, split.index, p_value});
  }

  size_t Before(size_t i) const { return i == 0 ? 0 : changes_[i - 1]; }
  size_t After(size_t i) const { return i + 1 == changes_.size() ? series_.size() : changes_[i + 1]; }

  // Moves every change to the best place between its neighbours.
  void Refine() {
    p_values_.assign(changes_.size(), 1);
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t i = 0; i < changes_.size(); ++i) Place(i);
    }
  }

  void Place(size_t i) {
    const size_t begin = Before(i);
    const size_t end = After(i);
    const ChangePointScan scan(series_.subspan(begin, end - begin), correlation_);
    const Split split = scan.BestSplit(0, scan.size());
    p_values_[i] = scan.PValue(split.explained, scan.size());
    if (split.explained > 0) changes_[i] = begin + split.index;
  }

  void Prune() {
    while (!changes_.empty()) {
      const auto worst = std::max_element(p_values_.begin(), p_values_.end());
      if (*worst <= level_) return;
      const auto i = static_cast<size_t>(worst - p_values_.begin());
      p_values_.erase(worst);
      changes_.erase(changes_.begin() + static_cast<std::ptrdiff_t>(i));
      if (i > 0) Place(i - 1);
      if (i < changes_.size()) Place(i);
    }
  }

  static constexpr size_t kShortestWindow = 12;

  std::span<const double> series_;
  double correlation_;
  double level_;
  std::vector<size_t> changes_;
  std::vector<double> p_values_;
};

}  // namespace

std::vector<size_t> SearchChanges(std::span<const double> series, double correlation, double level) {
  return ChangeSearch(series, correlation, level).Run();
}

}  // namespace rapidbyte::stats
