// Text as `perf script` prints it, of a made-up server: 40 threads, C++ names with arguments, kernel frames, jitted
// frames.
//
// 100,000 distinct stacks of 20 to 50 frames, a few of which take most of the time (Zipf's law). They grow out of each
// other at random, which gives about 1.5 nodes of the tree for each distinct stack that is seen; real recordings of
// gcc, of an idle machine and the example of the FlameGraph repository have 1.6 to 1.9. One line in 20 is distinct.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace rapidbyte::bench {

class PerfText {
 public:
  explicit PerfText(uint64_t seed) : random_(seed) {
    static constexpr const char* kImages[] = {"/usr/lib/x86_64-linux-gnu/libc.so.6", "/opt/shop/bin/orderd",
                                              "/opt/shop/lib/libstorage.so.3", "[kernel.kallsyms]",
                                              "/tmp/perf-4711.map"};
    for (uint64_t i = 0; i < kFunctions; ++i) {
      const size_t image = i % 16 < 3 ? 0 : i % 16 < 9 ? 1 : i % 16 < 12 ? 2 : i % 16 < 15 ? 3 : 4;
      functions_.push_back(
          {NameOf(i, image), kImages[image], (image == 3 ? 0xffffffff81000000u : 0x7f3a00000000u) + i * 4096});
    }
    GrowTrees();
  }

  // One sample, with the blank line after it.
  void Append(std::string& text) {
    static constexpr const char* kComms[] = {"orderd", "io worker", "V8 WorkerThread", "java", "postgres"};
    const uint64_t thread = random_() % 40;
    time_us_ += random_() % 500;
    char line[256];
    std::snprintf(line, sizeof line, "%s %5u/%-5u [%03u] %6u.%06u:    1001001 cpu-clock:ppp: \n", kComms[thread % 5],
                  4711u, static_cast<unsigned>(4711 + thread), static_cast<unsigned>(random_() % 64),
                  static_cast<unsigned>(time_us_ / 1'000'000), static_cast<unsigned>(time_us_ % 1'000'000));
    text += line;
    path_.clear();
    for (uint32_t node = Pick(thread % 5); node != kNone; node = nodes_[node].parent)
      path_.push_back(nodes_[node].call);
    path_.front().offset += static_cast<uint32_t>(4 * (random_() % 40));  // the instruction itself
    for (const Call& call : path_) {
      const Function& function = functions_[call.function];
      std::snprintf(line, sizeof line, "\t%16llx ", static_cast<unsigned long long>(function.address + call.offset));
      text += line;
      std::snprintf(line, sizeof line, "+0x%x (", call.offset);
      text += function.name;
      text += line;
      text += function.image;
      text += ")\n";
    }
    text += '\n';
  }

 private:
  static constexpr uint64_t kFunctions = 8000;
  struct Function {
    std::string name;
    const char* image;
    uint64_t address;
  };
  struct Call {
    uint32_t function;
    uint32_t offset;
  };

  static uint64_t Mix(uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
  }

  static std::string NameOf(uint64_t i, size_t image) {
    static constexpr const char* kWords[] = {"read", "write", "parse", "commit", "lookup", "insert", "flush", "merge"};
    const std::string verb = kWords[Mix(i) % 8], noun = kWords[Mix(i + 1) % 8] + std::to_string(i);
    if (image == 0) return "__" + verb + "_" + noun;
    if (image == 3) return verb + "_" + noun + (i % 3 == 0 ? "_constprop.0" : "");
    if (image == 4) return "Lorg/shop/" + noun + ";::" + verb + "(Ljava/lang/Object;)V";
    return "shop::" + verb + "::Index<std::pair<int, std::string> >::" + noun + "(std::span<int const>, unsigned long)";
  }

  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kRoots = 5, kTrunk = 18, kNodes = 20'000;  // of the last: for each root
  struct Node {
    uint32_t parent;
    Call call;
  };

  void GrowTrees() {
    for (uint32_t i = 0; i < kRoots * kNodes; ++i) {
      const uint32_t root = i / kNodes * kNodes, at = i - root;
      const uint32_t parent = at == 0       ? kNone
                              : at < kTrunk ? i - 1
                                            : root + kTrunk - 1 + static_cast<uint32_t>(random_() % (at - kTrunk + 1));
      const auto function = static_cast<uint32_t>(random_() % kFunctions);
      nodes_.push_back({parent, {function, static_cast<uint32_t>(Mix(function * 4 + random_() % 4) & 0x7ff)}});
    }
  }

  // Where a thread of this kind is: the n-th of its places with a probability that falls as 1 / n.
  uint32_t Pick(uint64_t root) {
    const double uniform = static_cast<double>(random_() >> 11) * 0x1p-53;
    const auto rank = static_cast<uint64_t>(std::pow(static_cast<double>(kNodes - kTrunk), uniform)) - 1;
    const uint64_t scattered = rank * 7919 % (kNodes - kTrunk);  // a prime: popular places lie all over the tree
    return static_cast<uint32_t>(root * kNodes + kTrunk + scattered);
  }

  std::mt19937_64 random_;
  uint64_t time_us_ = 4'000'000'000;
  std::vector<Function> functions_;
  std::vector<Node> nodes_;
  std::vector<Call> path_;
};

}  // namespace rapidbyte::bench
