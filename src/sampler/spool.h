// Records as they came, kept until the measured program has ended: in memory, then in an unlinked temporary file.
//
// One spool per ring buffer keeps that ring's order. Append copies; the views that Read gives live as long as the spool
// and are stable. One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

namespace rapidbyte::sampler {

// How much all spools of a recording may keep in memory; what is above goes to a file. Blocks of a fixed size, so that
// the file is mapped back block by block, whatever its length.
class SpoolStore {
 public:
  explicit SpoolStore(size_t memory_bytes) : memory_left_(memory_bytes) {}
  ~SpoolStore();
  SpoolStore(const SpoolStore&) = delete;
  SpoolStore& operator=(const SpoolStore&) = delete;

  static constexpr size_t kBlockBytes = size_t{1} << 20;
  // A zeroed block; errors: kInternal where neither memory nor disk has room.
  Result<std::byte*> NewBlock();

 private:
  Result<std::byte*> NewFileBlock();

  size_t memory_left_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::vector<std::byte*> mapped_;
  int file_ = -1;
};

class Spool {
 public:
  explicit Spool(SpoolStore& store) : store_(&store) {}

  // `record` is smaller than a block.
  Status Append(std::span<const std::byte> record);

  // The records one after the other: an empty span at the end. Starts over with Rewind.
  std::span<const std::byte> Next();
  void Rewind() { block_ = 0, at_ = 0; }

 private:
  struct Block {
    std::byte* bytes;
    size_t used;
  };
  SpoolStore* store_;
  std::vector<Block> blocks_;
  size_t block_ = 0;
  size_t at_ = 0;
};

}  // namespace rapidbyte::sampler
