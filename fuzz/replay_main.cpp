// Runs a fuzz target once for each file of the given folders, in order of name, and for each of their beginnings and
// of some changed copies: what libFuzzer found stays found, without libFuzzer.
//
//   NAME_fuzzer FOLDER…
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kBeginnings = 200;
constexpr size_t kChangedCopies = 100;

// From a copy of exactly this size, so that a read past its end is seen by a sanitizer.
void Run(std::string_view bytes) {
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

void Replay(const std::string& bytes) {
  Run(bytes);
  const size_t step = bytes.size() / kBeginnings + 1;
  for (size_t size = 0; size < bytes.size(); size += step) Run(std::string_view(bytes).substr(0, size));
  std::mt19937 random(static_cast<uint32_t>(bytes.size()));
  for (size_t i = 0; i < kChangedCopies && !bytes.empty(); ++i) {
    std::string changed = bytes;
    for (int change = 0; change < 3; ++change) {
      changed[random() % changed.size()] = change == 0 ? static_cast<char>(random()) : bytes[random() % bytes.size()];
    }
    Run(changed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& path : files) {
      std::ifstream file(path, std::ios::binary);
      Replay(std::string(std::istreambuf_iterator<char>(file), {}));
      ++count;
    }
  }
  std::printf("%zu inputs\n", count);
  return count == 0 ? 1 : 0;
}
