#include "sampler/timer_agent_image.h"

#include <cstddef>

#include "os/write_file.h"

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
  const auto size = static_cast<size_t>(rapidbyte_timer_agent_end - rapidbyte_timer_agent_begin);
  return os::WriteFile(path, {rapidbyte_timer_agent_begin, size});
}

}  // namespace rapidbyte::sampler
