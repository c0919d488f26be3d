#include "engine/codec.h"

#include <lz4.h>
#include <zstd.h>

#include <cstring>

#include "base/check.h"
#include "base/slow_on_purpose.h"

namespace rapidbyte::engine {
namespace {

tl::unexpected<Error> Damaged(const char* codec) {
  return Fail(ErrorCode::kData, std::string("a batch does not decompress (") + codec + ")");
}

class NoCodec final : public Codec {
 public:
  Status Compress(std::span<const uint8_t> from, Buffer& to) override {
    SlowOnPurpose("host_compress", 32 * from.size());
    to.Reserve(from.size());
    to.Resize(from.size());
    if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
    return {};
  }
  Status Decompress(std::span<const uint8_t> from, std::span<uint8_t> to) override {
    if (from.size() != to.size()) return Damaged("none");
    if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
    return {};
  }
};

class Lz4Codec final : public Codec {
 public:
  Status Compress(std::span<const uint8_t> from, Buffer& to) override {
    SlowOnPurpose("host_compress", 32 * from.size());
    if (from.size() > LZ4_MAX_INPUT_SIZE) return Fail(ErrorCode::kData, "a batch is too large for lz4");
    const int bound = LZ4_compressBound(static_cast<int>(from.size()));
    to.Reserve(static_cast<size_t>(bound));
    const int size =
        LZ4_compress_fast_extState(state_.get(), reinterpret_cast<const char*>(from.data()),
                                   reinterpret_cast<char*>(to.data()), static_cast<int>(from.size()), bound, 1);
    if (size <= 0) return Fail(ErrorCode::kInternal, "lz4 failed");
    to.Resize(static_cast<size_t>(size));
    return {};
  }
  Status Decompress(std::span<const uint8_t> from, std::span<uint8_t> to) override {
    const int size = LZ4_decompress_safe(reinterpret_cast<const char*>(from.data()), reinterpret_cast<char*>(to.data()),
                                         static_cast<int>(from.size()), static_cast<int>(to.size()));
    if (size < 0 || static_cast<size_t>(size) != to.size()) return Damaged("lz4");
    return {};
  }

 private:
  std::unique_ptr<uint64_t[]> state_ = std::make_unique<uint64_t[]>(static_cast<size_t>(LZ4_sizeofState()) / 8 + 1);
};

class ZstdCodec final : public Codec {
 public:
  ZstdCodec() { RB_CHECK(compressor_ != nullptr && decompressor_ != nullptr); }
  Status Compress(std::span<const uint8_t> from, Buffer& to) override {
    SlowOnPurpose("host_compress", 32 * from.size());
    to.Reserve(ZSTD_compressBound(from.size()));
    const size_t size = ZSTD_compressCCtx(compressor_.get(), to.data(), ZSTD_compressBound(from.size()), from.data(),
                                          from.size(), kLevel);
    if (ZSTD_isError(size) != 0) return Fail(ErrorCode::kInternal, std::string("zstd: ") + ZSTD_getErrorName(size));
    to.Resize(size);
    return {};
  }
  Status Decompress(std::span<const uint8_t> from, std::span<uint8_t> to) override {
    const size_t size = ZSTD_decompressDCtx(decompressor_.get(), to.data(), to.size(), from.data(), from.size());
    if (ZSTD_isError(size) != 0 || size != to.size()) return Damaged("zstd");
    return {};
  }

 private:
  static constexpr int kLevel = 1;
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> compressor_{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_DCtx, Free> decompressor_{ZSTD_createDCtx()};
};

}  // namespace

std::unique_ptr<Codec> MakeCodec(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return std::make_unique<NoCodec>();
    case Compression::kLz4:
      return std::make_unique<Lz4Codec>();
    case Compression::kZstd:
      return std::make_unique<ZstdCodec>();
  }
  return std::make_unique<NoCodec>();
}

}  // namespace rapidbyte::engine
