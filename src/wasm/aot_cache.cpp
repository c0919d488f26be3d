#include "wasm/aot_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

#include "os/cache_folder.h"
#include "os/read_file.h"
#include "os/temporary_folder.h"
#include "os/trusted_folder.h"
#include "os/write_file.h"
#include "wasm/aot_compiler.h"
#include "wasm/sha256.h"

namespace rapidbyte::wasm {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorkPrefix = "compiling-";
constexpr const char* kHashSuffix = ".sha256";
constexpr time_t kLeftoverSecs = 600;  // more than two tools may take

Result<os::FileDescriptor> OpenCache(const fs::path& path) {
  auto folder = os::OpenPrivateFolder(path);
  if (folder) return folder;
  if (folder.error().hint.empty()) folder.error().hint = os::kCacheHint;
  return Context("the cache folder", std::move(folder.error()));
}

// The object, if it is whole; else not open.
os::FileDescriptor IntactObject(const os::FileDescriptor& cache, const std::string& name) {
  const auto expected = os::ReadFile(os::OpenTrustedFile(cache, name + kHashSuffix));
  os::FileDescriptor object = os::OpenTrustedFile(cache, name);
  const auto content = os::ReadFile(object);
  if (!expected || !content || Sha256Hex(*content) != *expected) return {};
  return object;
}

// A folder to compile in, locked for as long as we live.
class WorkFolder {
 public:
  static Result<WorkFolder> Make(const fs::path& cache) {
    const fs::path path = cache / (kWorkPrefix + os::RandomHex(8));
    os::FileDescriptor lock;
    if (mkdir(path.c_str(), 0700) == 0) {
      lock = os::FileDescriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    if (!lock.is_open()) {
      return Fail(ErrorCode::kConfiguration,
                  "cannot write to the cache folder " + cache.string() + ": " + std::generic_category().message(errno),
                  os::kCacheHint);
    }
    // Where a file system has no locks, the folder's age has to do.
    static_cast<void>(flock(lock.get(), LOCK_EX | LOCK_NB));
    return WorkFolder(path, std::move(lock));
  }
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  WorkFolder(fs::path path, os::FileDescriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  fs::path path_;
  os::FileDescriptor lock_;
};

// What compilers left that were killed: nobody holds its lock, and it is older than a compiler may take. The second
// since locks of a folder may be unknown to other machines that share it.
void RemoveLeftovers(const fs::path& cache) {
  std::error_code error, ignored;
  for (fs::directory_iterator entry(cache, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(kWorkPrefix)) continue;
    const os::FileDescriptor folder(open(entry->path().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat info {};
    if (!folder.is_open() || fstat(folder.get(), &info) != 0 || flock(folder.get(), LOCK_EX | LOCK_NB) != 0) continue;
    if (time(nullptr) - info.st_mtime > kLeftoverSecs) fs::remove_all(entry->path(), ignored);
  }
}

// Puts the object and its hash in place. The hash comes last: without it the object is not used.
Status Publish(const fs::path& built, const fs::path& object) {
  RB_ASSIGN(const std::string content, os::ReadFile(built));
  std::error_code error;
  fs::rename(built, object, error);
  if (error) return Fail(ErrorCode::kConfiguration, "cannot write " + object.string() + ": " + error.message());
  return os::WriteFile(object.string() + kHashSuffix, Sha256Hex(content));
}

}  // namespace

fs::path DefaultAotCacheDir() { return os::CacheFolder() / "aot"; }

Result<CachedObject> CompiledObject(const std::string& name, std::span<const uint8_t> module, const fs::path& cache_dir,
                                    int stop_fd) {
  RB_ASSIGN(const os::FileDescriptor cache, OpenCache(cache_dir));
  const std::string object = Sha256Hex(Sha256Hex(module) + AotCompilerIdentity()) + ".so";
  if (os::FileDescriptor file = IntactObject(cache, object); file.is_open()) {
    return CachedObject{std::move(file), cache_dir / object, false};
  }
  RemoveLeftovers(cache_dir);
  RB_ASSIGN(const WorkFolder work, WorkFolder::Make(cache_dir));
  RB_TRY(CompileModule(name, module, work.path(), stop_fd));
  RB_TRY(Publish(work.path() / "module.so", cache_dir / object));
  os::FileDescriptor file = IntactObject(cache, object);
  if (file.is_open()) return CachedObject{std::move(file), cache_dir / object, true};
  return Fail(ErrorCode::kInternal, (cache_dir / object).string() + ": cannot be read after it was written");
}

}  // namespace rapidbyte::wasm
