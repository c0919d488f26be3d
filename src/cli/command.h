// What every command shares: how it ends, and what it is given.
#pragma once

#include <iostream>
#include <string>
#include <vector>

#include "abi/native_host.h"
#include "base/result.h"

namespace rapidbyte::cli {

// Prints «error: …» and «hint: …» to stderr; returns the exit code.
int PrintError(const Error& error);

// The connectors linked into this program.
std::vector<const abi::NativeConnector*> NativeConnectors();

}  // namespace rapidbyte::cli
