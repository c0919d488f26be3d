#include "stats/change_point_search.h"

#include <algorithm>

#include "stats/change_point_scan.h"

namespace rapidbyte::stats {
namespace {

constexpr size_t kShortestWindow = 12;
constexpr double kShareOfWholeSegment = 0.75;  // of the false alarms: one change with long levels is the usual case

// Windows of one length that overlap by three quarters, so that each place is near the middle of one of them.
struct Windows {
  size_t length = 0;
  std::vector<size_t> begins;
  double rate = 0;  // of false alarms that each of them may raise
};

// Shortest first, the segment itself last.
std::vector<Windows> WindowsOf(size_t size, double false_alarm_rate) {
  std::vector<Windows> windows;
  for (size_t length = size / 2; length >= kShortestWindow; length /= 2) {
    windows.push_back({length, {}, 0});
    for (size_t begin = 0; begin < size - length; begin += length / 4) windows.back().begins.push_back(begin);
    windows.back().begins.push_back(size - length);
  }
  const double whole = windows.empty() ? 1 : kShareOfWholeSegment;
  for (Windows& equal : windows) {
    equal.rate = false_alarm_rate * (1 - whole) / static_cast<double>(windows.size() * equal.begins.size());
  }
  std::reverse(windows.begin(), windows.end());
  windows.push_back({size, {0}, false_alarm_rate * whole});
  return windows;
}

struct Change {
  size_t index = 0;
  double p_value = 1;
};

class Search {
 public:
  Search(std::span<const double> series, double correlation, double false_alarm_rate)
      : series_(series), correlation_(correlation), false_alarm_rate_(false_alarm_rate) {}

  std::vector<size_t> Run() {
    Divide(0, series_.size());
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t i = 0; i < changes_.size(); ++i) Place(i);
    }
    DropTheUnconvincing();
    std::vector<size_t> indexes;
    for (const Change& change : changes_) indexes.push_back(change.index);
    return indexes;
  }

 private:
  // Appends the changes of [begin, end) in rising order.
  void Divide(size_t begin, size_t end) {
    if (end - begin < 2 * kMinSegment) return;
    const std::vector<size_t> found = FindIn(begin, end);
    if (found.empty()) return;
    for (const size_t index : found) {
      Divide(begin, index);
      changes_.push_back({index});
      begin = index;
    }
    Divide(begin, end);
  }

  // The changes that windows of [begin, end) show. A window within reach of a change that is already found, by a
  // shorter one or by one of the same length and lower p-value, would only show it again.
  std::vector<size_t> FindIn(size_t begin, size_t end) const {
    const ChangePointScan scan(series_.subspan(begin, end - begin), correlation_);
    std::vector<bool> reached(scan.size(), false);
    std::vector<size_t> found;
    for (const Windows& windows : WindowsOf(scan.size(), false_alarm_rate_)) {
      for (const auto& [window, change] : Candidates(scan, windows)) {
        const auto first = reached.begin() + static_cast<std::ptrdiff_t>(window);
        const auto last = first + static_cast<std::ptrdiff_t>(windows.length);
        if (std::find(first, last, true) != last) continue;
        std::fill_n(reached.begin() + static_cast<std::ptrdiff_t>(change.index - kMinSegment), 2 * kMinSegment, true);
        found.push_back(begin + change.index);
      }
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  struct Candidate {
    size_t window = 0;
    Change change;
  };

  // The windows that show a change, the most convincing first.
  static std::vector<Candidate> Candidates(const ChangePointScan& scan, const Windows& windows) {
    const StepShapes shapes(windows.length, scan.correlation());
    std::vector<Candidate> candidates;
    for (const size_t begin : windows.begins) {
      const Split split = scan.BestSplit(shapes, begin);
      const double p_value = scan.PValue(split.explained, windows.length);
      if (p_value <= windows.rate) candidates.push_back({begin, {split.index, p_value}});
    }
    const auto by_p_value = [](const Candidate& a, const Candidate& b) { return a.change.p_value < b.change.p_value; };
    std::stable_sort(candidates.begin(), candidates.end(), by_p_value);
    return candidates;
  }

  // Moves a change to the best place between its neighbours, and says what it is worth there.
  void Place(size_t i) {
    const size_t begin = i == 0 ? 0 : changes_[i - 1].index;
    const size_t end = i + 1 == changes_.size() ? series_.size() : changes_[i + 1].index;
    const ChangePointScan scan(series_.subspan(begin, end - begin), correlation_);
    const Split split = scan.BestSplit(StepShapes(scan.size(), correlation_), 0);
    changes_[i].p_value = scan.PValue(split.explained, scan.size());
    if (split.index > 0) changes_[i].index = begin + split.index;
  }

  // A window may have seen what its surroundings do not bear out.
  void DropTheUnconvincing() {
    const auto by_p_value = [](const Change& a, const Change& b) { return a.p_value < b.p_value; };
    while (!changes_.empty()) {
      const auto worst = std::max_element(changes_.begin(), changes_.end(), by_p_value);
      if (worst->p_value <= false_alarm_rate_) return;
      const auto i = static_cast<size_t>(changes_.erase(worst) - changes_.begin());
      if (i > 0) Place(i - 1);
      if (i < changes_.size()) Place(i);
    }
  }

  std::span<const double> series_;
  double correlation_;
  double false_alarm_rate_;
  std::vector<Change> changes_;
};

}  // namespace

std::vector<size_t> SearchChanges(std::span<const double> series, double correlation, double false_alarm_rate) {
  return Search(series, correlation, false_alarm_rate).Run();
}

}  // namespace rapidbyte::stats
