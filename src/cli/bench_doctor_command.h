// `rapidbyte bench doctor`: what this machine can resolve, and what to do about it; or, with --environment-size,
// whether a command's time depends on the size of its environment. docs/doctor.md has the reasons.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"

namespace rapidbyte::cli {

struct BenchDoctorOptions {
  bool quick = false;
  bool json = false;
  std::optional<uint32_t> blocks;  // without it, as many as there is time for
  std::filesystem::path folder;    // where the disk is measured; empty: that for temporary files
  bool environment_size = false;
  std::vector<std::string> command;  // with environment_size
};

// Adds `doctor` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchDoctor(Command bench, BenchDoctorOptions& options);

// The exit code. The report goes to stdout, what people watch to stderr.
int BenchDoctorCommand(const BenchDoctorOptions& options);

}  // namespace rapidbyte::cli
