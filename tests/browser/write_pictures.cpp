// Writes the pictures that the tests beside this file open: write_pictures FOLDER
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "report/flamegraph.h"
#include "report/test_profile.h"

namespace rapidbyte::report {
namespace {

class Random {
 public:
  uint64_t Below(uint64_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % bound;
  }

 private:
  uint64_t state_ = 1;
};

// 10 million samples over 100,000 distinct stacks of ten to forty frames.
profile::Profile Big() {
  constexpr int kStacks = 100'000;
  profile::Profile profile;
  profile.unit = profile::Unit::kSamples;
  profile.event = "cycles";
  profile.command = "big";
  Random random;
  std::vector<profile::FrameId> functions;
  for (uint32_t i = 0; i < 20'000; ++i) {
    profile::Frame frame;
    frame.name = profile.stacks.Intern("space::Class" + std::to_string(i % 700) + "::Method" + std::to_string(i) +
                                       "(int, std::string const&)");
    frame.origin = static_cast<profile::Origin>(i % profile::kOriginCount);
    functions.push_back(profile.stacks.Intern(frame));
  }
  for (int i = 0; i < kStacks; ++i) {
    profile::StackId stack = profile::kRoot;
    uint64_t place = 0;
    for (uint64_t depth = 10 + random.Below(31); depth > 0; --depth) {
      const uint64_t turn = random.Below(10);
      place = (place * 31 + (turn < 7 ? 0 : turn < 9 ? 1 : random.Below(40)) + depth) * 0x9E3779B97F4A7C15u;
      stack = profile.stacks.Push(stack, functions[(place >> 20) % functions.size()]);
    }
    profile::Sample sample;
    sample.stack = stack;
    sample.count = static_cast<uint32_t>(1 + random.Below(199));
    sample.value = sample.count;
    profile.samples.push_back(sample);
  }
  return profile;
}

profile::Profile Hostile() {
  profile::Profile profile;
  for (const std::string& name :
       {std::string("</script><script>window.hostile = 1</script>"), std::string("]]>"), std::string("<!--"),
        std::string("a\"b'c&amp;<i>"), std::string("\x01\x1B[2J\0x", 7), std::string("\xFF\xC0\x80\xED\xA0\x80"),
        std::string("\xE2\x80\xAE") + "turned", std::string("\xEF\xBF\xBF\xF0\x9F\x94\xA5"), std::string(10'000, 'n'),
        std::string("${x}`\\u003c"), std::string("__proto__"), std::string("onload=\"x\" 漢字")}) {
    AddSample(profile, {{"main"}, {name, profile::Origin::kLibrary, name, name, 7}, {name}}, 1e6);
  }
  profile.command = "]]></title><script>window.hostile = 2</script>";
  profile.event = profile.commit = "\"><script>";
  profile.missing = {"</p>]]><b>"};
  return profile;
}

// Higher than any window.
profile::Profile Deep() {
  profile::Profile profile;
  std::vector<profile::StackId> path = {profile::kRoot};
  for (int depth = 1; depth <= 90; ++depth) {
    const profile::Frame frame{.name = profile.stacks.Intern("level" + std::to_string(depth))};
    path.push_back(profile.stacks.Push(path.back(), profile.stacks.Intern(frame)));
    profile.samples.push_back({.stack = path.back(), .value = 1e6});
  }
  profile.threads.emplace_back();
  return profile;
}

profile::Profile Run(int fast, int slow, int gone, int fresh) {
  profile::Profile profile;
  AddMillis(profile, {{"main"}, {"fast"}}, fast);
  AddMillis(profile, {{"main"}, {"slow"}}, slow);
  if (gone > 0) AddMillis(profile, {{"main"}, {"gone"}, {"deep"}}, gone);
  if (fresh > 0) AddMillis(profile, {{"main"}, {"fresh"}}, fresh);
  return profile;
}

profile::Difference Changed() {
  std::vector<profile::Profile> runs;
  for (int run = 0; run < 4; ++run) {
    runs.push_back(Run(5000 + run * 10, 3000 - run * 20, 2000 + run * 10, 0));
    runs.push_back(Run(5000 - run * 10, 4500 + run * 10, 0, 500));
  }
  std::vector<const profile::Profile*> before, after;
  for (size_t i = 0; i < runs.size(); ++i) (i % 2 == 0 ? before : after).push_back(&runs[i]);
  return profile::Compare(before, after);
}

int Main(const std::filesystem::path& folder) {
  const auto write = [&folder](const char* name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
  };
  FlamegraphOptions both;
  both.state = FlamegraphState::kBoth;
  write("small.svg", Flamegraph(TestProfile(), both));
  write("empty.svg", Flamegraph({}, {}));
  write("hostile.svg", Flamegraph(Hostile(), {}));
  write("big.svg", Flamegraph(Big(), {}));
  write("deep.svg", Flamegraph(Deep(), {}));
  write("difference.svg", DifferentialFlamegraph(Changed(), {}));
  return 0;
}

}  // namespace
}  // namespace rapidbyte::report

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write_pictures FOLDER\n";
    return 1;
  }
  return rapidbyte::report::Main(argv[1]);
}
