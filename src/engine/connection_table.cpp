#include "engine/connection_table.h"

#include <algorithm>

#include "base/clock.h"

namespace rapidbyte::engine {
namespace {

constexpr size_t kMaxConnections = 16;
constexpr uint64_t kAbandonNanos = 3'000'000'000;

net::PostgresTarget TargetOf(const PostgresConfig& config) {
  net::PostgresTarget target;
  target.host = config.host;
  target.port = config.port;
  target.user = config.user;
  target.password = config.password;
  target.database = config.database;
  target.connect_timeout_ms = config.connect_timeout_ms;
  return target;
}

}  // namespace

ConnectionTable::ConnectionTable(const PostgresConfig& server, const net::CancelToken& cancel, ConnectFunction connect)
    : target_(TargetOf(server)), cancel_(cancel), connect_(std::move(connect)) {}

bool ConnectionTable::IsGranted(std::string_view name) const {
  return std::find(granted_.begin(), granted_.end(), name) != granted_.end();
}

Result<int32_t> ConnectionTable::Open(std::string_view name, uint64_t* wait_nanos) {
  if (!IsGranted(name)) return Fail(ErrorCode::kConnector, "asked for a connection that its manifest does not name");
  const auto free = std::find(connections_.begin(), connections_.end(), nullptr);
  const auto number = static_cast<size_t>(free - connections_.begin());
  if (number == kMaxConnections) return Fail(ErrorCode::kConnector, "asked for too many connections at once");
  const uint64_t start = MonotonicNanos();
  const uint64_t cpu_start = ThreadCpuNanos();
  Result<std::unique_ptr<net::Connection>> connection = connect_(target_, cancel_);
  // Connecting waits for the server all the way: what was not work was waiting.
  const uint64_t wall = MonotonicNanos() - start;
  const uint64_t cpu = ThreadCpuNanos() - cpu_start;
  *wait_nanos += wall > cpu ? wall - cpu : 0;
  if (!connection) return Fail(connection.error());
  if (number == connections_.size()) connections_.emplace_back();
  connections_[number] = std::move(*connection);
  return static_cast<int32_t>(number);
}

net::Connection* ConnectionTable::Find(uint64_t number) const {
  return number < connections_.size() ? connections_[number].get() : nullptr;
}

void ConnectionTable::Close(uint64_t number) {
  if (number < connections_.size()) connections_[number].reset();
}

Status ConnectionTable::Abandon(uint64_t number) {
  net::Connection* connection = Find(number);
  if (connection == nullptr) return {};
  if (abandon_deadline_nanos_ == 0) abandon_deadline_nanos_ = MonotonicNanos() + kAbandonNanos;
  Status cancelled = connection->CancelStatement(abandon_deadline_nanos_);
  Close(number);
  return cancelled;
}

}  // namespace rapidbyte::engine
