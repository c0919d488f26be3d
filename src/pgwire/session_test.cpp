#include "pgwire/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/bytes.h"

namespace rapidbyte::pgwire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_literals;

// Gives out a script in pieces of at most `piece` bytes and keeps what is written.
class ScriptedTransport final : public Transport {
 public:
  explicit ScriptedTransport(std::string script, size_t piece = SIZE_MAX) : script_(std::move(script)), piece_(piece) {}

  Result<size_t> Read(std::span<uint8_t> buffer) override {
    EXPECT_FALSE(buffer.empty());
    const size_t size = std::min({buffer.size(), piece_, script_.size()});
    std::copy_n(script_.begin(), size, buffer.begin());
    script_.erase(0, size);
    return size;
  }

  Status Write(std::span<const uint8_t> bytes) override {
    if (broken) return Fail(ErrorCode::kConnection, "broken pipe");
    written.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }

  std::string written;
  bool broken = false;

 private:
  std::string script_;
  size_t piece_;
};

std::string Message(char type, const std::string& body = {}) {
  std::string message(5, type);
  StoreBigEndian(message.data() + 1, static_cast<uint32_t>(body.size() + 4));
  return message + body;
}

std::string Ready() { return Message('Z', "I"); }
std::string Tag(const std::string& tag) { return Message('C', tag + "\0"s); }
std::string ServerError(const std::string& state, const std::string& text) {
  return Message('E', "VERROR\0C"s + state + "\0M"s + text + "\0\0"s);
}

std::string Value(const std::string& value) {
  std::string bytes(4, '\0');
  StoreBigEndian(bytes.data(), static_cast<int32_t>(value.size()));
  return bytes + value;
}
const std::string kNull = "\xff\xff\xff\xff"s;

const std::string kTwoRows = Message('T', "\0\0"s) + Message('D', "\0\2"s + Value("one") + kNull) +
                             Message('D', "\0\2"s + Value("") + Value("größer")) + Tag("SELECT 2") + Ready();

void ExpectTwoRows(const Result<Rows>& rows) {
  ASSERT_TRUE(rows) << rows.error().message;
  std::vector<std::vector<pgwire::Value>> values;
  for (const Row& row : *rows) {
    auto& all = values.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) all.push_back(row[i]);
  }
  EXPECT_THAT(values, ElementsAre(ElementsAre("one", std::nullopt), ElementsAre("", "größer")));
}

TEST(Session, ReturnsTheRowsOfAQuery) {
  ScriptedTransport transport(kTwoRows);
  Session session(transport);
  ExpectTwoRows(session.Query("SELECT"));
  EXPECT_EQ(transport.written, Message('Q', "SELECT\0"s));
}

TEST(Session, TakesBytesInAnyPieces) {
  for (const size_t piece : {1, 2, 3, 7}) {
    ScriptedTransport transport(kTwoRows, piece);
    Session session(transport);
    ExpectTwoRows(session.Query("SELECT"));
  }
}

TEST(Session, SkipsAsynchronousMessagesAnywhere) {
  const std::string noise =
      Message('S', "TimeZone\0UTC\0"s) + Message('N', "Mnotice\0\0"s) + Message('A', "\0\0\0\1a\0b\0"s);
  ScriptedTransport transport(noise + Message('T', "\0\0"s) + noise + Message('D', "\0\1"s + Value("1")) + noise +
                              Tag("SELECT 1") + noise + Ready());
  Session session(transport);
  const auto rows = session.Query("SELECT 1");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].Text(0), "1");
}

TEST(Session, IsIdleAgainAfterAnError) {
  ScriptedTransport transport(ServerError("42P01", "no table") + Ready() + kTwoRows);
  Session session(transport);
  const auto refused = session.Query("SELECT");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("no table"));
  EXPECT_EQ(refused.error().category, "schema");
  ExpectTwoRows(session.Query("SELECT"));
}

TEST(Session, SaysThatTheServerClosedTheConnection) {
  ScriptedTransport transport(kTwoRows.substr(0, kTwoRows.size() / 2));
  Session session(transport);
  const auto rows = session.Query("SELECT");
  ASSERT_FALSE(rows);
  EXPECT_THAT(rows.error().message, HasSubstr("closed the connection"));
  EXPECT_EQ(rows.error().category, "transient_network");
  EXPECT_TRUE(rows.error().retryable);
}

