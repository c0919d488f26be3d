// "Did you mean …": the name that a misspelt one was probably meant to be. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace rapidbyte {

// The number of letters to insert, remove, replace or swap with their neighbour that turn `a` into `b`; no letter is
// edited twice (optimal string alignment; Damerau, CACM 7(3), 1964). Counts bytes; time and space |a| * |b|.
size_t EditDistance(std::string_view a, std::string_view b);

// The candidate nearest to `word`, the first among equals; empty if none is near: 1 edit for words of up to 3 letters,
// 2 for up to 6, else 3. A word that is wrong only in its case is near.
std::string_view NearestName(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace rapidbyte
