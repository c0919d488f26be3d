#include "store/sqlite_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_folder.h"

namespace rapidbyte::store {
namespace {

using testing::HasSubstr;

std::unique_ptr<SqliteConnection> OpenNew(const TestFolder& folder) {
  auto opened = SqliteConnection::Open(folder / "sub/folder/test.db", OpenMode::kCreate);
  EXPECT_TRUE(opened) << opened.error().message;
  auto& database = *opened;
  EXPECT_TRUE(database->UseWriteAheadLog());
  EXPECT_TRUE(database->Execute("CREATE TABLE t (i INTEGER, r REAL, s TEXT)"));
  return std::move(database);
}

int64_t Count(Connection& database) { return *database.QueryInteger("SELECT count(*) FROM t"); }

TEST(SqliteConnection, ANewFileIsForItsOwnerOnly) {
  const TestFolder folder;
  const auto made = SqliteConnection::Open(folder / "results.db", OpenMode::kCreate);
  ASSERT_TRUE(made);
  EXPECT_EQ(RightsOf(folder / "results.db"), 0600u);
  std::filesystem::permissions(folder / "results.db", std::filesystem::perms(0664));
  ASSERT_TRUE(SqliteConnection::Open(folder / "results.db", OpenMode::kCreate));
  EXPECT_EQ(RightsOf(folder / "results.db"), 0664u) << "shared on purpose";
}

TEST(SqliteConnection, CommitsAreDurable) {
  const TestFolder folder;
  const auto database = OpenNew(folder);
  EXPECT_EQ(*database->QueryInteger("PRAGMA synchronous"), 2);  // FULL
  const StatementHandle mode = *database->Prepare("PRAGMA journal_mode");
  ASSERT_TRUE(*mode->Step());
  EXPECT_EQ(mode->Text(0), "wal");
}

TEST(SqliteConnection, ValuesComeBackAsTheyWent) {
  const TestFolder folder;
  const auto database = OpenNew(folder);
  const StatementHandle insert = *database->Prepare("INSERT INTO t VALUES ($1, $2, $3)");
  const std::string text("a\0'b\xc3\xa4", 6);
  ASSERT_TRUE(insert->Bind(1, int64_t{-5}).Bind(2, 0.1).Bind(3, text).Run());
  ASSERT_TRUE(insert->BindNull(1).BindNull(2).Bind(3, std::string_view()).Run());
  const StatementHandle select = *database->Prepare("SELECT i, r, s FROM t ORDER BY rowid");
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Integer(0), -5);
  EXPECT_EQ(select->Real(1), 0.1);
  EXPECT_EQ(select->Text(2), text);
  ASSERT_TRUE(*select->Step());
  EXPECT_TRUE(select->IsNull(0));
  EXPECT_TRUE(select->IsNull(1));
  EXPECT_FALSE(select->IsNull(2)) << "an empty text is not null";
  EXPECT_FALSE(*select->Step());
}

TEST(SqliteConnection, ABindingThatFailsIsReportedByStep) {
  const TestFolder folder;
  const auto database = OpenNew(folder);
  const StatementHandle insert = *database->Prepare("INSERT INTO t (i) VALUES ($1)");
  const Status status = insert->Bind(7, int64_t{1}).Run();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("bind"));
  EXPECT_EQ(Count(*database), 0);
}

TEST(SqliteConnection, AStatementGoesOnAfterAnError) {
  const TestFolder folder;
  const auto database = OpenNew(folder);
  ASSERT_TRUE(database->Execute("CREATE UNIQUE INDEX one ON t (i)"));
  const StatementHandle insert = *database->PrepareInsert("t", {"i", "s"});
  ASSERT_TRUE(insert->Bind(1, int64_t{1}).Bind(2, "a").Run());
  ASSERT_FALSE(insert->Bind(1, int64_t{1}).Bind(2, "b").Run());
  ASSERT_TRUE(insert->Bind(1, int64_t{2}).Bind(2, "c").Run());
  EXPECT_EQ(Count(*database), 2);
}

TEST(SqliteConnection, ErrorsNameTheFileAndTheCause) {
  const TestFolder folder;
  const auto database = OpenNew(folder);
  const auto statement = database->Prepare("SELECT x FROM nowhere");
  ASSERT_FALSE(statement);
  EXPECT_THAT(statement.error().message, HasSubstr("test.db"));
  EXPECT_THAT(statement.error().message, HasSubstr("nowhere"));
}

TEST(SqliteConnection, RefusesAMissingFile) {
  const TestFolder folder;
  const auto database = SqliteConnection::Open(folder / "none.db", OpenMode::kExisting);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kConfiguration);
  EXPECT_FALSE(std::filesystem::exists(folder / "none.db"));
}

TEST(Transaction, RollsBackUnlessCommitted) {
  const TestFolder folder;
  const auto database = OpenNew(folder);
  {
    const auto transaction = Transaction::Begin(*database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database->Execute("INSERT INTO t VALUES (1, 1, '')"));
  }
  EXPECT_EQ(Count(*database), 0);
  {
    auto transaction = Transaction::Begin(*database);
    ASSERT_TRUE(database->Execute("INSERT INTO t VALUES (1, 1, '')"));
    ASSERT_TRUE(transaction->Commit());
  }
  EXPECT_EQ(Count(*database), 1);
}

}  // namespace
}  // namespace rapidbyte::store
