#include "base/redact.h"

#include <gtest/gtest.h>

namespace rapidbyte {
namespace {

TEST(RedactPasswords, TakesThemOutOfEverySpellingOfAnAddress) {
  struct Case {
    const char* text;
    const char* redacted;
  };
  for (const Case& c : {
           Case{"postgresql://u:s3cret@h:5432/db", "postgresql://u:***@h:5432/db"},
           Case{"postgres://u:s3cret@h/db", "postgres://u:***@h/db"},
           Case{"postgresql:/u:s3cret@h/db", "postgresql:/u:***@h/db"},
           Case{"postgresql:///u:s3cret@h/db", "postgresql:///u:***@h/db"},
           Case{"postgres:u:s3cret@h/db", "postgres:***@h/db"},
           Case{"POSTGRESQL://u:s3cret@h/db", "POSTGRESQL://u:***@h/db"},
           Case{"postgersql://u:s3cret@h/db", "postgersql://u:***@h/db"},
           Case{"u:s3cret@h/db", "u:***@h/db"},
           Case{"//u:s3cret@h/db", "//u:***@h/db"},
           Case{"--dsn=postgresql://u:s3cret@h/db", "--dsn=postgresql://u:***@h/db"},
           Case{"postgresql://u:s3c/ret@h/db", "postgresql://u:***@h/db"},
           Case{"postgresql://u:s3c@ret@h/db", "postgresql://u:***@h/db"},
           Case{"postgresql://u:s3:c?r#et@h/db", "postgresql://u:***@h/db"},
           Case{"postgresql://u:s3 cr et@h/db", "postgresql://u:***@h/db"},
           Case{"postgresql://u:%73ecret@h/db", "postgresql://u:***@h/db"},
           Case{"postgresql://h/db?user=u&password=s3cret&sslmode=require",
                "postgresql://h/db?user=u&password=***&sslmode=require"},
           Case{"postgresql://h/db?password=s3cret", "postgresql://h/db?password=***"},
           Case{"postgresql://h/db?sslpassword=s3cret&x=1", "postgresql://h/db?sslpassword=***&x=1"},
           Case{"postgresql://h/db?%70assword=s3cret", "postgresql://h/db?%70assword=***"},
           Case{"host=h password=s3cret dbname=d", "host=h password=*** dbname=d"},
           Case{"host=h password = s3cret dbname=d", "host=h password = *** dbname=d"},
           Case{"password='s3 cr\\'et' host=h", "password=*** host=h"},
           Case{"password=s3\\ cret host=h", "password=*** host=h"},
           Case{"PASSWORD=s3cret host=h", "PASSWORD=*** host=h"},
           Case{"password=s3&cr?et host=h", "password=*** host=h"},
           Case{"password=a=b host=h", "password=*** host=h"},
           Case{"PGPASSWORD=s3cret psql", "PGPASSWORD=*** psql"},
           Case{"password='open", "password=***"},
       }) {
    EXPECT_EQ(RedactPasswords(c.text), c.redacted);
    EXPECT_EQ(RedactPasswords(c.redacted), c.redacted) << "once more";
    EXPECT_EQ(RedactPasswords(std::string("cannot open ") + c.text + "\nat all").find("s3c"), std::string::npos)
        << c.text;
  }
}

TEST(RedactPasswords, LeavesTextsWithoutOneAlone) {
  for (const char* text :
       {"", "postgresql://u@h:5432/db", "postgresql://h:5432/db does not exist, ask me@example.com", "postgresql:///db",
        "password authentication failed for user \"u\"", "set the password in the configuration",
        "p.yaml:12:5: the byte 0xff is not UTF-8", "git@github.com:owner/name", "a.db: no such file", "x ? y & z",
        "http://127.0.0.1:8080/a?b=c&d=e", "is the server running, and are user, password and database right?",
        "two lines\n\n  and three\n"}) {
    EXPECT_EQ(RedactPasswords(text), text);
  }
}

}  // namespace
}  // namespace rapidbyte
