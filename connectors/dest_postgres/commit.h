// What became of a COMMIT that nobody answered: asked of the server over a connection of its own. Wasm-safe; one
// thread.
#pragma once

#include <string>

#include "base/result.h"

namespace rapidbyte::dest_postgres {

// A transaction, and the server it runs on: after a failover the address may be another's, where the number means
// nothing.
struct CommitTicket {
  std::string transaction;  // txid_current()
  std::string server;
};

// A column for sdk::QueryCatalog: the server of a ticket.
std::string TicketServer();

// Asks until the transaction has ended, for some seconds at most. kUnknown where the server cannot say or be asked.
CommitState LookUpCommit(const CommitTicket& ticket);

}  // namespace rapidbyte::dest_postgres
