// `rapidbyte connectors`, `compile`, `check` and `discover`: what is there, and whether it works, without moving a row.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace rapidbyte::cli {

CLI::App* AddConnectors(CLI::App& app);
int ListConnectorsCommand();

CLI::App* AddCompile(CLI::App& app, std::vector<std::string>& names);
int CompileCommand(const std::vector<std::string>& names);

CLI::App* AddCheck(CLI::App& app, std::filesystem::path& pipeline);
int CheckCommand(const std::filesystem::path& pipeline);

CLI::App* AddDiscover(CLI::App& app, std::filesystem::path& pipeline);
int DiscoverCommand(const std::filesystem::path& pipeline);

}  // namespace rapidbyte::cli
