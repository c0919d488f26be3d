// The host functions about connections: opened, read, written, and closed in a way that leaves nothing running.
#include <spdlog/spdlog.h>

#include <climits>
#include <utility>

#include "base/printable.h"
#include "engine/host_functions.h"

namespace rapidbyte::engine {
namespace {

using wasm::GuestMemory;

constexpr int32_t kDone = 0;

}  // namespace

HostFunctions::Answer HostFunctions::NetConnect(GuestMemory memory, const uint64_t* args) {
  const uint8_t* text = memory.At(args[0], args[1]);
  if (text == nullptr) return std::nullopt;
  const std::string_view name(reinterpret_cast<const char*>(text), args[1]);
  Result<int32_t> number = connections_.Open(name, &wait_nanos_);
  if (number) return *number;
  if (number.error().code == ErrorCode::kConnector) return Misused(number.error().message);
  return Failed(number.error());
}

HostFunctions::Answer HostFunctions::NetRead(GuestMemory memory, const uint64_t* args) {
  uint8_t* buffer = memory.At(args[1], args[2]);
  if (buffer == nullptr || args[2] > INT32_MAX) return std::nullopt;
  net::Connection* connection = connections_.Find(args[0]);
  if (connection == nullptr) return Misused("read from a connection that is not open");
  Result<size_t> size = connection->Read({buffer, args[2]}, &wait_nanos_);
  if (!size) return NetFailed(std::move(size.error()));
  wire_bytes_ = *size;
  return static_cast<int32_t>(*size);
}

HostFunctions::Answer HostFunctions::NetWrite(GuestMemory memory, const uint64_t* args) {
  const uint8_t* bytes = memory.At(args[1], args[2]);
  if (bytes == nullptr) return std::nullopt;
  net::Connection* connection = connections_.Find(args[0]);
  if (connection == nullptr) return Misused("wrote to a connection that is not open");
  Status written = connection->Write({bytes, args[2]}, &wait_nanos_);
  if (!written) return NetFailed(std::move(written.error()));
  wire_bytes_ = args[2];
  return kDone;
}

HostFunctions::Answer HostFunctions::NetClose(const uint64_t* args) {
  if (connections_.Find(args[0]) == nullptr) return Misused("closed a connection that is not open");
  CloseConnection(args[0]);
  return kDone;
}

// A connection that breaks once it is open is a matter of this side's server, not of connecting.
HostFunctions::Answer HostFunctions::NetFailed(Error error) {
  if (error.code == ErrorCode::kConnection) {
    error.code = side_ == Side::kSource ? ErrorCode::kSource : ErrorCode::kDestination;
    error.category = "transient_network";
    error.retryable = true;
  }
  return Failed(error);
}

// A connector that is stopped or has failed may leave its server in the middle of something. After COMMIT was sent that
// is the commit, which is not to be touched.
void HostFunctions::CloseConnection(uint64_t number) {
  const bool in_the_middle = export_ == Export::kFailed || (export_ == Export::kRunning && stop_.token().cancelled());
  if (!in_the_middle || commit_ == Commit::kUnderWay) return connections_.Close(number);
  if (const Status asked = connections_.Abandon(number); !asked) {
    spdlog::warn("{}: {}", name_, Printable(asked.error().message));
  }
}

void HostFunctions::CloseConnections() {
  for (size_t number = 0; number < connections_.size(); ++number) CloseConnection(number);
}

}  // namespace rapidbyte::engine
