// Both stages of a run on threads of their own, and who stops whom.
//
// A destination that fails stops the source. A source that fails is heard of through the channel, behind the streams
// that came whole before; a destination that waits for its server in the very stream that has failed is stopped. An
// interrupt stops both, but for a commit that is under way: its answer is waited for. Stopping ends the waits of a
// stage and cancels what its server does; a guest that goes on for half a second after that is stopped wherever it is.
#pragma once

#include <atomic>
#include <functional>

#include "engine/channel.h"
#include "engine/runner.h"
#include "engine/stage.h"
#include "engine/stop_switch.h"

namespace rapidbyte::engine {

// Both stages, what is between them, and how each of them ended.
struct Stages {
  Stages(const Pipeline& pipeline, const RunOptions& options);

  StopSwitch stop_source;
  StopSwitch stop_destination;
  Channel channel;
  Stage source;
  Stage destination;
  std::atomic<bool> source_failed = false;
  Status source_end;
  Status destination_end;
};

// Moves all streams; returns when both stages have ended. Shows progress meanwhile.
void RunStages(Stages& stages, const RunOptions& options);

// `body`, which uses the stage, on a thread such as stages have; an interrupt stops it by `stop`.
void RunAlone(Stage& stage, const std::function<void()>& body, StopSwitch& stop, const RunOptions& options);

}  // namespace rapidbyte::engine
