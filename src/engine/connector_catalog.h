// The connectors on this machine: found by name, and only let in where their module is one that shipped with us.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "abi/native_host.h"
#include "base/result.h"

namespace rapidbyte::engine {

struct ConnectorManifest {
  std::string name;
  std::string version;
  std::vector<std::string> roles;        // source | destination
  std::vector<std::string> connections;  // the names it may open
  std::filesystem::path module;
  std::string sha256;
};

// $RAPIDBYTE_CONNECTOR_DIR, or "connectors" beside the executable.
std::filesystem::path DefaultConnectorDir();

// Errors: kConnector where the folder, the manifest or one of its keys is missing or wrong.
Result<ConnectorManifest> FindConnector(const std::filesystem::path& folder, const std::string& name);
// All of them, by name.
Result<std::vector<ConnectorManifest>> ListConnectors(const std::filesystem::path& folder);

// The bytes of the module. Errors: kConnector where their SHA-256 is not the manifest's, or the module did not ship
// with this build.
Result<std::vector<uint8_t>> ReadModule(const ConnectorManifest& manifest);

}  // namespace rapidbyte::engine
