// What became of a COMMIT that nobody answered: asked of the server over a connection of its own. Wasm-safe; one
// thread.
#pragma once

#include <string>

#include "base/result.h"

namespace rapidbyte {

// A transaction, and the server it runs on: after a failover the address may be another's, where the number means
// nothing.
struct CommitTicket {
  std::string transaction;
  std::string server;
};

// Two columns of a SELECT inside the transaction: those of the ticket. Gives the transaction its number.
std::string TicketColumns();

// Asks until the transaction has ended, for some seconds at most. kUnknown where the server cannot say or be asked.
CommitState LookUpCommit(const CommitTicket& ticket);

}  // namespace rapidbyte
