#include "sampler/function_starts.h"

#include <dwarf.h>

#include <algorithm>
#include <cstring>

namespace rapidbyte::sampler {
namespace {

constexpr size_t kHeaderBytes = 12;  // version, three encodings, the place of .eh_frame, the count of entries
constexpr size_t kEntryBytes = 8;    // start, call frame information

struct Header {
  uint8_t version, frame_encoding, count_encoding, table_encoding;
  int32_t frame;
  uint32_t count;
};
static_assert(sizeof(Header) == kHeaderBytes);

constexpr uint8_t kOffset32 = DW_EH_PE_sdata4;

}  // namespace

FunctionStarts::FunctionStarts(Elf* elf) {
  size_t segments = 0;
  if (elf_getphdrnum(elf, &segments) != 0) return;
  for (size_t i = 0; i < segments; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr || segment.p_type != PT_GNU_EH_FRAME) continue;
    const Elf_Data* data =
        elf_getdata_rawchunk(elf, static_cast<int64_t>(segment.p_offset), segment.p_filesz, ELF_T_BYTE);
    Header header{};
    if (data == nullptr || data->d_size < sizeof header) return;
    std::memcpy(&header, data->d_buf, sizeof header);
    if (header.version != 1 || (header.frame_encoding & 0x0f) != kOffset32 ||
        header.count_encoding != DW_EH_PE_udata4 || header.table_encoding != (DW_EH_PE_datarel | kOffset32) ||
        header.count > (data->d_size - sizeof header) / kEntryBytes) {
      return;
    }
    const char* entry = static_cast<const char*>(data->d_buf) + sizeof header;
    for (uint32_t at = 0; at < header.count; ++at, entry += kEntryBytes) {
      int32_t start = 0;
      std::memcpy(&start, entry, sizeof start);
      starts_.push_back(segment.p_vaddr + static_cast<uint64_t>(int64_t{start}));
    }
    std::sort(starts_.begin(), starts_.end());
    return;
  }
}

std::optional<uint64_t> FunctionStarts::Before(uint64_t pc) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), pc);
  if (after == starts_.begin()) return std::nullopt;
  return *std::prev(after);
}

}  // namespace rapidbyte::sampler
