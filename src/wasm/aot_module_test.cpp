// The sandbox: whatever a guest does ends in an Error, and a bug of the host still ends in a crash.
#include "wasm/aot_module.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "os/file_descriptor.h"
#include "os/read_file.h"
#include "wasm/aot_cache.h"
#include "wasm/trap.h"

namespace rapidbyte::wasm {
namespace {

namespace fs = std::filesystem;

std::vector<uint8_t> ReadModule(const std::string& file) {
  std::ifstream in(fs::path(TEST_MODULE_DIR) / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<uint8_t> HostileModule() { return ReadModule("hostile.wasm"); }

// In the build folder: kept between the tests' processes, so that the module is compiled once.
fs::path CacheDir() {
  setenv("RAPIDBYTE_TRUST_UID", "all", 1);  // the build folder may be anybody's
  return fs::path(TEST_MODULE_DIR) / "cache";
}

fs::path EmptyCacheDir(const std::string& name) {
  fs::remove_all(CacheDir() / name);
  return CacheDir() / name;
}

std::shared_ptr<const AotModule> Module() {
  auto module = AotModule::Load("hostile", HostileModule(), CacheDir());
  EXPECT_TRUE(module) << module.error().message;
  return *module;
}

enum class Bug { kNone, kNullPointer, kBeyondGuestMemory };

class Host : public HostCalls {
 public:
  HostCallOutcome Call(GuestMemory memory, abi::HostFunction function, const uint64_t* args, int32_t* result) override {
    if (bug == Bug::kNullPointer) *static_cast<volatile uint8_t*>(nullptr) = 1;
    if (bug == Bug::kBeyondGuestMemory) *static_cast<volatile uint8_t*>(memory.base + memory.size) = 1;
    if (nested != nullptr) static_cast<void>(nested->Call(abi::Export::kClose));
    called = function;
    arguments.assign(args, args + 3);
    *result = deed;
    if (function == abi::HostFunction::k_respond) {
      const uint8_t* at = memory.At(args[0], args[1]);
      if (at == nullptr) return HostCallOutcome::kTrap;
      heard.assign(reinterpret_cast<const char*>(at), args[1]);
      *result = 0;
    }
    return HostCallOutcome::kReturned;
  }

  int32_t deed = 0;
  Bug bug = Bug::kNone;
  Guest* nested = nullptr;
  abi::HostFunction called{};
  std::vector<uint64_t> arguments;
  std::string heard;
};

TEST(AotModule, InitializesAndCalls) {
  Host host;
  auto guest = Module()->Instantiate(host).value();
  EXPECT_EQ(guest->Call(abi::Export::kOpen).value(), 7) << "_initialize ran first";
  EXPECT_EQ(guest->Call(abi::Export::kRunRead).value(), 1);
  EXPECT_EQ(guest->Call(abi::Export::kClose).value(), 0);
}

TEST(AotModule, ArgumentsKeepTheirWidth) {
  Host host;
  auto guest = Module()->Instantiate(host).value();
  host.deed = -5;
  EXPECT_EQ(guest->Call(abi::Export::kDiscover).value(), -5);
  EXPECT_EQ(host.called, abi::HostFunction::k_progress);
  EXPECT_EQ(host.arguments[0], static_cast<uint64_t>(-2));
  EXPECT_EQ(host.arguments[1], 0x123456789abcdef0u);
  ASSERT_TRUE(guest->Call(abi::Export::kRunWrite));
  EXPECT_EQ(host.called, abi::HostFunction::k_log);
  EXPECT_EQ(host.arguments, (std::vector<uint64_t>{1, 2, 3}));
}

TEST(AotModule, TheHostSeesMemoryThatHasGrown) {
  Host host;
  auto guest = Module()->Instantiate(host).value();
  ASSERT_EQ(guest->Call(abi::Export::kValidate).value(), 0);
  EXPECT_EQ(host.heard, "abcd");
}

struct Deed {
  int32_t number;
  const char* message;
};

class Trap : public testing::TestWithParam<Deed> {};

TEST_P(Trap, EndsInAnErrorAndTheProcessGoesOn) {
  Host host;
  const auto module = Module();
  std::string message;
  // A thread of its own, with the stack that the engine gives its stages.
  std::thread([&] {
    auto guest = module->Instantiate(host).value();
    host.deed = GetParam().number;
    const auto result = guest->Call(abi::Export::kRunRead);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kConnector);
    message = result.error().message;
    EXPECT_FALSE(guest->Call(abi::Export::kClose)) << "a guest that has trapped is not called again";
  }).join();
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
  EXPECT_NE(message.find("rb_run_read"), std::string::npos) << message;
  auto again = module->Instantiate(host).value();
  host.deed = 0;
  EXPECT_EQ(again->Call(abi::Export::kRunRead).value(), 1);
}

INSTANTIATE_TEST_SUITE_P(Deeds, Trap,
                         testing::Values(Deed{1, "out-of-bounds"}, Deed{2, "out-of-bounds"}, Deed{3, "unreachable"},
                                         Deed{4, "stack exhausted"}, Deed{5, "divide by zero"},
                                         Deed{6, "indirect call"}, Deed{7, "indirect call"},
                                         Deed{8, "invalid conversion"}, Deed{9, "address outside"}, Deed{11, "stack"},
                                         Deed{12, "integer overflow"}),
                         [](const auto& param) { return "deed_" + std::to_string(param.param.number); });

TEST(AotModule, MemoryGrowsToItsCapAndNoFurther) {
  Host host;
  auto guest = Module()->Instantiate(host).value();
  host.deed = 10;
  EXPECT_EQ(guest->Call(abi::Export::kRunRead).value(), -1);
}

// Each instance reserves 8 GiB of addresses: were they kept, the process would run out of them on the way.
TEST(AotModule, AnInstanceHandsItsMemoryBack) {
  Host host;
  const auto module = Module();
  for (int i = 0; i < 20000; ++i) {
    auto guest = module->Instantiate(host);
    ASSERT_TRUE(guest) << "instance " << i << ": " << guest.error().message;
  }
}

TEST(AotModule, ThreadsLoadAndRunInstancesAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      const auto module = Module();
      for (int i = 0; i < 50; ++i) {
        Host host;
        auto guest = module->Instantiate(host).value();
        host.deed = t % 2 == 0 ? 0 : 3;
        const auto result = guest->Call(abi::Export::kRunRead);
        EXPECT_EQ(result.has_value(), t % 2 == 0);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

// A guest's fault is a trap, but a host function's fault is a bug of ours, even at an address of the guest.
TEST(AotModuleDeathTest, ABugOfTheHostStillDies) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const Bug bug : {Bug::kNullPointer, Bug::kBeyondGuestMemory}) {
    Host host;
    auto guest = Module()->Instantiate(host).value();
    host.bug = bug;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    EXPECT_DEATH(static_cast<void>(guest->Call(abi::Export::kRunRead)), "SEGV|null pointer");
#else
    EXPECT_EXIT(static_cast<void>(guest->Call(abi::Export::kRunRead)), testing::KilledBySignal(SIGSEGV), "");
#endif
  }
}

TEST(AotModuleDeathTest, AHostFunctionMustNotRunAGuest) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  Host host;
  auto guest = Module()->Instantiate(host).value();
  host.nested = guest.get();
  EXPECT_DEATH(static_cast<void>(guest->Call(abi::Export::kRunRead)), "broken invariant");
}

TEST(AotCache, ACompilerThatIsStoppedLeavesNothing) {
  const fs::path cache = EmptyCacheDir("stopped");
  os::Pipe stop = os::Pipe::Open();
  stop.write_end.Close();
  const auto object = CompiledObject("hostile", HostileModule(), cache, stop.read_end.get());
  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().code, ErrorCode::kInterrupted);
  EXPECT_TRUE(fs::is_empty(cache));
}

TEST(AotCache, WhatAKilledCompilerLeftIsRemovedByTheNext) {
  const fs::path cache = EmptyCacheDir("leftovers");
  for (const char* name : {"compiling-dead", "compiling-busy", "compiling-young"}) {
    fs::create_directories(cache / name);
    std::ofstream(cache / name / "module.c") << "x";
    const auto age = std::chrono::minutes(std::string_view(name) == "compiling-young" ? 1 : 60);
    fs::last_write_time(cache / name, fs::file_time_type::clock::now() - age);
  }
  const os::FileDescriptor busy(open((cache / "compiling-busy").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(flock(busy.get(), LOCK_EX), 0);
  ASSERT_TRUE(CompiledObject("hostile", HostileModule(), cache));
  EXPECT_FALSE(fs::exists(cache / "compiling-dead"));
  EXPECT_TRUE(fs::exists(cache / "compiling-busy/module.c")) << "another process is at work there";
  EXPECT_TRUE(fs::exists(cache / "compiling-young/module.c")) << "perhaps one of another machine";
}

TEST(AotCache, WhatIsLoadedIsTheFileThatWasHashed) {
  const fs::path cache = EmptyCacheDir("exchanged");
  const auto object = CompiledObject("hostile", HostileModule(), cache);
  ASSERT_TRUE(object) << object.error().message;
  const auto before = os::ReadFile(object->path);
  ASSERT_TRUE(before);
  fs::remove(object->path);
  std::ofstream(object->path) << "another";
  EXPECT_EQ(os::ReadFile("/proc/self/fd/" + std::to_string(object->file.get())).value(), *before);
}

TEST(AotCache, CompilesOnceAndNoticesDamage) {
  const fs::path folder = EmptyCacheDir("damage");
  const auto first = CompiledObject("hostile", HostileModule(), folder).value();
  EXPECT_TRUE(first.compiled_now);
  EXPECT_FALSE(CompiledObject("hostile", HostileModule(), folder).value().compiled_now);
  EXPECT_EQ(fs::status(folder).permissions() & fs::perms::all, fs::perms::owner_all);
  std::ofstream(first.path, std::ios::app) << "damage";
  EXPECT_TRUE(CompiledObject("hostile", HostileModule(), folder).value().compiled_now);
  fs::remove(first.path.string() + ".sha256");
  EXPECT_TRUE(CompiledObject("hostile", HostileModule(), folder).value().compiled_now);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2) << "nothing is left of compiling";
}

TEST(AotCache, CompilersAtOnceDoNotDisturbEachOther) {
  const fs::path folder = EmptyCacheDir("crowd");
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&folder] {
      const auto module = AotModule::Load("hostile", HostileModule(), folder);
      ASSERT_TRUE(module) << module.error().message;
      Host host;
      EXPECT_EQ((*module)->Instantiate(host).value()->Call(abi::Export::kOpen).value(), 7);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(CompiledObject("hostile", HostileModule(), folder).value().compiled_now);
}

TEST(AotCache, RefusesOtherImportsThanTheHostFunctions) {
  const auto foreign = CompiledObject("foreign", ReadModule("foreign_import.wasm"), CacheDir());
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().message.find("imports from \"env\""), std::string::npos) << foreign.error().message;
  const auto wrong = CompiledObject("wrong", ReadModule("wrong_signature.wasm"), CacheDir());
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("rapidbyteZ_phase"), std::string::npos) << wrong.error().message;
  EXPECT_NE(wrong.error().hint.find("./dev setup"), std::string::npos);
}

