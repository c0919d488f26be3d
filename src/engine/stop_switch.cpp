#include "engine/stop_switch.h"

namespace rapidbyte::engine {

void StopSwitch::Stop() {
  const std::lock_guard lock(mutex_);
  is_asked_ = true;
  if (!is_committing_) token_.Cancel();
}

void StopSwitch::StopNow() {
  const std::lock_guard lock(mutex_);
  is_asked_ = true;
  token_.Cancel();
}

bool StopSwitch::BeginCommit() {
  const std::lock_guard lock(mutex_);
  is_committing_ = !is_asked_;
  return is_committing_;
}

void StopSwitch::EndCommit() {
  const std::lock_guard lock(mutex_);
  is_committing_ = false;
  if (is_asked_) token_.Cancel();
}

}  // namespace rapidbyte::engine
