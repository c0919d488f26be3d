// `rapidbyte bench cmd 'A' 'B' …`: measures command lines side by side, without a scenario, a server or a repository.
//
// What people watch goes to stderr, the report to stdout. docs/bench_cmd.md describes the options.
#pragma once

#include "cli/bench_cmd_options.h"
#include "cli/options.h"

namespace rapidbyte::cli {

// Adds `cmd` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
Command AddBenchCmd(Command bench, BenchCmdOptions& options);

// The exit code: 0; 10 and 11 for what cannot be measured, which a command that fails is too (without -i); 130 after
// Ctrl-C, with what there is reported.
int RunBenchCmd(const BenchCmdOptions& options);

}  // namespace rapidbyte::cli