TEST(AotCache, RefusesWhatIsNoConnector) {
  const std::vector<uint8_t> garbage = {0, 'a', 's', 'm', 9, 9, 9, 9};
  const auto result = CompiledObject("garbage", garbage, CacheDir());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kConnector);
  const std::vector<uint8_t> empty = {0, 'a', 's', 'm', 1, 0, 0, 0};
  const auto missing = CompiledObject("empty", empty, CacheDir());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("does not export memory"), std::string::npos) << missing.error().message;
  const auto incomplete = CompiledObject("incomplete", ReadModule("no_close.wasm"), CacheDir());
  ASSERT_FALSE(incomplete);
  EXPECT_NE(incomplete.error().message.find("does not export rb_close"), std::string::npos);
}

// A host whose calls hold a lock and the allocator's.
class LockingHost : public HostCalls {
 public:
  HostCallOutcome Call(GuestMemory, abi::HostFunction, const uint64_t*, int32_t* result) override {
    const std::lock_guard lock(mutex);
    kept = std::make_unique<std::string>(100 + calls++ % 1000, 'x');
    *result = deed;
    return HostCallOutcome::kReturned;
  }

  int32_t deed = 0;
  std::mutex mutex;
  uint64_t calls = 0;
  std::unique_ptr<std::string> kept;
};

