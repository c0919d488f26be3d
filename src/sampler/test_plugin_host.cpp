// What the sampler's tests record: a program that opens the library of its first argument, works in it and closes it.
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>

int main(int argc, char** argv) {
  void* plugin = argc == 2 ? dlopen(argv[1], RTLD_NOW) : nullptr;
  void* symbol = plugin != nullptr ? dlsym(plugin, "PluginWork") : nullptr;
  if (symbol == nullptr) {
    std::fprintf(stderr, "usage: sampler_plugin_host LIBRARY\n");
    return 2;
  }
  reinterpret_cast<void (*)(int64_t)>(symbol)(300'000'000);
  dlclose(plugin);
  return 0;
}
