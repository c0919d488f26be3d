#include "engine/connector_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "wasm/sha256.h"

namespace rapidbyte::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

// A copy of the connectors of this build, for each test to tamper with.
class Catalog : public testing::Test {
 protected:
  Catalog() {
    std::string name = (fs::temp_directory_path() / "rapidbyte-catalog-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    for (const char* connector : {"source-postgres", "dest-postgres"}) {
      fs::copy(fs::path(RAPIDBYTE_CONNECTORS) / connector, folder_ / connector, fs::copy_options::recursive);
    }
  }
  ~Catalog() override { fs::remove_all(folder_); }

  fs::path File(const std::string& name) const { return folder_ / "source-postgres" / name; }

  // The manifest with one key changed or, where the value is null, taken out.
  void Change(const std::string& key, const json& value) {
    std::ifstream in(File("manifest.json"));
    json manifest = json::parse(in);
    manifest[key] = value;
    if (value.is_null()) manifest.erase(key);
    std::ofstream(File("manifest.json")) << manifest;
  }

  std::string Refusal() {
    const auto manifest = FindConnector(folder_, "source-postgres");
    if (!manifest) {
      EXPECT_EQ(manifest.error().code, ErrorCode::kConnector);
      return manifest.error().message;
    }
    const auto module = ReadModule(*manifest);
    if (module) return "not refused";
    EXPECT_EQ(module.error().code, ErrorCode::kConnector);
    return module.error().message;
  }

  fs::path folder_;
};

TEST_F(Catalog, FindsAConnectorAndReadsItsModule) {
  const auto manifest = FindConnector(folder_, "source-postgres");
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->name, "source-postgres");
  EXPECT_THAT(manifest->roles, testing::ElementsAre("source"));
  EXPECT_THAT(manifest->connections, testing::ElementsAre("postgres"));
  const auto module = ReadModule(*manifest);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(wasm::Sha256Hex(*module), manifest->sha256);
}

TEST_F(Catalog, ListsAllByName) {
  const auto manifests = ListConnectors(folder_);
  ASSERT_TRUE(manifests) << manifests.error().message;
  ASSERT_EQ(manifests->size(), 2u);
  EXPECT_EQ(manifests->at(0).name, "dest-postgres");
  EXPECT_EQ(manifests->at(1).name, "source-postgres");
}

TEST_F(Catalog, SaysThatAConnectorOrTheFolderIsMissing) {
  const auto manifest = FindConnector(folder_, "source-mysql");
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, ErrorCode::kConnector);
  EXPECT_THAT(manifest.error().message, HasSubstr("source-mysql"));
  EXPECT_FALSE(ListConnectors(folder_ / "nowhere"));
}

TEST_F(Catalog, RefusesAModuleOfAnotherChecksum) {
  std::ofstream(File("source-postgres.wasm"), std::ios::app | std::ios::binary) << '\0';
  EXPECT_THAT(Refusal(), HasSubstr("SHA-256"));
}

TEST_F(Catalog, RefusesAModuleThatDidNotShipEvenIfItsManifestAgrees) {
  std::ofstream(File("source-postgres.wasm"), std::ios::binary) << "another module";
  Change("sha256", wasm::Sha256Hex(std::string_view("another module")));
  EXPECT_THAT(Refusal(), HasSubstr("not a connector that shipped"));
}

TEST_F(Catalog, RefusesAShippedModuleUnderTheNameOfAnother) {
  const auto other = FindConnector(folder_, "dest-postgres");
  ASSERT_TRUE(other);
  fs::copy_file(other->module, File("source-postgres.wasm"), fs::copy_options::overwrite_existing);
  Change("sha256", other->sha256);
  EXPECT_THAT(Refusal(), HasSubstr("not a connector that shipped"));
}

TEST_F(Catalog, RefusesAMissingModule) {
  fs::remove(File("source-postgres.wasm"));
  EXPECT_THAT(Refusal(), HasSubstr("cannot be read"));
}

TEST_F(Catalog, RefusesAManifestThatIsNone) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  for (const std::string& text : {std::string(), std::string("{"), std::string("[1]"), "{\"a\":" + deep + "}", deep}) {
    std::ofstream(File("manifest.json")) << text;
    EXPECT_THAT(Refusal(), HasSubstr("manifest.json: ")) << text.substr(0, 20);
  }
}

TEST_F(Catalog, TakesNothingOutOfListsThatAreNone) {
  for (const json& other : {json(5), json("source"), json(true)}) {
    Change("roles", other);
    Change("connections", other);
    const auto manifest = FindConnector(folder_, "source-postgres");
    ASSERT_TRUE(manifest) << manifest.error().message;
    EXPECT_THAT(manifest->roles, testing::IsEmpty());
  }
}

TEST_F(Catalog, RefusesAManifestOfAnotherInterface) {
  for (const json& abi : {json(2), json("1"), json()}) {
    Change("abi", abi);
    EXPECT_THAT(Refusal(), HasSubstr("abi: this build speaks version 1"));
  }
}

TEST_F(Catalog, RefusesAManifestThatIsIncompleteOrOfAnother) {
  Change("version", json());
  EXPECT_THAT(Refusal(), HasSubstr("version: expected a text"));
  Change("version", "1");
  Change("name", "dest-postgres");
  EXPECT_THAT(Refusal(), HasSubstr("name: expected \"source-postgres\""));
  std::ofstream(File("manifest.json")) << "{";
  EXPECT_THAT(Refusal(), HasSubstr("not a JSON object"));
}

}  // namespace
}  // namespace rapidbyte::engine
