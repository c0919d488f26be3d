// The connections of one stage to its server, by the numbers that its connector knows them by.
//
// Opened by the host with credentials that the connector never sees, and only under names that its manifest asks for.
// Belongs to the stage's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/pipeline.h"
#include "net/connection.h"

namespace rapidbyte::engine {

using ConnectFunction =
    std::function<Result<std::unique_ptr<net::Connection>>(const net::PostgresTarget&, const net::CancelToken&)>;

class ConnectionTable {
 public:
  // `cancel` must outlive this.
  ConnectionTable(const PostgresConfig& server, const net::CancelToken& cancel, ConnectFunction connect);

  // The names that may be opened from now on; none at first.
  void Grant(std::vector<std::string> names) { granted_ = std::move(names); }

  // Connects; the number of the new connection. Adds the time it was blocked to *wait_nanos. Errors: kConnector for a
  // name that was not granted and for one connection too many, else as net::ConnectPostgres.
  Result<int32_t> Open(std::string_view name, uint64_t* wait_nanos);
  // Null where no connection of that number is open.
  net::Connection* Find(uint64_t number) const;
  void Close(uint64_t number);
  // Closes it after the server was asked to end what it is doing for it, since it would go on and keep its locks. For
  // all connections together this takes three seconds at most. Errors: the server could not be asked.
  Status Abandon(uint64_t number);
  size_t size() const { return connections_.size(); }  // above all numbers that are in use

 private:
  bool IsGranted(std::string_view name) const;

  const net::PostgresTarget target_;
  const net::CancelToken& cancel_;
  const ConnectFunction connect_;
  std::vector<std::string> granted_;
  uint64_t abandon_deadline_nanos_ = 0;                        // 0: nothing was abandoned yet
  std::vector<std::unique_ptr<net::Connection>> connections_;  // closed ones are null; their numbers are used again
};

}  // namespace rapidbyte::engine
