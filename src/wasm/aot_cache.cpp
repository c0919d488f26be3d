#include "wasm/aot_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <system_error>

#include "wasm/aot_compiler.h"
#include "wasm/sha256.h"

namespace rapidbyte::wasm {
namespace {

namespace fs = std::filesystem;

// The whole file in one read, since this is on the way of every start; "" where it cannot be read.
std::string ReadFile(const fs::path& path) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  if (error) return {};
  std::string content(size, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(content.data(), static_cast<std::streamsize>(size));
  content.resize(static_cast<size_t>(in.gcount()));
  return content;
}

Status PrepareFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  struct stat info {};
  if (error || stat(folder.c_str(), &info) != 0) {
    return Fail(ErrorCode::kConfiguration, "cannot create the cache folder " + folder.string() + ": " + error.message(),
                "set RAPIDBYTE_CACHE_DIR to a folder you may write to");
  }
  if (info.st_uid != geteuid()) {
    return Fail(ErrorCode::kConfiguration, "the cache folder " + folder.string() + " belongs to another user",
                "set RAPIDBYTE_CACHE_DIR to a folder of your own");
  }
  if ((info.st_mode & 077) != 0) chmod(folder.c_str(), 0700);
  return {};
}

bool IsIntact(const fs::path& object) {
  const std::string expected = ReadFile(object.string() + ".sha256");
  return !expected.empty() && Sha256Hex(ReadFile(object)) == expected;
}

// Puts the object and its hash in place. The hash comes last: without it the object is not used.
Status Publish(const fs::path& built, const fs::path& object) {
  const std::string hash = Sha256Hex(ReadFile(built));
  const fs::path built_hash = built.string() + ".sha256";
  std::ofstream(built_hash) << hash;
  std::error_code error;
  fs::rename(built, object, error);
  if (!error) fs::rename(built_hash, object.string() + ".sha256", error);
  if (error) return Fail(ErrorCode::kConfiguration, "cannot write " + object.string() + ": " + error.message());
  return {};
}

}  // namespace

fs::path DefaultAotCacheDir() {
  if (const char* own = std::getenv("RAPIDBYTE_CACHE_DIR"); own != nullptr && *own != '\0')
    return fs::path(own) / "aot";
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg != '\0') {
    return fs::path(xdg) / "rapidbyte" / "aot";
  }
  const char* home = std::getenv("HOME");
  return fs::path(home != nullptr ? home : "/tmp") / ".cache" / "rapidbyte" / "aot";
}

Result<CachedObject> CompiledObject(const std::string& name, std::span<const uint8_t> module,
                                    const fs::path& cache_dir) {
  RB_TRY(PrepareFolder(cache_dir));
  const fs::path object = cache_dir / (Sha256Hex(Sha256Hex(module) + AotCompilerIdentity()) + ".so");
  if (IsIntact(object)) return CachedObject{object, false};

  std::string folder = (cache_dir / "compiling-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return Fail(ErrorCode::kConfiguration, "cannot write to the cache folder " + cache_dir.string());
  }
  Status built = CompileModule(name, module, folder);
  if (built) built = Publish(fs::path(folder) / "module.so", object);
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  if (!built) return Fail(std::move(built.error()));
  return CachedObject{object, true};
}

}  // namespace rapidbyte::wasm
