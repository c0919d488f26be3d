#include "analysis/bisection.h"

#include "base/check.h"

namespace rapidbyte::analysis {

Side SideOf(const stats::Decision& against_good) {
  switch (against_good.verdict) {
    case stats::Verdict::kRegressed:
      return Side::kBad;
    case stats::Verdict::kImproved:
    case stats::Verdict::kUnchanged:
      return Side::kGood;
    case stats::Verdict::kInconclusive:
      break;
  }
  if (!against_good.significant || !against_good.ratio) return Side::kUnknown;
  const bool is_higher = against_good.ratio->estimate > 1;
  const bool higher_is_worse = against_good.direction == stats::Direction::kLowerIsBetter;
  return is_higher == higher_is_worse ? Side::kBad : Side::kGood;
}

Bisection::Bisection(size_t commits) : sides_(commits, Side::kUnknown) {
  RB_CHECK(commits > 0);
  sides_.back() = Side::kBad;
}

size_t Bisection::first_bad() const {
  size_t bad = sides_.size() - 1;
  for (size_t i = sides_.size(); i-- > 0 && sides_[i] != Side::kGood;) {
    if (sides_[i] == Side::kBad) bad = i;
  }
  return bad;
}

std::optional<size_t> Bisection::last_good() const {
  for (size_t i = first_bad(); i-- > 0;) {
    if (sides_[i] == Side::kGood) return i;
  }
  return std::nullopt;
}

std::optional<size_t> Bisection::Next() const {
  const size_t begin = last_good() ? *last_good() + 1 : 0;
  const size_t end = first_bad();
  const size_t middle = begin + (end - begin) / 2;
  std::optional<size_t> nearest;
  size_t nearest_distance = 0;
  for (size_t i = begin; i < end; ++i) {
    const size_t distance = i < middle ? middle - i : i - middle;
    if (sides_[i] != Side::kUnknown || (nearest && distance >= nearest_distance)) continue;
    nearest = i;
    nearest_distance = distance;
  }
  return nearest;
}

void Bisection::Mark(size_t commit, Side side) {
  RB_CHECK(commit < sides_.size() - 1);
  sides_[commit] = side;
}

std::vector<size_t> Bisection::Suspects() const {
  std::vector<size_t> suspects;
  for (size_t i = last_good() ? *last_good() + 1 : 0; i <= first_bad(); ++i) suspects.push_back(i);
  return suspects;
}

// Each look leaves at most half of those before the first bad one, rounded down.
size_t Bisection::MostLooks(size_t commits) {
  size_t looks = 0;
  for (size_t before_bad = commits - 1; before_bad > 0; before_bad /= 2) ++looks;
  return looks;
}

}  // namespace rapidbyte::analysis
