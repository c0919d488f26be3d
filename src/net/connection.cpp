#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/clock.h"
#include "net/peer.h"
#include "net/stream_connection.h"

namespace rapidbyte::net {
namespace {

using State = Transfer::State;

constexpr size_t kMaxKeptBytes = 4 << 20;
constexpr size_t kKeepStepBytes = 64 << 10;
constexpr const char* kClosed = "the server closed the connection";
constexpr const char* kLostHint = "look into the server's log; was it stopped, or did it crash?";

Error ConnectionLost(const std::string& text) {
  Error error = Fail(ErrorCode::kConnection, text, kLostHint).value();
  error.retryable = true;
  return error;
}

}  // namespace

Result<size_t> StreamConnection::Read(std::span<uint8_t> buffer, uint64_t* wait_nanos) {
  RB_CHECK(!buffer.empty());
  if (cancel_.cancelled()) return Fail(InterruptedError());
  if (kept_taken_ < kept_.size()) return TakeKept(buffer);
  while (!ended_) {
    const Transfer transfer = transport_.Receive(buffer);
    if (transfer.state == State::kDone) return transfer.bytes;
    if (transfer.state == State::kFailed) {
      ended_ = true;
      return Fail(ConnectionLost(transfer.error));
    }
    if (transfer.state == State::kEnd) break;
    const bool to_write = transfer.state == State::kWantWrite;
    const auto ready = Wait({.readable = !to_write, .writable = to_write}, wait_nanos);
    if (!ready) return Fail(ready.error());
  }
  ended_ = true;
  return size_t{0};
}

Status StreamConnection::Write(std::span<const uint8_t> bytes, uint64_t* wait_nanos) {
  if (cancel_.cancelled()) return Fail(InterruptedError());
  while (write_failure_.empty() && !bytes.empty()) {
    const Transfer transfer = transport_.Send(bytes);
    if (transfer.state == State::kDone) {
      bytes = bytes.subspan(transfer.bytes);
    } else if (transfer.state == State::kWantRead || transfer.state == State::kWantWrite) {
      RB_TRY(WaitToWrite(transfer.state, wait_nanos));
    } else {
      write_failure_ = transfer.state == State::kEnd ? kClosed : transfer.error;
      KeepArrived();  // what the server said before it left
    }
  }
  if (!write_failure_.empty()) return Fail(ConnectionLost(write_failure_));
  return {};
}

// A server that answers while it is still being written to (notices of triggers, an error in the middle of COPY) may
// stop reading until its answer is read. So what arrives is taken in while we wait.
Status StreamConnection::WaitToWrite(State wanted, uint64_t* wait_nanos) {
  const Readiness wait_for{.readable = wanted == State::kWantRead || !ended_, .writable = wanted == State::kWantWrite};
  const auto ready = Wait(wait_for, wait_nanos);
  if (!ready) return Fail(ready.error());
  if (ready->readable && !ready->writable) KeepArrived();
  if (ended_ && wanted == State::kWantRead) write_failure_ = kClosed;
  return {};
}

// A server that is gone would else be waited for until the kernel gives up: a quarter of an hour where it was sent
// something, for ever where not, but for TCP's keepalive.
Result<Readiness> StreamConnection::Wait(Readiness wanted, uint64_t* wait_nanos) {
  const uint64_t started = MonotonicNanos();
  Result<Readiness> ready = Readiness{};
  while (ready && !ready->readable && !ready->writable) {
    ready = WaitForSocket(fd_, wanted, cancel_, MonotonicNanos() + silence_limit_nanos_ / 4);
    const bool is_long = MonotonicNanos() - started >= silence_limit_nanos_;
    if (ready && !ready->readable && !ready->writable && is_long && PeerIsSilent(fd_, silence_limit_nanos_)) {
      ended_ = true;
      ready = Fail(ConnectionLost("the server has acknowledged nothing for " +
                                  std::to_string(silence_limit_nanos_ / 1'000'000'000u) + " s"));
    }
  }
  *wait_nanos += MonotonicNanos() - started;
  return ready;
}

void StreamConnection::KeepArrived() {
  // Else a reader that never takes the last byte would let what it has taken pile up.
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<ptrdiff_t>(kept_taken_));
  kept_taken_ = 0;
  while (!ended_) {
    if (kept_.size() >= kMaxKeptBytes) {
      write_failure_ = "the server sent more than 4 MiB without taking what it was sent";
      return;
    }
    const size_t before = kept_.size();
    kept_.resize(before + kKeepStepBytes);
    const Transfer transfer = transport_.Receive(std::span(kept_).subspan(before));
    kept_.resize(before + (transfer.state == State::kDone ? transfer.bytes : 0));
    if (transfer.state == State::kWantRead || transfer.state == State::kWantWrite) return;
    if (transfer.state == State::kEnd || transfer.state == State::kFailed) ended_ = true;
  }
}

size_t StreamConnection::TakeKept(std::span<uint8_t> buffer) {
  const size_t taken = std::min(buffer.size(), kept_.size() - kept_taken_);
  std::memcpy(buffer.data(), kept_.data() + kept_taken_, taken);
  kept_taken_ += taken;
  if (kept_taken_ == kept_.size()) {
    kept_.clear();
    kept_taken_ = 0;
  }
  return taken;
}

}  // namespace rapidbyte::net
