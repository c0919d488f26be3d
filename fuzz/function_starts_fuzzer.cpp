// The table of where functions begin, of an ELF file: no start lies behind the place that was asked for.
#include <vector>

#include "base/check.h"
#include "sampler/function_starts.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  elf_version(EV_CURRENT);
  std::vector<char> image(data, data + size);
  Elf* elf = elf_memory(image.data(), image.size());
  if (elf == nullptr) return 0;
  const rapidbyte::sampler::FunctionStarts starts(elf);
  for (const uint64_t pc : {uint64_t{0}, uint64_t{0x1010}, ~uint64_t{0}}) {
    const auto start = starts.Before(pc);
    RB_CHECK(!start || *start <= pc);
  }
  elf_end(elf);
  return 0;
}
