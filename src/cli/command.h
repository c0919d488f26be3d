// What every command shares: how it fails, and how it runs connectors.
//
// A command is one file: Add…() puts it on the command line and fills a struct of plain options, and another function
// takes them and returns the exit code. main.cpp knows nothing more of it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/runner.h"
#include "net/connection.h"

namespace rapidbyte::cli {

// Prints «error: …» and «hint: …» to stderr, without passwords of addresses; returns the exit code.
int PrintError(const Error& error);

// «warning: …» to stderr. As of an error, nothing that a terminal would obey, and no password of an address.
void PrintWarning(std::string_view text);

// A hint for a name that is not one of `candidates`: the nearest of them, else all that there are.
std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates);

// The connectors linked into this program and those beside it, with the user's cache. `cancel` must outlive the run.
engine::RunOptions DefaultRunOptions(const net::CancelToken& cancel);

// From now on, SIGINT, SIGTERM and the terminal's end cancel what the token is given to, in order; a second signal ends
// the process the hard way.
const net::CancelToken& CancelOnSignals();

// What connectors and the engine log, from `level` on. Standard output is for results.
void LogToStderr(const std::string& level);

}  // namespace rapidbyte::cli
