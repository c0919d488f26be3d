#include "profile/export/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace rapidbyte::profile {

std::string Gzip(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;  // the largest window, and a gzip header
  constexpr int kMemory = 8;            // zlib's own default
  z_stream stream{};
  RB_CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out;
  char block[size_t{64} << 10];
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    const size_t taken = std::min<size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write to it
    stream.avail_in = static_cast<uInt>(taken);
    stream.next_out = reinterpret_cast<Bytef*>(block);
    stream.avail_out = sizeof block;
    status = deflate(&stream, taken == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    bytes.remove_prefix(taken - stream.avail_in);
    out.append(block, sizeof block - stream.avail_out);
  }
  deflateEnd(&stream);
  return out;
}

}  // namespace rapidbyte::profile
