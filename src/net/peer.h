// Whether the other end of a TCP connection is still there. Any thread.
#pragma once

#include <cstdint>

namespace rapidbyte::net {

// Whether the peer has been sent something and has not acknowledged anything for `silence_nanos`. False for sockets
// that are not TCP, and for a peer that acknowledges but takes no more bytes for now, however long: a server that
// waits for a lock in the middle of COPY does that. TCP_USER_TIMEOUT would give such a one up.
bool PeerIsSilent(int fd, uint64_t silence_nanos);

}  // namespace rapidbyte::net
