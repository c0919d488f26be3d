// `rapidbyte connectors`, `compile` and `discover`: what is there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/options.h"

namespace rapidbyte::cli {

Command AddConnectors(Command app);
int ListConnectorsCommand();

Command AddCompile(Command app, std::vector<std::string>& names);
int CompileCommand(const std::vector<std::string>& names);

Command AddDiscover(Command app, std::filesystem::path& pipeline);
int DiscoverCommand(const std::filesystem::path& pipeline);

}  // namespace rapidbyte::cli