TEST(Session, PrefersTheServersLastWordToItsSilence) {
  ScriptedTransport transport(ServerError("57P01", "terminating connection"));
  Session session(transport);
  const auto rows = session.Query("SELECT");
  ASSERT_FALSE(rows);
  EXPECT_THAT(rows.error().message, HasSubstr("terminating connection"));
}

TEST(Session, ExplainsAFailedWriteByWhatTheServerSaid) {
  ScriptedTransport transport(Message('N', "Mnotice\0\0"s) + ServerError("53100", "disk full"));
  transport.broken = true;
  Session session(transport);
  const auto rows = session.Query("SELECT");
  ASSERT_FALSE(rows);
  EXPECT_THAT(rows.error().message, HasSubstr("disk full"));
}

TEST(Session, PassesAFailedWriteOnWhereTheServerSaidNothing) {
  ScriptedTransport transport("");
  transport.broken = true;
  Session session(transport);
  const auto rows = session.Query("SELECT");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().message, "broken pipe");
}

TEST(Session, RefusesMalformedMessages) {
  const std::string malformed[] = {"Z\0\0\0\3"s,
                                   "D\x7f\xff\xff\xff"s,
                                   "D\xff\xff\xff\xff"s,
                                   "E\x01\0\0\1"s,
                                   Message('~') + Ready(),
                                   Message('G', "\1\0\0"s) + Ready(),
                                   Message('D', "\0"s) + Ready(),
                                   Message('D', "\0\2"s + Value("one")) + Ready(),
                                   Message('D', "\0\1"s + Value("one") + "more") + Ready(),
                                   Message('D', "\0\1\0\0\0\5abcd"s) + Ready()};
  for (const std::string& script : malformed) {
    ScriptedTransport transport(script);
    Session session(transport);
    const auto rows = session.Query("SELECT");
    ASSERT_FALSE(rows);
    EXPECT_THAT(rows.error().message, HasSubstr("what no PostgreSQL server sends"));
  }
}

TEST(Session, BoundsTheRowsOfAQuery) {
  std::string script;
  for (int i = 0; i < 20; ++i) script += Message('D', "\0\1"s + Value(std::string(8 << 20, 'x')));
  ScriptedTransport transport(script + Ready());
  Session session(transport);
  const auto rows = session.Query("SELECT");
  ASSERT_FALSE(rows);
  EXPECT_THAT(rows.error().message, HasSubstr("more than 128 MiB of rows"));
}

TEST(Rows, HaveNullWhereTheServerSentNothing) {
  ScriptedTransport transport(kTwoRows);
  Session session(transport);
  const auto rows = session.Query("SELECT");
  ASSERT_TRUE(rows);
  EXPECT_EQ((*rows)[0][7], std::nullopt);
  EXPECT_EQ((*rows)[7][0], std::nullopt);
  EXPECT_EQ((*rows)[7].Text(7), "");
  EXPECT_FALSE((*rows)[0].IsTrue(7));
}

