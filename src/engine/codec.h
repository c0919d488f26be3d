// Compression of whole messages: straight out of one memory into another.
//
// A codec keeps its working memory; one per stage, one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/result.h"
#include "engine/channel.h"
#include "engine/pipeline.h"

namespace rapidbyte::engine {

class Codec {
 public:
  virtual ~Codec() = default;
  // Replaces the content of `to`. Errors: kInternal where the library fails.
  virtual Status Compress(std::span<const uint8_t> from, Buffer& to) = 0;
  // Fills exactly `to`, the size of the original. Errors: kData where `from` is damaged or of another size.
  virtual Status Decompress(std::span<const uint8_t> from, std::span<uint8_t> to) = 0;
};

// lz4 in its default speed, zstd at level 1; none copies.
std::unique_ptr<Codec> MakeCodec(Compression compression);

}  // namespace rapidbyte::engine
