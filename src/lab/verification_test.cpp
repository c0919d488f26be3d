#include "lab/verification.h"

#include "lab/test_server.h"

namespace rapidbyte::lab {
namespace {

const TableName kSource{"public", "Source table"};
const TableName kCopy{"public", "copy"};

class Verification : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    Exec("DROP TABLE IF EXISTS public.\"Source table\", public.copy");
    Exec("CREATE TABLE public.\"Source table\" (id int, \"r\" text, gone int, at timestamptz, f float8)");
    Exec("ALTER TABLE public.\"Source table\" DROP COLUMN gone");
    Exec(
        "INSERT INTO public.\"Source table\" SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'text ' || i END, "
        "now() - i * interval '1 hour', i / 3.0 FROM generate_series(1, 100) i");
    Exec("CREATE TABLE public.copy AS SELECT * FROM public.\"Source table\" ORDER BY id DESC");
    columns_ = *ColumnsOf(*session_, kSource);
    content_ = *ReadContent(*session_, kSource, columns_);
  }

  std::string Difference() {
    const auto difference = FindDifference(*session_, kCopy, columns_, content_);
    EXPECT_TRUE(difference) << difference.error().message;
    return difference ? difference->value_or("none") : "";
  }

  std::vector<std::string> columns_;
  TableContent content_;
};

TEST_F(Verification, NamesColumnsInOrderWithoutDroppedOnes) {
  EXPECT_EQ(columns_, (std::vector<std::string>{"id", "r", "at", "f"}));
  EXPECT_FALSE(ColumnsOf(*session_, {"public", "nothing"}));
}

TEST_F(Verification, TheOrderOfRowsDoesNotMatter) {
  EXPECT_EQ(content_.rows, 100u);
  EXPECT_EQ(Difference(), "none");
}

TEST_F(Verification, TheSessionsSettingsDoNotMatter) {
  Exec("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SET extra_float_digits = -10");
  EXPECT_EQ(Difference(), "none");
  EXPECT_EQ(Value("SHOW TimeZone"), "Asia/Tokyo") << "and are left as they were";
}

TEST_F(Verification, FindsAMissingRow) {
  Exec("DELETE FROM public.copy WHERE id = 50");
  EXPECT_EQ(Difference(), "99 rows arrived instead of 100");
}

TEST_F(Verification, FindsADoubledRow) {
  Exec("INSERT INTO public.copy SELECT * FROM public.copy WHERE id = 50");
  EXPECT_EQ(Difference(), "101 rows arrived instead of 100");
}

TEST_F(Verification, FindsARowInPlaceOfAnother) {
  Exec("DELETE FROM public.copy WHERE id = 50; INSERT INTO public.copy SELECT * FROM public.copy WHERE id = 51");
  EXPECT_NE(Difference(), "none");
}

TEST_F(Verification, FindsChangedValues) {
  for (const char* change : {"r = '' WHERE id = 3", "id = 1000 WHERE id = 1",
                             "at = at + interval '1 microsecond' WHERE "
                             "id = 7",
                             "f = f + 1e-14 WHERE id = 1", "r = NULL WHERE id = 1"}) {
    Exec(std::string("BEGIN; UPDATE public.copy SET ") + change);
    Exec("COMMIT");
    EXPECT_EQ(Difference(), "all 100 rows arrived, but not as they were") << change;
    Exec("TRUNCATE public.copy; INSERT INTO public.copy SELECT * FROM public.\"Source table\"");
    EXPECT_EQ(Difference(), "none");
  }
}

TEST_F(Verification, AMissingTableOrColumnIsADifference) {
  Exec("ALTER TABLE public.copy DROP COLUMN f");
  EXPECT_NE(Difference().find("\"f\" does not exist"), std::string::npos) << Difference();
  Exec("DROP TABLE public.copy");
  EXPECT_NE(Difference().find("does not exist"), std::string::npos) << Difference();
}

TEST_F(Verification, ALostServerIsAnError) {
  Exec("SELECT set_config('idle_session_timeout', '0', false)");
  EXPECT_FALSE(session_->Exec("SELECT pg_terminate_backend(pg_backend_pid())"));
  const auto difference = FindDifference(*session_, kCopy, columns_, content_);
  ASSERT_FALSE(difference);
  EXPECT_EQ(difference.error().code, ErrorCode::kConnection);
}

}  // namespace
}  // namespace rapidbyte::lab
