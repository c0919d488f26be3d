#include "wasm/aot_module.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "wasm/aot_cache.h"
#include "wasm/trap.h"

namespace rapidbyte::wasm {
namespace {

// One instance: its memory is the C struct of the compiled module, followed by nothing of ours.
class AotGuest final : public Guest {
 public:
  AotGuest(std::shared_ptr<const AotModule> module, const rb_module_api* api)
      : module_(std::move(module)), api_(api), storage_(std::make_unique<uint64_t[]>(api->instance_size / 8 + 1)) {}
  ~AotGuest() override { api_->free_instance(instance()); }
  AotGuest(const AotGuest&) = delete;
  AotGuest& operator=(const AotGuest&) = delete;

  Status Instantiate(HostCalls& host) {
    struct Arguments {
      const rb_module_api* api;
      void* instance;
      void* context;
    } arguments{api_, instance(), &host};
    auto instantiate = [](void* a) {
      auto* call = static_cast<Arguments*>(a);
      call->api->instantiate(call->instance, call->context);
    };
    // Not to be stopped: it calls calloc, whose lock would never be given back.
    if (const int trap = RunGuest({}, nullptr, instantiate, &arguments)) return Trapped(trap, "instantiation");
    return {};
  }

  Result<int32_t> Call(abi::Export function) override {
    if (dead_) return Fail(ErrorCode::kConnector, module_->name() + ": the connector has trapped and cannot go on");
    RB_TRY(Initialize());
    struct Arguments {
      const rb_module_api* api;
      void* instance;
      uint32_t function;
      int32_t result;
    } arguments{api_, instance(), static_cast<uint32_t>(function), 0};
    auto run = [](void* a) {
      auto* call = static_cast<Arguments*>(a);
      call->result = call->api->call(call->instance, call->function);
    };
    const int trap = RunStoppable(run, &arguments);
    if (trap != RB_TRAP_NONE) {
      Status trapped = Trapped(trap, abi::kExportNames[static_cast<size_t>(function)]);
      return Fail(std::move(trapped.error()));
    }
    return arguments.result;
  }

  void Stop() override {
    stopped_ = true;
    if (const pid_t thread = thread_; thread != 0) StopGuest(thread);
  }

 private:
  // Before the first call, so that it can be stopped as well.
  Status Initialize() {
    if (initialized_) return {};
    auto initialize = [](void* self) {
      auto* guest = static_cast<AotGuest*>(self);
      guest->api_->initialize(guest->instance());
    };
    if (const int trap = RunStoppable(initialize, this)) return Trapped(trap, "_initialize");
    initialized_ = true;
    return {};
  }

  void* instance() { return storage_.get(); }

  // The base of the reservation never moves, only the part of it that is open grows.
  MemoryRange Reservation() {
    const auto begin = reinterpret_cast<uintptr_t>(api_->memory(instance()).base);
    return {begin, begin + api_->reservation_size};
  }

  int RunStoppable(void (*function)(void*), void* argument) {
    thread_ = gettid();
    const int trap = stopped_ ? RB_TRAP_STOPPED : RunGuest(Reservation(), &stopped_, function, argument);
    thread_ = 0;
    return trap;
  }

  Status Trapped(int trap, std::string_view where) {
    dead_ = true;
    if (trap == RB_TRAP_STOPPED) {
      return Fail(ErrorCode::kInterrupted, module_->name() + ": stopped in " + std::string(where));
    }
    if (trap == RB_TRAP_NO_MEMORY) {
      return Fail(ErrorCode::kConfiguration,
                  fmt::format("{}: no room for its memory: each connector reserves {} GiB of addresses",
                              module_->name(), api_->reservation_size >> 30),
                  "raise the limit of the address space (ulimit -v), or use runtime: native, which reserves none");
    }
    return Fail(ErrorCode::kConnector,
                module_->name() + ": trapped: " + TrapMessage(trap) + " in " + std::string(where),
                "this is a fault of the connector");
  }

  std::shared_ptr<const AotModule> module_;  // shared: the code must stay loaded while an instance lives
  const rb_module_api* api_;
  std::unique_ptr<uint64_t[]> storage_;
  bool initialized_ = false;
  bool dead_ = false;
  std::atomic<bool> stopped_ = false;
  std::atomic<pid_t> thread_ = 0;  // in a call that may be stopped
};

// Names the open file, which was hashed, not whatever its path leads to meanwhile; the kernel tells profilers the path.
// The loader knows what it has loaded by this name, so that a descriptor is never given to another object: each stays
// open until the process ends. One a module; under the mutex of loading.
std::string PathOf(os::FileDescriptor file, const std::filesystem::path& path) {
  static std::map<std::filesystem::path, os::FileDescriptor> loaded;
  const auto [known, fresh] = loaded.try_emplace(path);
  if (fresh) known->second = std::move(file);
  return "/proc/self/fd/" + std::to_string(known->second.get());
}

}  // namespace

AotModule::AotModule(std::string name, void* library, const rb_module_api* api, bool compiled_now)
    : name_(std::move(name)), library_(library), api_(api), compiled_now_(compiled_now) {}

AotModule::~AotModule() { dlclose(library_); }

Result<std::shared_ptr<const AotModule>> AotModule::Load(const std::string& name, std::span<const uint8_t> module,
                                                         const std::filesystem::path& cache_dir, int stop_fd) {
  RB_ASSIGN(CachedObject object, CompiledObject(name, module, cache_dir, stop_fd));
  // Loading a module twice gives the same object, whose set-up must run once.
  static std::mutex loading;
  const std::lock_guard lock(loading);
  void* library = dlopen(PathOf(std::move(object.file), object.path).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return Fail(ErrorCode::kConnector, name + ": cannot be loaded: " + dlerror());
  auto entry = reinterpret_cast<rb_module_function>(dlsym(library, "rb_module"));
  RB_CHECK(entry != nullptr);  // the object's hash was checked: it is what we built
  const rb_module_api* api = entry(&HostApi());
  if (api == nullptr) {
    dlclose(library);
    return Fail(ErrorCode::kConnector, name + ": the module has too many function types or parameters");
  }
  return std::shared_ptr<const AotModule>(new AotModule(name, library, api, object.compiled_now));
}

Result<std::unique_ptr<Guest>> AotModule::Instantiate(HostCalls& host) const {
  auto guest = std::make_unique<AotGuest>(shared_from_this(), api_);
  RB_TRY(guest->Instantiate(host));
  return std::unique_ptr<Guest>(std::move(guest));
}

}  // namespace rapidbyte::wasm
