#include "profile/export/notes.h"

#include <fmt/format.h>

#include "base/format.h"

namespace rapidbyte::profile {

std::vector<std::string> Notes(const Profile& profile) {
  std::vector<std::string> notes;
  if (!profile.command.empty()) notes.push_back(fmt::format("Command: {}", profile.command));
  if (!profile.commit.empty()) notes.push_back(fmt::format("Commit: {}", profile.commit));
  if (!profile.event.empty()) {
    const std::string frequency = profile.frequency_hz > 0 ? fmt::format(" at {} Hz", profile.frequency_hz) : "";
    notes.push_back(fmt::format("Sampled: {}{}.", profile.event, frequency));
  }
  if (profile.lost_records > 0) {
    notes.push_back(fmt::format("{} records were lost, {} were kept.", FormatThousands(profile.lost_records),
                                FormatThousands(profile.records)));
  }
  if (profile.truncated > 0) {
    notes.push_back(fmt::format("{} stacks could not be walked to their end.", FormatThousands(profile.truncated)));
  }
  for (const std::string& sentence : profile.missing) notes.push_back(fmt::format("Missing: {}", sentence));
  return notes;
}

std::string ThreadTitle(const Profile& profile, size_t thread) {
  const Thread& t = profile.threads[thread];
  std::string title = t.process;
  const auto add = [&](const std::string& part) { title += (title.empty() || part.empty() ? "" : " ") + part; };
  if (t.pid > 0 || t.tid > 0) add(fmt::format("{}/{}", t.pid, t.tid));
  if (t.name != t.process) add(t.name);
  return title.empty() ? fmt::format("thread {}", thread + 1) : title;
}

}  // namespace rapidbyte::profile