size_t Mappings() {
  std::ifstream maps("/proc/self/maps");
  return static_cast<size_t>(std::count(std::istreambuf_iterator<char>(maps), {}, '\n'));
}

// Stops guests of all kinds that never end, each after another few microseconds.
class Interrupts {
 public:
  static constexpr int kRounds = RAPIDBYTE_INTERRUPTS;

  Interrupts() : module_(Module()), stopper_([this] { StopAll(); }) {}
  ~Interrupts() { stopper_.join(); }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  void Run() {
    for (int round = 0; round < kRounds; ++round) {
      auto guest = module_->Instantiate(host_).value();
      host_.deed = 13 + round % 3;
      guest_ = guest.get();
      const auto ended = guest->Call(abi::Export::kRunRead);
      {
        const std::lock_guard lock(mutex_);
        guest_ = nullptr;
      }
      ++rounds_;
      ASSERT_FALSE(ended);
      ASSERT_EQ(ended.error().code, ErrorCode::kInterrupted) << ended.error().message;
      ASSERT_TRUE(host_.mutex.try_lock()) << "left while the host held a lock";
      host_.mutex.unlock();
    }
  }

 private:
  void StopAll() {
    std::minstd_rand random(1);
    while (rounds_ < kRounds && !testing::Test::HasFatalFailure()) {
      std::this_thread::sleep_for(std::chrono::nanoseconds(random() % 50'000));
      const std::lock_guard lock(mutex_);
      if (Guest* guest = guest_) guest->Stop();
    }
  }

  std::shared_ptr<const AotModule> module_;
  LockingHost host_;
  std::mutex mutex_;  // around the guest's end
  std::atomic<Guest*> guest_ = nullptr;
  std::atomic<int> rounds_ = 0;
  std::thread stopper_;
};

TEST(Stop, EndsAGuestAtAnyMomentAndLeavesNothingBehind) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer holds signals back until a thread calls the system, which such a guest never does";
#endif
  { Module(); }
  const size_t mappings = Mappings();
  Interrupts().Run();
  // 100,000 reservations of 8 GiB would not fit into a process, let alone be few.
  EXPECT_LT(Mappings(), mappings + 50);
  Host host;
  host.deed = 0;
  auto guest = Module()->Instantiate(host).value();
  EXPECT_EQ(guest->Call(abi::Export::kRunRead).value(), 1) << "others still run";
}

TEST(Stop, LetsNoCallBeginAfterwards) {
  Host host;
  auto guest = Module()->Instantiate(host).value();
  guest->Stop();
  const auto refused = guest->Call(abi::Export::kOpen);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInterrupted);
}

TEST(Stop, IsNoMatterForAThreadWithoutAGuest) {
  Host host;
  { Module()->Instantiate(host).value()->Call(abi::Export::kOpen).value(); }
  StopGuest(gettid());
  StopGuest(1);  // no thread of this process
}

}  // namespace
}  // namespace rapidbyte::wasm
