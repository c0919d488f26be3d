#include "pgwire/array_encoder.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/slow_on_purpose.h"
#include "pgwire/types.h"
#include "pgwire/value_encoder.h"

namespace rapidbyte::pgwire {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr size_t kDimensionBytes = 8;

// At most what the elements take: nulls take less. In 64 bits also where addresses have 32.
uint64_t ElementBytes(const arrow::ColumnView& column) {
  uint64_t bytes = uint64_t{column.length} * (4 + ValueWidth(column.type));
  if (arrow::IsVariableWidth(column.type)) {
    bytes += static_cast<uint64_t>(LoadLittleEndian<int32_t>(column.offsets + size_t{column.length} * 4) -
                                   LoadLittleEndian<int32_t>(column.offsets));
  }
  return bytes;
}

}  // namespace

void EncodeArray(const arrow::ColumnView& column, std::vector<uint8_t>& out) {
  const size_t at = out.size();
  const bool empty = column.length == 0;
  const uint64_t bytes = kHeaderBytes + (empty ? 0 : kDimensionBytes + ElementBytes(column));
  RB_CHECK(bytes <= PTRDIFF_MAX - at);
  out.resize(at + static_cast<size_t>(bytes));
  uint8_t* to = out.data() + at;
  StoreBigEndian(to, uint32_t{empty ? 0u : 1u});
  StoreBigEndian(to + 4, uint32_t{column.null_count != 0 ? 1u : 0u});
  StoreBigEndian(to + 8, ElementOid(column.type));
  if (empty) return;
  StoreBigEndian(to + 12, column.length);
  StoreBigEndian(to + 16, uint32_t{1});
  to += kHeaderBytes + kDimensionBytes;
  for (uint32_t row = 0; row < column.length; ++row) to = EncodeValue(column, row, to);
  out.resize(static_cast<size_t>(to - out.data()));
  SlowOnPurpose("dest_encode", 32 * (out.size() - at));
}

}  // namespace rapidbyte::pgwire
