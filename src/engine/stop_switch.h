// Ends the waits of one stage, but lets the answer to a COMMIT that is under way arrive first.
//
// Once COMMIT was sent only the server knows the outcome, so a wait for its answer that is cut short leaves it unknown.
// Any thread.
#pragma once

#include <mutex>

#include "net/connection.h"

namespace rapidbyte::engine {

class StopSwitch {
 public:
  void Stop();     // at once, or as soon as the commit that is under way is over
  void StopNow();  // whatever is under way

  // Before COMMIT is sent, and once its outcome is known. False: the stage was stopped before, so that nothing can be
  // sent any more.
  bool BeginCommit();
  void EndCommit();

  const net::CancelToken& token() const { return token_; }

 private:
  std::mutex mutex_;
  bool is_committing_ = false;
  bool is_asked_ = false;
  net::CancelToken token_;
};

}  // namespace rapidbyte::engine
