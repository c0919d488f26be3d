#include "lab/dsn.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace rapidbyte::lab {
namespace {

class Dsn : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE"}) unsetenv(name);
  }
};

TEST_F(Dsn, ReadsAUri) {
  const auto address = ParseDsn("postgresql://ann:s%40crt@db.example.com:6432/shop?sslmode=require");
  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(address->host, "db.example.com");
  EXPECT_EQ(address->port, 6432);
  EXPECT_EQ(address->user, "ann");
  EXPECT_EQ(address->password, "s@crt");
  EXPECT_EQ(address->database, "shop");
  EXPECT_EQ(address->environment, (std::map<std::string, std::string>{{"PGSSLMODE", "require"}}));
}

TEST_F(Dsn, ReadsKeywords) {
  const auto address = ParseDsn("host=/run/postgresql user=ann");
  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(address->host, "/run/postgresql");
  EXPECT_EQ(address->port, 5432);
  EXPECT_EQ(address->database, "ann");
  EXPECT_TRUE(address->environment.empty());
}

TEST_F(Dsn, TakesTheRestFromTheEnvironment) {
  setenv("PGHOST", "elsewhere", 1);
  setenv("PGPORT", "5555", 1);
  const auto address = ParseDsn("user=ann dbname=shop");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "elsewhere");
  EXPECT_EQ(address->port, 5555);
  SetUp();
}

TEST_F(Dsn, RefusesWhatItCannotUse) {
  for (const char* dsn :
       {"postgresql://ann:secret@:::::", "host=a,b user=ann", "user=ann password=secret port=99999",
        "user=ann password=secret port=5432,5433", "user=ann nosuchkey=secret", "postgresql://ann:secret/2@h/db",
        "postgresql://ann:word@secret@h/db", "postgresql:/ann:secret@h/db", "postgresql://ann:secret:6@h:x/db"}) {
    const auto address = ParseDsn(dsn);
    ASSERT_FALSE(address) << dsn;
    EXPECT_EQ(address.error().code, ErrorCode::kUsage) << dsn;
    EXPECT_NE(address.error().message.find("--dsn"), std::string::npos);
    EXPECT_EQ(address.error().message.find("secret"), std::string::npos) << address.error().message;
  }
}

}  // namespace
}  // namespace rapidbyte::lab
