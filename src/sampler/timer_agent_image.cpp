#include "sampler/timer_agent_image.h"

#include <cstddef>
#include <fstream>

// The build makes it first and tells the assembler its folder.
asm(".section .rodata\n"
    ".balign 16\n"
    ".global rapidbyte_timer_agent_begin, rapidbyte_timer_agent_end\n"
    "rapidbyte_timer_agent_begin: .incbin \"librapidbyte_timer_agent.so\"\n"
    "rapidbyte_timer_agent_end:\n"
    ".previous\n");

extern "C" const char rapidbyte_timer_agent_begin[];
extern "C" const char rapidbyte_timer_agent_end[];

namespace rapidbyte::sampler {

Status WriteTimerAgent(const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary);
  file.write(rapidbyte_timer_agent_begin, rapidbyte_timer_agent_end - rapidbyte_timer_agent_begin);
  file.close();
  if (!file) return Fail(ErrorCode::kInternal, "cannot write the sampling library to " + path.string());
  return {};
}

}  // namespace rapidbyte::sampler
