// Waiting for another process's lock: for a while, and hardly at all once the user wants us to end. Any thread.
#pragma once

#include <cstdint>

namespace rapidbyte::os {

// Called by the handlers of SIGINT, SIGTERM and SIGHUP; async-signal-safe.
void NoteStopSignal();
// Whether the first of them came a second ago or earlier: whatever still goes on is to end.
bool StopSignalIsOld();

class Patience {
 public:
  Patience();
  // Sleeps for a moment, longer from time to time. False where it has lasted a minute; or, after a stop signal, a
  // second: what is written down at the end of an interrupted run still meets its peers.
  bool WaitAgain();

 private:
  uint64_t start_ns_;
  uint64_t pause_ns_;
};

}  // namespace rapidbyte::os