TEST(Session, GivesTheRawBytesOfACopyOut) {
  const std::string rows = Message('d', "header") + Message('d', std::string(300'000, 'x'));
  ScriptedTransport transport(Message('H', "\1\0\0"s) + rows + Message('c') + Tag("COPY 1") + Ready() + kTwoRows, 1000);
  Session session(transport);
  ASSERT_TRUE(session.BeginCopyOut("COPY t TO STDOUT"));
  std::string received;
  while (received.size() < rows.size()) {
    if (session.Received().empty()) {
      ASSERT_TRUE(session.ReadMore(1));
    }
    const size_t size = std::min(session.Received().size(), rows.size() - received.size());
    received.append(reinterpret_cast<const char*>(session.Received().data()), size);
    session.Consume(size);
  }
  EXPECT_TRUE(received == rows);
  EXPECT_TRUE(session.EndCopyOut());
  ExpectTwoRows(session.Query("SELECT"));
}

TEST(Session, ReadsAMessageLargerThanItsBuffer) {
  const std::string row = Message('d', std::string(5'000'000, 'x'));
  ScriptedTransport transport(Message('H', "\1\0\0"s) + row, 100'000);
  Session session(transport);
  ASSERT_TRUE(session.BeginCopyOut("COPY"));
  ASSERT_TRUE(session.ReadMore(row.size()));
  ASSERT_GE(session.Received().size(), row.size());
  EXPECT_TRUE(std::equal(row.begin(), row.end(), session.Received().begin(),
                         [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; }));
}

TEST(Session, ReportsAnErrorAfterSomeRowsOfACopyOut) {
  ScriptedTransport transport(Message('H', "\1\0\0"s) + Message('d', "row") + ServerError("22012", "division by zero") +
                              Ready());
  Session session(transport);
  ASSERT_TRUE(session.BeginCopyOut("COPY"));
  const Status ended = session.EndCopyOut();
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().message, HasSubstr("division by zero"));
}

TEST(Session, CopiesIn) {
  ScriptedTransport transport(Message('G', "\1\0\0"s) + Tag("COPY 5") + Ready());
  Session session(transport);
  ASSERT_TRUE(session.BeginCopyIn("COPY t FROM STDIN"));
  transport.written.clear();
  const std::string data = Message('d', "rows");
  ASSERT_TRUE(session.WriteCopyData({reinterpret_cast<const uint8_t*>(data.data()), data.size()}));
  const auto rows = session.EndCopyIn();
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, 5u);
  EXPECT_EQ(transport.written, data + Message('c'));
}

TEST(Session, ReportsARefusedCopyIn) {
  ScriptedTransport transport(ServerError("42501", "permission denied") + Ready() + Message('G', "\1\0\0"s) +
                              ServerError("23505", "duplicate") + Ready());
  Session session(transport);
  const Status refused = session.BeginCopyIn("COPY");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, "permission");
  ASSERT_TRUE(session.BeginCopyIn("COPY"));
  const auto rows = session.EndCopyIn();
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().category, "data");
}

TEST(Session, ExecutesAPreparedStatementInAPipeline) {
  ScriptedTransport transport(Message('1') + Ready() + Message('2') + Tag("INSERT 0 3") + Ready() + Message('2') +
                              ServerError("23502", "null value") + Ready());
  Session session(transport);
  const uint32_t oids[] = {1007};
  ASSERT_TRUE(session.Prepare("INSERT", oids));
  MessageBuilder builder;
  builder.BeginBind(0).EndBind().Execute().Sync();
  ASSERT_TRUE(session.Send(builder.bytes()));
  ASSERT_TRUE(session.Send(builder.bytes()));
  const auto first = session.FinishExecution();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(*first, 3u);
  const auto second = session.FinishExecution();
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("null value"));
}

TEST(Session, GoesOnAfterALargeRow) {
  const std::string large(20 << 20, 'x');
  ScriptedTransport transport(Message('H', "\1\0\0"s) + Message('d', large) + Message('d', "small") + Message('c') +
                              Tag("COPY 2") + Ready());
  Session session(transport);
  ASSERT_TRUE(session.BeginCopyOut("COPY t TO STDOUT"));
  ASSERT_TRUE(session.ReadMore(5 + large.size()));
  session.Consume(5 + large.size());
  const std::string small = Message('d', "small");
  if (session.Received().size() < small.size()) {
    ASSERT_TRUE(session.ReadMore(small.size()));
  }
  EXPECT_EQ(std::string(session.Received().begin(), session.Received().begin() + static_cast<ptrdiff_t>(small.size())),
            small);
  session.Consume(small.size());
  EXPECT_TRUE(session.EndCopyOut());
}

TEST(Session, KeepsTheTagOfWhatEndedLast) {
  ScriptedTransport transport(Tag("SAVEPOINT") + Tag("INSERT 0 5") + Ready() + Tag("ROLLBACK") + Ready());
  Session session(transport);
  EXPECT_EQ(session.Execute("SAVEPOINT s; INSERT").value(), 5u);
  EXPECT_TRUE(session.Query("COMMIT"));
  EXPECT_EQ(session.last_tag(), "ROLLBACK");
}

}  // namespace
}  // namespace rapidbyte::pgwire
