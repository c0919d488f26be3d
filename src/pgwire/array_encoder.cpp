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

// At most what the elements of `rows` rows take: nulls take less. In 64 bits also where addresses have 32.
uint64_t ElementBytes(const arrow::ColumnView& column, uint32_t first, uint32_t rows) {
  uint64_t bytes = uint64_t{rows} * (4 + ValueWidth(column.type));
  if (arrow::IsVariableWidth(column.type)) {
    bytes += static_cast<uint64_t>(LoadLittleEndian<int32_t>(column.offsets + (size_t{first} + rows) * 4) -
                                   LoadLittleEndian<int32_t>(column.offsets + size_t{first} * 4));
  }
  return bytes;
}

}  // namespace

uint64_t ArrayBytes(const arrow::BatchView& batch, uint32_t first, uint32_t rows) {
  uint64_t bytes = 0;
  for (const arrow::ColumnView& column : batch.columns) {
    bytes += sizeof(uint32_t) + kHeaderBytes + kDimensionBytes + ElementBytes(column, first, rows);
  }
  return bytes;
}

void EncodeArray(const arrow::ColumnView& column, uint32_t first, uint32_t rows, std::vector<uint8_t>& out) {
  const size_t at = out.size();
  const bool empty = rows == 0;
  const uint64_t bytes = kHeaderBytes + (empty ? 0 : kDimensionBytes + ElementBytes(column, first, rows));
  RB_CHECK(bytes <= PTRDIFF_MAX - at);
  out.resize(at + static_cast<size_t>(bytes));
  uint8_t* to = out.data() + at;
  StoreBigEndian(to, uint32_t{empty ? 0u : 1u});
  StoreBigEndian(to + 4, uint32_t{column.null_count != 0 ? 1u : 0u});
  StoreBigEndian(to + 8, ElementOid(column.type));
  if (empty) return;
  StoreBigEndian(to + 12, rows);
  StoreBigEndian(to + 16, uint32_t{1});
  to += kHeaderBytes + kDimensionBytes;
  for (uint32_t row = first; row < first + rows; ++row) to = EncodeValue(column, row, to);
  out.resize(static_cast<size_t>(to - out.data()));
  SlowOnPurpose("dest_encode", 32 * (out.size() - at));
}

uint32_t RowsOfSlice(const arrow::BatchView& batch, uint32_t first, uint64_t bytes) {
  // Bytes grow with rows: the largest number that fits lies between `fits` and `above`.
  uint32_t fits = 1;
  uint32_t above = batch.rows - first + 1;
  if (ArrayBytes(batch, first, above - 1) <= bytes) return above - 1;
  while (above - fits > 1) {
    const uint32_t middle = fits + (above - fits) / 2;
    (ArrayBytes(batch, first, middle) <= bytes ? fits : above) = middle;
  }
  return fits;
}

}  // namespace rapidbyte::pgwire
