// Hashes of 128 bits that stand for a text: two texts with one hash are taken as equal.
//
// Two lanes of 64 bits, keyed at random when the hasher is made, so that nobody can prepare texts that collide; among
// a million texts the odds that any two do are about 1 to 10^26. Nothing may depend on the values, which differ from
// run to run. Any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

namespace rapidbyte::profile {

struct TextHash {
  uint64_t first = 0;
  uint64_t second = 0;
  bool operator==(const TextHash&) const = default;
};

class TextHasher {
 public:
  TextHasher() {
    std::random_device device;
    for (uint64_t& key : keys_) key = uint64_t{device()} << 32 | device() | 1;
  }

  // Hashes under different kinds differ.
  TextHash Of(std::string_view text, uint64_t kind) const {
    const char* at = text.data();
    size_t left = text.size();
    TextHash hash{keys_[0] + left, keys_[1] ^ kind * keys_[2]};
    for (; left > 16; at += 16, left -= 16) hash = Add(hash, Word(at), Word(at + 8));
    uint64_t low = 0, high = 0;
    if (left >= 8) {
      low = Word(at);
      high = Word(at + left - 8);
    } else if (left > 0) {
      std::memcpy(&low, at, left);
    }
    return Chain(Add(hash, low, high), {keys_[2], kind});
  }

  // What stands for the sequence that `before` stands for, followed by `next`.
  TextHash Chain(TextHash before, TextHash next) const {
    return {Fold(before.first ^ next.first, keys_[2] ^ before.second),
            Fold(before.second ^ next.second, keys_[3] ^ before.first)};
  }

 private:
  static uint64_t Word(const char* from) {
    uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
  }
  // The two halves of a product hold every bit of both factors.
  static uint64_t Fold(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  TextHash Add(TextHash hash, uint64_t low, uint64_t high) const {
    return {Fold(low ^ keys_[0], high ^ hash.first), Fold(low ^ keys_[1], high ^ hash.second ^ keys_[3])};
  }

  uint64_t keys_[4];
};

}  // namespace rapidbyte::profile
