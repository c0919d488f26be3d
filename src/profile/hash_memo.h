// What texts were found to mean, by their hashes: a table that forgets all of it when it has grown too large.
//
// Recordings repeat their lines, and whole stacks of them, a hundred times and more, so that looking up, not taking
// apart, is what reading costs. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "profile/text_hash.h"

namespace rapidbyte::profile {

template <typename Value>
class HashMemo {
 public:
  // nullptr where it is not known. Holds until the next Add.
  const Value* Find(const TextHash& hash) const {
    const Entry& entry = entries_[PlaceOf(hash)];
    return entry.used ? &entry.value : nullptr;
  }

  // `hash` is not known yet.
  void Add(const TextHash& hash, const Value& value) {
    if (++count_ * 2 > entries_.size()) Grow();
    entries_[PlaceOf(hash)] = {hash, value, true};
  }

  size_t size() const { return count_; }

 private:
  struct Entry {
    TextHash hash;
    Value value{};
    bool used = false;
  };

  size_t PlaceOf(const TextHash& hash) const {
    const size_t mask = entries_.size() - 1;
    size_t at = hash.first & mask;
    while (entries_[at].used && entries_[at].hash != hash) at = (at + 1) & mask;
    return at;
  }

  void Grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.used) entries_[PlaceOf(entry.hash)] = entry;
    }
  }

  std::vector<Entry> entries_ = std::vector<Entry>(1024);
  size_t count_ = 0;
};

}  // namespace rapidbyte::profile
