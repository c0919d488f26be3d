// What the kernel shows of a machine's settings, below /proc and /sys. Any thread.
#pragma once

#include <filesystem>
#include <string>

#include "record/machine_facts.h"

namespace rapidbyte::lab {

// All but what happens over time (load after, activity), which stays empty. `folder` is where disks are measured;
// `root` is "/" but in tests. What cannot be read is missing.
record::MachineFacts ReadMachineFacts(const std::filesystem::path& folder, const std::filesystem::path& root = "/");

// The mean number of runnable processes over the last minute; 0 where it is not shown.
double LoadAverage(const std::filesystem::path& root = "/");

// "ext4", "tmpfs", …; the kernel's number in hexadecimal for one that has no name here; "unknown" for no folder.
std::string FilesystemOf(const std::filesystem::path& folder);

}  // namespace rapidbyte::lab
