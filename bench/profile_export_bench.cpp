// Writes a profile of a million samples over 100,000 stacks, about 30 frames deep, in every export format: how long it
// takes, how much comes out, and how much memory it takes beyond the profile's own.
//
// Each export runs in a child process, whose peak is its own. Usage: profile_export_bench [SAMPLES]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <random>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

#include "profile/export/export.h"

namespace rapidbyte::profile {
namespace {

// Takes everything and keeps nothing.
class CountingBuffer : public std::streambuf {
 public:
  size_t bytes() const { return bytes_; }

 private:
  std::streamsize xsputn(const char*, std::streamsize size) override {
    bytes_ += static_cast<size_t>(size);
    return size;
  }
  int overflow(int c) override {
    ++bytes_;
    return c;
  }
  size_t bytes_ = 0;
};

Profile MakeProfile(size_t samples) {
  std::mt19937 random(1);
  Profile profile;
  profile.frequency_hz = 1000;
  profile.threads = {{1, 1, "main", "program"}, {1, 2, "worker", "program"}};
  std::vector<FrameId> frames;
  for (int i = 0; i < 5'000; ++i) {
    const std::string name =
        "space::Class" + std::to_string(i % 200) + "::Function" + std::to_string(i) + "(int, char)";
    frames.push_back(profile.stacks.Intern(Frame{.name = profile.stacks.Intern(name)}));
  }
  std::vector<StackId> trunks = {kRoot};  // what many stacks share
  for (int i = 0; i < 3'000; ++i) {
    trunks.push_back(profile.stacks.Push(trunks[trunks.size() - 1 - random() % std::min<size_t>(trunks.size(), 150)],
                                         frames[random() % frames.size()]));
  }
  std::vector<StackId> stacks;
  for (int i = 0; i < 100'000; ++i) {
    StackId stack = trunks[random() % trunks.size()];
    for (int depth = 0; depth < 3; ++depth) stack = profile.stacks.Push(stack, frames[random() % frames.size()]);
    stacks.push_back(stack);
  }
  for (size_t i = 0; i < samples; ++i) {
    const bool waits = random() % 8 == 0;
    profile.samples.push_back({static_cast<int64_t>(i) * 500'000, static_cast<uint32_t>(i % 2),
                               stacks[random() % stacks.size()], waits ? State::kBlocked : State::kRunning, 1, 1e6});
  }
  return profile;
}

int64_t PeakKib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void Measure(const Profile& profile, const char* name, ExportFormat format) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    const int64_t before = PeakKib();
    CountingBuffer buffer;
    std::ostream out(&buffer);
    const auto start = std::chrono::steady_clock::now();
    WriteExport(profile, format, out);
    const double secs = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf("%-11s %6.2f s  %7.1f MB written  %6.1f MB of memory\n", name, secs,
                static_cast<double>(buffer.bytes()) / 1e6, static_cast<double>(PeakKib() - before) * 1024 / 1e6);
    std::fflush(stdout);
    _exit(0);
  }
  waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace rapidbyte::profile

int main(int argc, char** argv) {
  using namespace rapidbyte::profile;
  const Profile profile = MakeProfile(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000);
  size_t depth = 0;
  for (size_t i = 0; i < 1000; ++i) depth += profile.stacks.Path(profile.samples[i].stack).size();
  std::printf("%zu samples, %zu nodes of stacks, %.1f frames deep\n", profile.samples.size(),
              profile.stacks.stack_count(), static_cast<double>(depth) / 1000);
  Measure(profile, "folded", ExportFormat::kFolded);
  Measure(profile, "pprof", ExportFormat::kPprof);
  Measure(profile, "speedscope", ExportFormat::kSpeedscope);
  Measure(profile, "firefox", ExportFormat::kFirefox);
  Measure(profile, "chrome", ExportFormat::kChrome);
}
