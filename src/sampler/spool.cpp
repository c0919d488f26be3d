#include "sampler/spool.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/check.h"
#include "os/temporary_folder.h"
#include "os/trusted_folder.h"
#include "sampler/perf_record.h"

namespace rapidbyte::sampler {
namespace {

Error SpoolError(const char* what) {
  return {ErrorCode::kInternal, std::string(what) + ": " + std::generic_category().message(errno),
          "record for a shorter time or at a lower frequency, or set TMPDIR to a folder with more room"};
}

}  // namespace

SpoolStore::~SpoolStore() {
  for (std::byte* block : mapped_) munmap(block, kBlockBytes);
  if (file_ >= 0) close(file_);
}

Result<std::byte*> SpoolStore::NewBlock() {
  if (memory_left_ < kBlockBytes) return NewFileBlock();
  memory_left_ -= kBlockBytes;
  blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(kBlockBytes));
  return blocks_.back().get();
}

Result<std::byte*> SpoolStore::NewFileBlock() {
  if (file_ < 0) {
    RB_ASSIGN(const os::FileDescriptor folder, os::OpenTrustedFolder(os::TemporaryRoot()));
    const std::string name = "rapidbyte-samples-" + os::RandomHex(8);
    file_ = openat(folder.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file_ >= 0) unlinkat(folder.get(), name.c_str(), 0);
    if (file_ < 0) return Fail(SpoolError("cannot make a temporary file for the samples"));
  }
  const auto offset = static_cast<off_t>(mapped_.size() * kBlockBytes);
  // Allocated, not only sized: a full disk is an error here, not a SIGBUS later.
  if (const int error = posix_fallocate(file_, offset, kBlockBytes); error != 0) {
    errno = error;
    return Fail(SpoolError("no room for the samples in the folder for temporary files"));
  }
  void* block = mmap(nullptr, kBlockBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, offset);
  if (block == MAP_FAILED) return Fail(SpoolError("cannot map the samples"));
  mapped_.push_back(static_cast<std::byte*>(block));
  return mapped_.back();
}

Status Spool::Append(std::span<const std::byte> record) {
  RB_CHECK(record.size() <= SpoolStore::kBlockBytes);
  if (blocks_.empty() || SpoolStore::kBlockBytes - blocks_.back().used < record.size()) {
    RB_ASSIGN(std::byte * bytes, store_->NewBlock());
    blocks_.push_back({bytes, 0});
  }
  Block& block = blocks_.back();
  std::memcpy(block.bytes + block.used, record.data(), record.size());
  block.used += record.size();
  return {};
}

std::span<const std::byte> Spool::Next() {
  while (block_ < blocks_.size() && at_ == blocks_[block_].used) ++block_, at_ = 0;
  if (block_ == blocks_.size()) return {};
  const std::span<const std::byte> rest(blocks_[block_].bytes + at_, blocks_[block_].used - at_);
  perf_event_header header{};
  std::memcpy(&header, rest.data(), sizeof header);
  at_ += header.size;
  return rest.first(header.size);
}

}  // namespace rapidbyte::sampler
