#include "profile/export/firefox_rows.h"

#include <algorithm>
#include <tuple>

namespace rapidbyte::profile {
namespace {

uint32_t RowOf(StringId id, std::vector<uint32_t>& row_of, std::vector<StringId>& rows) {
  if (id == StringId{}) return kNoRow;
  uint32_t& row = row_of[Index(id)];
  if (row == kNoRow) {
    row = static_cast<uint32_t>(rows.size());
    rows.push_back(id);
  }
  return row;
}

}  // namespace

FirefoxRows FirefoxRowsOf(const StackTable& stacks) {
  FirefoxRows rows;
  rows.library_of_string.assign(stacks.string_count(), kNoRow);
  rows.source_of_string.assign(stacks.string_count(), kNoRow);
  std::vector<FrameId> order;
  for (uint32_t i = 0; i < stacks.frame_count(); ++i) order.push_back(FrameId{i});
  const auto key = [&](FrameId id) {
    const Frame& frame = stacks.At(id);
    return std::tuple(frame.name, frame.image, frame.file);
  };
  std::stable_sort(order.begin(), order.end(), [&](FrameId a, FrameId b) { return key(a) < key(b); });
  rows.function_of_frame.resize(order.size());
  for (const FrameId id : order) {
    if (rows.functions.empty() || key(rows.functions.back()) != key(id)) rows.functions.push_back(id);
    rows.function_of_frame[Index(id)] = static_cast<uint32_t>(rows.functions.size() - 1);
    RowOf(stacks.At(id).image, rows.library_of_string, rows.libraries);
    RowOf(stacks.At(id).file, rows.source_of_string, rows.sources);
  }
  return rows;
}

OffCpuStacks::OffCpuStacks(const Profile& profile) {
  const auto first = static_cast<uint32_t>(profile.stacks.stack_count() - 1);
  for (const Sample& sample : profile.samples) {
    if (sample.state == State::kRunning) continue;
    const auto row = first + static_cast<uint32_t>(stacks_.size());
    if (row_.emplace(Key(sample), row).second) stacks_.push_back({sample.stack, sample.state});
  }
}

}  // namespace rapidbyte::profile
