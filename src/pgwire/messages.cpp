#include "pgwire/messages.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/utf8.h"

namespace rapidbyte::pgwire {
namespace {

std::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The fields of an ErrorResponse that we look at, each up to its zero byte.
// https://www.postgresql.org/docs/15/protocol-error-fields.html
struct ErrorFields {
  std::string_view sqlstate;
  std::string_view message;
  std::string_view detail;
  std::string_view hint;
  std::string_view where;
};

ErrorFields ParseFields(std::string_view rest) {
  ErrorFields fields;
  while (!rest.empty() && rest[0] != '\0') {
    const size_t end = std::min(rest.find('\0'), rest.size());
    const std::string_view value = rest.substr(1, end - 1);
    if (rest[0] == 'C') fields.sqlstate = value;
    if (rest[0] == 'M') fields.message = value;
    if (rest[0] == 'D') fields.detail = value;
    if (rest[0] == 'H') fields.hint = value;
    if (rest[0] == 'W') fields.where = value;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return fields;
}

struct Verdict {
  std::string_view sqlstate;  // all five characters, or the class that the state begins with
  std::string_view category;
  bool retryable;
  std::string_view hint;  // where the server gives none
};

// The first that matches. https://www.postgresql.org/docs/15/errcodes-appendix.html
constexpr Verdict kVerdicts[] = {
    {"28", "auth", false, "check the user and how the server lets it in (pg_hba.conf)"},
    {"25006", "permission", false, "the server is a standby, or transactions are read-only for this role or database"},
    {"42501", "permission", false, "grant the connecting role what the message names"},
    {"42", "schema", false, ""},
    {"3F", "schema", false, ""},
    {"3D", "config", false, "check the name of the database"},
    {"0A", "schema", false, ""},
    {"2BP01", "schema", false, ""},
    {"22", "data", false, ""},
    {"23", "data", false, "the destination's constraints refuse a row; compare its definition with the source's"},
    {"25006", "permission", false,
     "the source is only ever read, so a view that writes is refused; a standby or a read-only role takes no rows"},
    {"40", "transient_db", true, "run it again"},
    {"53100", "transient_db", false, "free some space on the server's disk, then run it again"},
    {"53", "transient_db", true, "the server is short of resources; run it again later"},
    {"54", "data", false, ""},
    {"55P03", "transient_db", true, "another session holds a lock; run it again later"},
    {"55000", "schema", false, ""},
    {"55006", "transient_db", true, "another session uses the object; run it again later"},
    {"57014", "transient_db", true, "the statement was cancelled, perhaps by statement_timeout"},
    {"57P", "transient_network", true, "the server shut the session down; run it again when it is up"},
    {"08", "transient_network", true, "check that the server is up"},
    {"58", "transient_db", false, "see the server's log"},
};

const Verdict* FindVerdict(std::string_view sqlstate) {
  for (const Verdict& verdict : kVerdicts) {
    if (sqlstate.starts_with(verdict.sqlstate)) return &verdict;
  }
  return nullptr;
}

constexpr size_t kMaxFieldBytes = 8 << 10;  // of what a server says for people

// At most kMaxFieldBytes of it, and whole characters.
std::string OneLine(std::string_view text) {
  std::string line(text.substr(0, kMaxFieldBytes));
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (line.size() == text.size()) return line;
  while (!line.empty() && IsContinuation(text[line.size()])) line.pop_back();
  return line + "…";
}

bool IsSqlState(std::string_view text) {
  return text.size() == 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

std::string Quote(std::string_view text, char mark) {
  std::string quoted(1, mark);
  for (const char letter : text) {
    if (letter == mark) quoted += mark;
    quoted += letter;
  }
  return quoted += mark;
}

}  // namespace

void MessageBuilder::Begin(char type) {
  bytes_.push_back(static_cast<uint8_t>(type));
  length_at_ = bytes_.size();
  Int32(0);
}

void MessageBuilder::End() { PatchLength(length_at_, 0); }

void MessageBuilder::PatchLength(size_t at, size_t excluded) {
  StoreBigEndian(&bytes_[at], static_cast<uint32_t>(bytes_.size() - at - excluded));
}

void MessageBuilder::Int16(uint16_t value) {
  bytes_.resize(bytes_.size() + sizeof value);
  StoreBigEndian(&bytes_[bytes_.size() - sizeof value], value);
}

void MessageBuilder::Int32(uint32_t value) {
  bytes_.resize(bytes_.size() + sizeof value);
  StoreBigEndian(&bytes_[bytes_.size() - sizeof value], value);
}

void MessageBuilder::CString(std::string_view text) {
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  bytes_.push_back(0);
}

MessageBuilder& MessageBuilder::Query(std::string_view sql) {
  Begin('Q');
  CString(sql);
  End();
  return *this;
}

MessageBuilder& MessageBuilder::Parse(std::string_view sql, std::span<const uint32_t> oids) {
  Begin('P');
  CString("");  // the statement
  CString(sql);
  Int16(static_cast<uint16_t>(oids.size()));
  for (const uint32_t oid : oids) Int32(oid);
  End();
  return *this;
}

MessageBuilder& MessageBuilder::BeginBind(uint16_t parameters) {
  Begin('B');
  CString("");  // the portal
  CString("");  // the statement
  Int16(1);     // one format for all parameters: binary
  Int16(1);
  Int16(parameters);
  return *this;
}

MessageBuilder& MessageBuilder::EndBind() {
  Int16(0);  // no formats of results
  End();
  return *this;
}

MessageBuilder& MessageBuilder::Execute() {
  Begin('E');
  CString("");  // the portal
  Int32(0);     // no limit of rows
  End();
  return *this;
}

MessageBuilder& MessageBuilder::Sync() {
  Begin('S');
  End();
  return *this;
}

MessageBuilder& MessageBuilder::CopyDone() {
  Begin('c');
  End();
  return *this;
}

Error ErrorFromServer(std::span<const uint8_t> body) {
  ErrorFields fields = ParseFields(AsText(body));
  if (!IsSqlState(fields.sqlstate)) fields.sqlstate = {};
  const Verdict* verdict = FindVerdict(fields.sqlstate);
  Error error;
  // A value the server cannot take is the data's fault; a constraint that refuses it (23) belongs to the server's side.
  const std::string_view sql_class = std::string_view(fields.sqlstate).substr(0, 2);
  error.code = sql_class == "22" || sql_class == "54" ? ErrorCode::kData : ErrorCode::kSource;
  error.message = fields.message.empty() ? "an error without a message" : OneLine(fields.message);
  if (!fields.detail.empty()) error.message += ": " + OneLine(fields.detail);
  if (!fields.where.empty()) error.message += " (" + OneLine(fields.where) + ")";
  error.message += " [" + std::string(fields.sqlstate) + "]";
  error.sqlstate = std::string(fields.sqlstate);
  error.category = verdict != nullptr ? verdict->category : "internal";
  error.retryable = verdict != nullptr && verdict->retryable;
  error.hint = OneLine(fields.hint);
  if (error.hint.empty() && verdict != nullptr) error.hint = verdict->hint;
  return error;
}

std::string_view CommandTag(std::span<const uint8_t> body) {
  const std::string_view tag = AsText(body);
  return tag.substr(0, tag.find('\0'));
}

uint64_t RowsOfCommandTag(std::string_view tag) {
  uint64_t rows = 0;
  for (const char digit : tag.substr(tag.rfind(' ') + 1)) {
    if (digit < '0' || digit > '9') return 0;
    rows = rows * 10 + static_cast<uint64_t>(digit - '0');
  }
  return rows;
}

std::string QuoteIdentifier(std::string_view name) { return Quote(name, '"'); }

std::string QuoteLiteral(std::string_view text) { return Quote(text, '\''); }

}  // namespace rapidbyte::pgwire
