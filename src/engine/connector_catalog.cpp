#include "engine/connector_catalog.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "abi/abi.h"
#include "base/json.h"
#include "wasm/sha256.h"

namespace rapidbyte::engine {
namespace {

namespace fs = std::filesystem;

struct Shipped {
  std::string_view name;
  std::string_view sha256;
};
constexpr Shipped kShipped[] = {
#define RB_SHIPPED_CONNECTOR(name, sha256) {name, sha256},
#include "shipped_connectors.inc"
};

tl::unexpected<Error> Refuse(const fs::path& file, const std::string& why) {
  return Fail(ErrorCode::kConnector, file.string() + ": " + why, "build the connectors anew with ./dev build");
}

Result<ConnectorManifest> ParseManifest(const fs::path& file, const std::string& name) {
  std::ifstream in(file, std::ios::binary);
  const auto document = ParseJson(std::string(std::istreambuf_iterator<char>(in), {}));
  if (!document) return Refuse(file, "not a JSON object: " + document.error().message);
  if (!document->is_object()) return Refuse(file, "not a JSON object");
  for (const char* key : {"name", "version", "module", "sha256"}) {
    if (!JsonMember(*document, key).is_string()) return Refuse(file, std::string(key) + ": expected a text");
  }
  if (JsonText(*document, "name") != name) return Refuse(file, "name: expected \"" + name + "\"");
  if (JsonMember(*document, "abi") != abi::kVersion) {
    return Refuse(file, "abi: this build speaks version " + std::to_string(abi::kVersion));
  }
  ConnectorManifest manifest;
  manifest.name = name;
  manifest.version = JsonText(*document, "version");
  manifest.module = file.parent_path() / JsonText(*document, "module");
  manifest.sha256 = JsonText(*document, "sha256");
  manifest.roles = JsonTexts(*document, "roles");
  for (const auto& connection : JsonMember(*document, "connections").items()) {
    manifest.connections.push_back(connection.key());
  }
  return manifest;
}

}  // namespace

fs::path DefaultConnectorDir() {
  if (const char* folder = std::getenv("RAPIDBYTE_CONNECTOR_DIR"); folder != nullptr && *folder != '\0') return folder;
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path() / "connectors";
}

Result<ConnectorManifest> FindConnector(const fs::path& folder, const std::string& name) {
  const fs::path file = folder / name / "manifest.json";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    return Fail(ErrorCode::kConnector, "there is no connector \"" + name + "\" in " + folder.string(),
                "see `rapidbyte connectors`; RAPIDBYTE_CONNECTOR_DIR names their folder");
  }
  return ParseManifest(file, name);
}

Result<std::vector<ConnectorManifest>> ListConnectors(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error, ignored;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (fs::exists(entry->path() / "manifest.json", ignored)) names.push_back(entry->path().filename());
  }
  if (error) return Fail(ErrorCode::kConnector, folder.string() + ": " + error.message());
  std::sort(names.begin(), names.end());
  std::vector<ConnectorManifest> manifests;
  for (const std::string& name : names) {
    RB_ASSIGN(ConnectorManifest manifest, FindConnector(folder, name));
    manifests.push_back(std::move(manifest));
  }
  return manifests;
}

Result<std::vector<uint8_t>> ReadModule(const ConnectorManifest& manifest) {
  std::error_code error;
  const uintmax_t size = fs::file_size(manifest.module, error);
  if (error) return Refuse(manifest.module, "cannot be read");
  std::vector<uint8_t> bytes(size);
  std::ifstream in(manifest.module, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))) {
    return Refuse(manifest.module, "cannot be read");
  }
  const std::string sha256 = wasm::Sha256Hex(bytes);
  if (sha256 != manifest.sha256) return Refuse(manifest.module, "its SHA-256 is not the manifest's");
  const bool shipped = std::any_of(std::begin(kShipped), std::end(kShipped), [&](const Shipped& known) {
    return known.name == manifest.name && known.sha256 == sha256;
  });
  if (!shipped) return Refuse(manifest.module, "not a connector that shipped with this build");
  return bytes;
}

}  // namespace rapidbyte::engine
