// Errors as values.
//
// Every fallible function returns Result<T>. An Error says what was wrong, where, and what to do; callers add
// context on the way up with Context(). ErrorCode decides the process's exit code, and nothing else does.
// Wasm-safe: no exceptions, no threads, no formatting library. Values may be moved between threads.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace rapidbyte {

// The class of a failure, named after what the user has to look at. docs/exit_codes.md has the table.
enum class ErrorCode {
  kUsage = 10,
  kConfiguration = 11,
  kConnection = 12,  // no server, refused, wrong password
  kSource = 13,
  kDestination = 14,
  kData = 15,       // a value or a row that cannot be carried
  kConnector = 16,  // a connector trapped, or was refused
  kVerification = 17,
  kInternal = 20,
  kInterrupted = 130,
};

// What is known about the destination's transaction at the moment of failure.
enum class CommitState { kNotCommitted, kCommitted, kUnknown };

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;   // what was wrong and where, one line, no password
  std::string hint;      // what to do about it; may be empty
  std::string category;  // a connector's own word for it (docs/formats/connector_abi.md); may be empty
  bool retryable = false;
  CommitState commit = CommitState::kNotCommitted;
  std::string sqlstate;  // the server's five characters where a server refused, else empty
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> Fail(ErrorCode code, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(
      Error{code, std::move(message), std::move(hint), {}, false, CommitState::kNotCommitted, {}});
}

inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// Prefixes the message: Context("stream \"orders\"", e) says «stream "orders": …».
inline tl::unexpected<Error> Context(std::string_view where, Error error) {
  error.message = std::string(where) + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace rapidbyte

// Evaluates `expression` (a Result or Status) and returns its error to the caller, if it has one.
#define RB_TRY(expression)                                                       \
  do {                                                                           \
    auto rb_try_status = (expression);                                           \
    if (!rb_try_status) return tl::unexpected(std::move(rb_try_status.error())); \
  } while (false)

#define RB_CONCAT_INNER(a, b) a##b
#define RB_CONCAT(a, b) RB_CONCAT_INNER(a, b)
#define RB_ASSIGN_INNER(temporary, declaration, expression)            \
  auto temporary = (expression);                                       \
  if (!temporary) return tl::unexpected(std::move(temporary.error())); \
  declaration = std::move(*temporary)

// RB_ASSIGN(auto x, F()): x takes the value of F(), or the error of F() is returned to the caller.
#define RB_ASSIGN(declaration, expression) RB_ASSIGN_INNER(RB_CONCAT(rb_result_, __LINE__), declaration, expression)
