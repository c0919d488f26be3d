// The key by which a session's statements can be cancelled, as the server hands it out while the session is made.
//
// libpq keeps it to itself: the structure behind PQgetCancel is private, and PQcancel of version 15 blocks and does
// not use TLS. What PQtrace tells is public, so the key is read from there. Passwords are not traced. One thread.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace rapidbyte::net {

struct BackendKey {
  int32_t pid = 0;
  int32_t key = 0;
};

// Listens from its construction, right after PQconnectStart, to its end, before that of the session.
class BackendKeyTrace {
 public:
  explicit BackendKeyTrace(PGconn* session);
  ~BackendKeyTrace();
  BackendKeyTrace(const BackendKeyTrace&) = delete;
  BackendKeyTrace& operator=(const BackendKeyTrace&) = delete;

  // Once the session is made. Nothing where the server gave no key.
  std::optional<BackendKey> Key() const;

 private:
  static ssize_t Take(void* self, const char* text, size_t size);
  void TakeLine();

  PGconn* session_;
  FILE* file_;
  std::string line_;  // the current one, not more than a key's line may have
  std::optional<BackendKey> key_;
};

}  // namespace rapidbyte::net
