#include "net/connect_error.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

namespace rapidbyte::net {
namespace {

struct Advice {
  std::string_view mark;  // a SQLSTATE, or a part of libpq's text
  std::string_view hint;
  bool retryable = false;
};

constexpr Advice kBySqlstate[] = {
    {"28P01", "check the user and the password of the pipeline's configuration"},
    {"28000", "check the user of the pipeline's configuration, and the server's pg_hba.conf"},
    {"3D000", "check the database of the pipeline's configuration; psql --list shows what there is"},
    {"42501", "the user needs the privilege CONNECT on that database"},
    {"53300", "the server has no free connection; close some, or raise its max_connections", true},
    {"57P03", "the server is starting up or shutting down; try again in a moment", true},
    {"55000", "the database does not accept connections; check pg_database.datallowconn"},
};

// The first that matches counts: several addresses may each have failed in a different way.
constexpr Advice kByText[] = {
    {"could not translate host name", "check the host of the pipeline's configuration"},
    {"no password supplied", "set the password in the pipeline's configuration, or in a password file"},
    {"No such file or directory", "is the server running, and is that its socket's folder and port?", true},
    {"Connection refused", "is the server running, and are host and port right?", true},
    {"timeout expired", "are host and port right, and does a firewall let them through?", true},
    {"No route to host", "are host and port right, and does a firewall let them through?", true},
    {"Network is unreachable", "are host and port right, and is this machine on the network?", true},
    {"server closed the connection unexpectedly", "look into the server's log; does a PostgreSQL server listen there?",
     true},
    {"does not support SSL", "the server has no TLS; set PGSSLMODE=prefer, or enable it there"},
    {"certificate", "check the server's certificate, PGSSLMODE and PGSSLROOTCERT"},
    {"received invalid response to SSL negotiation", "does a PostgreSQL server listen on that port?"},
};

constexpr Advice kGeneral = {"", "check host, port, user, password and database of the pipeline's configuration"};

std::string FoldWhitespace(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!space) folded += c;
    if (space && !folded.empty() && folded.back() != ' ') folded += ' ';
  }
  if (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

// Five digits and capitals, at least one digit: "28P01", unlike "FATAL".
bool IsSqlstate(std::string_view text) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto is_allowed = [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; };
  return text.size() == 5 && std::all_of(text.begin(), text.end(), is_allowed) &&
         std::any_of(text.begin(), text.end(), is_digit);
}

// Takes "28P01: " out of "FATAL: 28P01: password authentication failed".
void TakeSqlstate(std::string& line, std::vector<std::string>* sqlstates) {
  for (size_t at = line.find(": "); at != std::string::npos; at = line.find(": ", at + 1)) {
    const std::string code = line.substr(at + 2, 5);
    if (!IsSqlstate(code) || line.compare(at + 7, 2, ": ") != 0) continue;
    sqlstates->push_back(code);
    line.erase(at + 2, 7);
    return;
  }
}

// Lines that repeat what the hint says better, or that only the server's developers need.
bool IsNoise(std::string_view line) {
  return line.empty() || line.starts_with("Is the server running") || line.starts_with("LOCATION:") ||
         line.starts_with("This probably means the server terminated") ||
         line.starts_with("before or while processing the request");
}

const Advice& FindAdvice(const std::string& text, const std::vector<std::string>& sqlstates) {
  for (const std::string& sqlstate : sqlstates) {
    for (const Advice& advice : kBySqlstate) {
      if (advice.mark == sqlstate) return advice;
    }
  }
  for (const Advice& advice : kByText) {
    if (text.find(advice.mark) != std::string::npos) return advice;
  }
  return kGeneral;
}

}  // namespace

std::string OneLine(const std::string& text, std::vector<std::string>* sqlstates) {
  std::vector<std::string> told;
  std::istringstream lines(text);
  for (std::string raw; std::getline(lines, raw);) {
    std::string line = FoldWhitespace(raw);
    TakeSqlstate(line, sqlstates);
    if (!IsNoise(line) && std::find(told.begin(), told.end(), line) == told.end()) told.push_back(line);
  }
  std::string joined;
  for (const std::string& line : told) joined += (joined.empty() ? "" : "; ") + line;
  return joined;
}

std::string WithoutSecret(std::string text, const std::string& secret) {
  constexpr std::string_view mask = "***";
  if (secret.empty()) return text;
  const auto is_word = [&](size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
  };
  size_t at = text.find(secret);
  while (at != std::string::npos) {
    // at - 1 wraps around at the start, which is no word either.
    const size_t end = at + secret.size();
    const bool inside_word = (is_word(at) && is_word(at - 1)) || (is_word(end - 1) && is_word(end));
    if (!inside_word) text.replace(at, secret.size(), mask);
    at = text.find(secret, inside_word ? at + 1 : at + mask.size());
  }
  return text;
}

Error ConnectError(const ConnectFailure& failure) {
  std::vector<std::string> sqlstates;
  const std::string text = OneLine(failure.text, &sqlstates);
  const Advice& advice = FindAdvice(failure.needs_password ? "no password supplied" : text, sqlstates);
  Error error;
  error.code = ErrorCode::kConnection;
  error.message = WithoutSecret(text.empty() ? "cannot connect to PostgreSQL" : text, failure.secret);
  error.hint = std::string(advice.hint);
  error.retryable = advice.retryable;
  return error;
}

}  // namespace rapidbyte::net
