#include "pgwire/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::pgwire {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string Text(std::span<const uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

Error Refused(const std::string& fields) { return ErrorFromServer(Bytes(fields + "\0"s)); }

Error RefusedWith(const std::string& sqlstate) { return Refused("SERROR\0VERROR\0C"s + sqlstate + "\0Mno\0"s); }

// In the connectors' 32 bits as in the host's 64.
TEST(MessageBytes, CountTheTypeAndNeverWrap) {
  static_assert(MessageBytes<uint32_t>(4, 100) == 5u);
  static_assert(MessageBytes<uint64_t>(4, 100) == 5u);
  static_assert(MessageBytes<uint32_t>(99, 100) == 100u);
  static_assert(MessageBytes<uint64_t>(99, 100) == 100u);
  for (const uint32_t impossible : {0u, 3u, 100u, 0x7fff'ffffu, 0x8000'0000u, 0xffff'fffeu, 0xffff'ffffu}) {
    EXPECT_EQ(MessageBytes<uint32_t>(impossible, 100), std::nullopt) << impossible;
    EXPECT_EQ(MessageBytes<uint64_t>(impossible, 100), std::nullopt) << impossible;
  }
  EXPECT_EQ(MessageBytes<uint32_t>(0xffff'ffff, UINT32_MAX), std::nullopt);
  EXPECT_EQ(MessageBytes<uint64_t>(0xffff'ffff, UINT64_MAX), uint64_t{1} << 32);
}

TEST(MessageBuilder, FramesAQuery) {
  MessageBuilder builder;
  EXPECT_EQ(Text(builder.Query("SELECT 1").bytes()), "Q\0\0\0\rSELECT 1\0"s);
}

TEST(MessageBuilder, AppendsOneMessageAfterTheOther) {
  MessageBuilder builder;
  builder.Query("").CopyDone().Sync();
  EXPECT_EQ(Text(builder.bytes()), "Q\0\0\0\5\0c\0\0\0\4S\0\0\0\4"s);
  builder.Clear();
  EXPECT_TRUE(builder.bytes().empty());
}

TEST(MessageBuilder, ParsesWithTypesOfParameters) {
  MessageBuilder builder;
  const uint32_t oids[] = {1007, 1009};
  EXPECT_EQ(Text(builder.Parse("X", oids).bytes()), "P\0\0\0\x11\0X\0\0\2\0\0\x03\xef\0\0\x03\xf1"s);
}

TEST(MessageBuilder, BindsBinaryValuesWithTheirLengths) {
  MessageBuilder builder;
  builder.BeginBind(2);
  builder.BindValue([](std::vector<uint8_t>& out) { out.insert(out.end(), {1, 2, 3}); });
  builder.BindValue([](std::vector<uint8_t>&) {});
  builder.EndBind().Execute();
  EXPECT_EQ(Text(builder.bytes()),
            "B\0\0\0\x19\0\0\0\1\0\1\0\2\0\0\0\3\1\2\3\0\0\0\0\0\0"s
            "E\0\0\0\x09\0\0\0\0\0"s);
}

TEST(ErrorFromServer, KeepsMessageDetailHintAndState) {
  const Error error =
      Refused("SFEHLER\0VERROR\0C23505\0Mduplicate key\0DKey (id)=(1)\nalready exists.\0Htry another\0tthings\0"s);
  EXPECT_THAT(error.message, HasSubstr("duplicate key"));
  EXPECT_THAT(error.message, HasSubstr("Key (id)=(1)"));
  EXPECT_THAT(error.message, HasSubstr("23505"));
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
  EXPECT_EQ(error.hint, "try another");
  EXPECT_EQ(error.category, "data");
  EXPECT_FALSE(error.retryable);
}

struct CategoryCase {
  const char* sqlstate;
  const char* category;
  bool retryable;
};

class SqlState : public testing::TestWithParam<CategoryCase> {};

TEST_P(SqlState, DecidesCategoryAndRetry) {
  const Error error = RefusedWith(GetParam().sqlstate);
  EXPECT_EQ(error.category, GetParam().category);
  EXPECT_EQ(error.retryable, GetParam().retryable);
}

INSTANTIATE_TEST_SUITE_P(Categories, SqlState,
                         testing::Values(CategoryCase{"28P01", "auth", false},              // wrong password
                                         CategoryCase{"42501", "permission", false},        // may not
                                         CategoryCase{"42P01", "schema", false},            // no table
                                         CategoryCase{"42703", "schema", false},            // no column
                                         CategoryCase{"3F000", "schema", false},            // no schema
                                         CategoryCase{"22P02", "data", false},              // no such value
                                         CategoryCase{"23502", "data", false},              // not null
                                         CategoryCase{"53100", "transient_db", false},      // disk full
                                         CategoryCase{"53300", "transient_db", true},       // connections
                                         CategoryCase{"40001", "transient_db", true},       // serialisation
                                         CategoryCase{"40P01", "transient_db", true},       // deadlock
                                         CategoryCase{"57P01", "transient_network", true},  // shut down
                                         CategoryCase{"08006", "transient_network", true},  // connection lost
                                         CategoryCase{"XX000", "internal", false}));

TEST(ErrorFromServer, SaysSomethingAboutAnEmptyBody) {
  const Error error = ErrorFromServer({});
  EXPECT_FALSE(error.message.empty());
  EXPECT_EQ(error.category, "internal");
}

TEST(ErrorFromServer, TakesABodyThatBreaksOff) {
  EXPECT_THAT(ErrorFromServer(Bytes("C22000\0Mhalf a mess"s)).message, HasSubstr("half a mess"));
}

TEST(ErrorFromServer, CutsWhatIsTooLongToBeRead) {
  const Error error = Refused("CXX000\0M"s + std::string(100'000, 'x') + "\0D"s + std::string(8191, 'y') + "ß\0H"s +
                              std::string(100'000, 'z') + "\0"s);
  EXPECT_LT(error.message.size(), 20'000u);
  EXPECT_THAT(error.message, HasSubstr("y… [XX000]")) << "whole characters only";
  EXPECT_LT(error.hint.size(), 10'000u);
}

TEST(ErrorFromServer, TakesForAStateWhatIsOne) {
  EXPECT_EQ(RefusedWith("42P01").sqlstate, "42P01");
  for (const char* odd : {"42", "42p01", "4 P01", "42P01X", "\x1b[31m"})
    EXPECT_EQ(RefusedWith(odd).sqlstate, "") << odd;
}

TEST(CommandTag, EndsAtItsZeroByte) {
  EXPECT_EQ(CommandTag(Bytes("ROLLBACK\0"s)), "ROLLBACK");
  EXPECT_EQ(CommandTag(Bytes("COPY 5"s)), "COPY 5");
  EXPECT_EQ(CommandTag({}), "");
}

TEST(RowsOfCommandTag, IsItsLastNumber) {
  EXPECT_EQ(RowsOfCommandTag("COPY 5"), 5u);
  EXPECT_EQ(RowsOfCommandTag("INSERT 0 10000000000"), 10'000'000'000u);
  EXPECT_EQ(RowsOfCommandTag("BEGIN"), 0u);
  EXPECT_EQ(RowsOfCommandTag("CREATE TABLE"), 0u);
  EXPECT_EQ(RowsOfCommandTag(""), 0u);
}

TEST(Quoting, DoublesQuotes) {
  EXPECT_EQ(QuoteIdentifier("plain"), "\"plain\"");
  EXPECT_EQ(QuoteIdentifier("a\"b Größe"), "\"a\"\"b Größe\"");
  EXPECT_EQ(QuoteLiteral("it's"), "'it''s'");
  EXPECT_EQ(QuoteLiteral("back\\slash"), "'back\\slash'");
}

}  // namespace
}  // namespace rapidbyte::pgwire
