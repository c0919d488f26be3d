#include "pgwire/array_encoder.h"

#include "base/bytes.h"
#include "pgwire/types.h"
#include "pgwire/value_encoder.h"

namespace rapidbyte::pgwire {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr size_t kDimensionBytes = 8;

// At most what the elements take: nulls take less.
size_t ElementBytes(const arrow::ColumnView& column) {
  size_t bytes = size_t{column.length} * (4 + ValueWidth(column.type));
  if (arrow::IsVariableWidth(column.type)) {
    bytes += static_cast<size_t>(LoadLittleEndian<int32_t>(column.offsets + size_t{column.length} * 4) -
                                 LoadLittleEndian<int32_t>(column.offsets));
  }
  return bytes;
}

}  // namespace

void EncodeArray(const arrow::ColumnView& column, std::vector<uint8_t>& out) {
  const size_t at = out.size();
  const bool empty = column.length == 0;
  out.resize(at + kHeaderBytes + (empty ? 0 : kDimensionBytes + ElementBytes(column)));
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
}

}  // namespace rapidbyte::pgwire
