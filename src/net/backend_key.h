// The key by which a session's statements can be cancelled, as the server hands it out while the session is made.
//
// libpq keeps it to itself: PQcancel of version 15 blocks and does not use TLS. So it is read out of what PQgetCancel
// gives, whose layout is the same in the versions 10 to 17, and only where address and process id are those of the
// session. Not out of PQtrace, which reads past the end of messages that are not what they seem. Any thread.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <optional>

namespace rapidbyte::net {

struct BackendKey {
  int32_t pid = 0;
  int32_t key = 0;
};

// Of a session that is made. Nothing where the server gave no key, or this libpq is another one.
std::optional<BackendKey> KeyOf(PGconn* session);

}  // namespace rapidbyte::net
