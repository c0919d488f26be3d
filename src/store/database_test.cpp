#include "store/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_folder.h"

namespace rapidbyte::store {
namespace {

using testing::HasSubstr;

Database OpenNew(const TestFolder& folder) {
  auto database = Database::Open(folder / "sub/folder/test.db", OpenMode::kCreate);
  EXPECT_TRUE(database) << database.error().message;
  EXPECT_TRUE(database->UseWriteAheadLog());
  EXPECT_TRUE(database->Execute("CREATE TABLE t (i INTEGER, r REAL, s TEXT)"));
  return std::move(*database);
}

int64_t Count(Database& database) { return *database.QueryInteger("SELECT count(*) FROM t"); }

TEST(Database, CommitsAreDurable) {
  const TestFolder folder;
  Database database = OpenNew(folder);
  EXPECT_EQ(*database.QueryInteger("PRAGMA synchronous"), 2);  // FULL
  Statement mode = *database.Prepare("PRAGMA journal_mode");
  ASSERT_TRUE(*mode.Step());
  EXPECT_EQ(mode.Text(0), "wal");
}

TEST(Database, ValuesComeBackAsTheyWent) {
  const TestFolder folder;
  Database database = OpenNew(folder);
  Statement insert = *database.Prepare("INSERT INTO t VALUES (?, ?, ?)");
  const std::string text("a\0'b\xc3\xa4", 6);
  ASSERT_TRUE(insert.Bind(1, int64_t{-5}).Bind(2, 0.1).Bind(3, text).Run());
  ASSERT_TRUE(insert.BindNull(1).BindNull(2).Bind(3, std::string_view()).Run());
  Statement select = *database.Prepare("SELECT i, r, s FROM t ORDER BY rowid");
  ASSERT_TRUE(*select.Step());
  EXPECT_EQ(select.Integer(0), -5);
  EXPECT_EQ(select.Real(1), 0.1);
  EXPECT_EQ(select.Text(2), text);
  ASSERT_TRUE(*select.Step());
  EXPECT_TRUE(select.IsNull(0));
  EXPECT_TRUE(select.IsNull(1));
  EXPECT_FALSE(select.IsNull(2)) << "an empty text is not null";
  EXPECT_FALSE(*select.Step());
}

TEST(Database, ABindingThatFailsIsReportedByStep) {
  const TestFolder folder;
  Database database = OpenNew(folder);
  Statement insert = *database.Prepare("INSERT INTO t (i) VALUES (?)");
  const Status status = insert.Bind(7, int64_t{1}).Run();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("bind"));
  EXPECT_EQ(Count(database), 0);
}

TEST(Database, ErrorsNameTheFileAndTheCause) {
  const TestFolder folder;
  Database database = OpenNew(folder);
  const auto statement = database.Prepare("SELECT x FROM nowhere");
  ASSERT_FALSE(statement);
  EXPECT_THAT(statement.error().message, HasSubstr("test.db"));
  EXPECT_THAT(statement.error().message, HasSubstr("nowhere"));
}

TEST(Database, RefusesAMissingFile) {
  const TestFolder folder;
  const auto database = Database::Open(folder / "none.db", OpenMode::kExisting);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kConfiguration);
  EXPECT_FALSE(std::filesystem::exists(folder / "none.db"));
}

TEST(Transaction, RollsBackUnlessCommitted) {
  const TestFolder folder;
  Database database = OpenNew(folder);
  {
    const auto transaction = Transaction::Begin(database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database.Execute("INSERT INTO t VALUES (1, 1, '')"));
  }
  EXPECT_EQ(Count(database), 0);
  {
    auto transaction = Transaction::Begin(database);
    ASSERT_TRUE(database.Execute("INSERT INTO t VALUES (1, 1, '')"));
    ASSERT_TRUE(transaction->Commit());
  }
  EXPECT_EQ(Count(database), 1);
}

}  // namespace
}  // namespace rapidbyte::store
