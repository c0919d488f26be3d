#include "net/peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace rapidbyte::net {
namespace {

// A probe of a closed window that is not answered may be lost; the next one comes up to two minutes later.
constexpr uint8_t kMaxProbes = 1;

}  // namespace

bool PeerIsSilent(int fd, uint64_t silence_nanos) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
  const bool awaits_answer = info.tcpi_unacked > 0 || info.tcpi_probes > kMaxProbes;
  return awaits_answer && uint64_t{info.tcpi_last_ack_recv} * 1'000'000u >= silence_nanos;
}

}  // namespace rapidbyte::net
