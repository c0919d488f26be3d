#include "store/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "store/test_folder.h"

namespace rapidbyte::store {
namespace {

using testing::HasSubstr;

// A file that another program, or another version, has left: made by plain SQL.
void MakeDatabase(const std::filesystem::path& path, const std::string& sql) {
  auto database = Database::Open(path, OpenMode::kCreate);
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->Execute(sql));
}

TEST(OpenAndMigrate, MakesAllTablesOnce) {
  const TestFolder folder;
  for (int i = 0; i < 2; ++i) {
    auto database = OpenAndMigrate(folder / "new.db", OpenMode::kCreate);
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_EQ(*database->QueryInteger("PRAGMA user_version"), SchemaVersion());
    EXPECT_EQ(*database->QueryInteger("PRAGMA application_id"), kApplicationId);
    EXPECT_EQ(*database->QueryInteger("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN "
                                      "('runs', 'run_streams', 'campaigns', 'samples')"),
              4);
  }
}

TEST(OpenAndMigrate, RefusesANewerVersion) {
  const TestFolder folder;
  ASSERT_TRUE(OpenAndMigrate(folder / "newer.db", OpenMode::kCreate));
  MakeDatabase(folder / "newer.db", "PRAGMA user_version = 999");
  for (const OpenMode mode : {OpenMode::kCreate, OpenMode::kExisting}) {
    const auto database = OpenAndMigrate(folder / "newer.db", mode);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, ErrorCode::kConfiguration);
    EXPECT_THAT(database.error().message, HasSubstr("newer Rapidbyte (schema version 999"));
    EXPECT_THAT(database.error().hint, HasSubstr("use a newer Rapidbyte"));
  }
}

TEST(OpenAndMigrate, LeavesAForeignDatabaseUntouched) {
  const TestFolder folder;
  MakeDatabase(folder / "foreign.db", "CREATE TABLE theirs (x)");
  const std::string before = ReadFile(folder / "foreign.db");
  const auto database = OpenAndMigrate(folder / "foreign.db", OpenMode::kCreate);
  ASSERT_FALSE(database);
  EXPECT_THAT(database.error().message, HasSubstr("another program's database"));
  EXPECT_EQ(ReadFile(folder / "foreign.db"), before);
}

TEST(OpenAndMigrate, RefusesAFileThatIsNoDatabase) {
  const TestFolder folder;
  WriteFile(folder / "text.db", std::string(5000, 'x'));
  const auto database = OpenAndMigrate(folder / "text.db", OpenMode::kCreate);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(ReadFile(folder / "text.db"), std::string(5000, 'x'));

  WriteFile(folder / "empty.db", "");
  EXPECT_FALSE(OpenAndMigrate(folder / "empty.db", OpenMode::kExisting));
  EXPECT_TRUE(OpenAndMigrate(folder / "empty.db", OpenMode::kCreate)) << "an empty file is a new database";
}

TEST(OpenAndMigrate, ManyMayComeFirst) {
  const TestFolder folder;
  std::vector<std::string> errors(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& error : errors) {
      threads.emplace_back([&] {
        const auto database = OpenAndMigrate(folder / "shared.db", OpenMode::kCreate);
        if (!database) error = database.error().message;
      });
    }
  }
  EXPECT_THAT(errors, testing::Each(""));
}

}  // namespace
}  // namespace rapidbyte::store
