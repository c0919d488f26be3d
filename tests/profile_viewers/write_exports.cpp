// Writes profiles in every export format into a folder, and beside each what it must come to, for the checkers.
// Usage: write_exports FOLDER. Per profile: NAME.pprof, NAME.speedscope, NAME.firefox, NAME.chrome, NAME.expected.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"
#include "profile/export/export.h"
#include "profile/export/test_profiles.h"

namespace rapidbyte::profile {
namespace {

constexpr std::pair<const char*, ExportFormat> kFormats[] = {{"pprof", ExportFormat::kPprof},
                                                             {"speedscope", ExportFormat::kSpeedscope},
                                                             {"firefox", ExportFormat::kFirefox},
                                                             {"chrome", ExportFormat::kChrome}};

// In the profile's unit: the sum of what stacks with a function are worth, by function, for each state.
nlohmann::json Expected(const Profile& profile) {
  nlohmann::json expected = {{"unit", profile.unit == Unit::kNanoseconds ? "ns" : "samples"},
                             {"samples", profile.samples.size()},
                             {"threads", profile.threads.size()}};
  for (size_t state = 0; state < kStateCount; ++state) {
    nlohmann::json& totals = expected["totals"][std::string(StateName(State(state)))] = nlohmann::json::object();
    for (const auto& [name, value] : TotalsOf(profile, State(state))) totals[ValidUtf8(name)] = value;
  }
  return expected;
}

bool WriteAll(const std::filesystem::path& folder, const std::string& name, const Profile& profile) {
  bool good = true;
  for (const auto& [suffix, format] : kFormats) {
    std::ofstream file(folder / (name + "." + suffix), std::ios::binary);
    WriteExport(profile, format, file);
    good = good && file.flush().good();
  }
  std::ofstream file(folder / (name + ".expected"));
  file << Expected(profile);
  return good && file.flush().good();
}

}  // namespace
}  // namespace rapidbyte::profile

int main(int argc, char** argv) {
  using namespace rapidbyte::profile;
  if (argc != 2) return std::fputs("usage: write_exports FOLDER\n", stderr), 2;
  const std::filesystem::path folder = argv[1];
  bool good = WriteAll(folder, "small", MakeProfile()) && WriteAll(folder, "sums", MakeSums()) &&
              WriteAll(folder, "hostile", MakeHostile()) && WriteAll(folder, "empty", Profile{});
  for (uint32_t seed = 0; seed < 8; ++seed) {
    good = good && WriteAll(folder, "random" + std::to_string(seed), MakeRandom(seed));
  }
  return good ? 0 : 1;
}
