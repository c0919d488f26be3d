#include "late/late_library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>

namespace rapidbyte::late {

void* Symbol(const char* soname, const char* function) {
  void* library = dlopen(soname, RTLD_LAZY | RTLD_GLOBAL);  // the same handle every time; never closed
  void* address = library == nullptr ? nullptr : dlsym(library, function);
  if (address == nullptr) {
    std::fprintf(stderr, "error: cannot load %s: %s\n", soname, dlerror());
    _exit(127);
  }
  return address;
}

}  // namespace rapidbyte::late
