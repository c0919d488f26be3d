#include "base/nearest_name.h"

#include <algorithm>
#include <string>
#include <vector>

namespace rapidbyte {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

size_t MostEdits(size_t length) { return length <= 3 ? 1 : length <= 6 ? 2 : 3; }

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  const size_t columns = b.size() + 1;
  std::vector<size_t> distance((a.size() + 1) * columns);
  const auto at = [&](size_t i, size_t j) -> size_t& { return distance[i * columns + j]; };
  for (size_t i = 0; i <= a.size(); ++i) at(i, 0) = i;
  for (size_t j = 0; j <= b.size(); ++j) at(0, j) = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      at(i, j) = std::min({replaced, at(i - 1, j) + 1, at(i, j - 1) + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
    }
  }
  return at(a.size(), b.size());
}

std::string_view NearestName(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string lower = LowerCase(word);
  size_t least = MostEdits(word.size()) + 1;
  std::string_view nearest;
  for (const std::string_view candidate : candidates) {
    const size_t longer = std::max(word.size(), candidate.size());
    if (longer - std::min(word.size(), candidate.size()) >= least) continue;
    const size_t edits = EditDistance(lower, LowerCase(candidate));
    if (edits < least) {
      least = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace rapidbyte
