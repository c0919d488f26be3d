#include "lab/launcher_image.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>

// The build makes it first and tells the assembler its folder.
asm(".section .rodata\n"
    ".balign 16\n"
    ".global rapidbyte_launcher_begin, rapidbyte_launcher_end\n"
    "rapidbyte_launcher_begin: .incbin \"rapidbyte_launcher\"\n"
    "rapidbyte_launcher_end:\n"
    ".previous\n");

extern "C" const char rapidbyte_launcher_begin[];
extern "C" const char rapidbyte_launcher_end[];

namespace rapidbyte::lab {
namespace {

// A descriptor above those that a child replaces by its own before it calls exec.
constexpr int kLowestDescriptor = 10;

Result<int> WriteImage() {
  const int made = memfd_create("rapidbyte-launcher", MFD_CLOEXEC);
  const int file = made < 0 ? -1 : fcntl(made, F_DUPFD_CLOEXEC, kLowestDescriptor);
  if (file < 0) {
    return Fail(ErrorCode::kInternal, "cannot make the launcher: " + std::generic_category().message(errno));
  }
  close(made);
  for (const char* at = rapidbyte_launcher_begin; at < rapidbyte_launcher_end;) {
    const ssize_t written = write(file, at, static_cast<size_t>(rapidbyte_launcher_end - at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      close(file);
      return Fail(ErrorCode::kConfiguration, "cannot write the launcher: " + std::generic_category().message(errno));
    }
    at += written;
  }
  return file;
}

}  // namespace

Result<std::string> LauncherPath() {
  static const Result<int> file = WriteImage();  // kept open for as long as we live
  if (!file) return Fail(file.error());
  return "/proc/self/fd/" + std::to_string(*file);
}

}  // namespace rapidbyte::lab
