#include "net/backend_key.h"

namespace rapidbyte::net {
namespace {

constexpr size_t kMaxLineBytes = 100;

}  // namespace

BackendKeyTrace::BackendKeyTrace(PGconn* session) : session_(session) {
  cookie_io_functions_t functions{};
  functions.write = Take;
  file_ = fopencookie(this, "w", functions);
  if (file_ == nullptr) return;  // out of memory: then nothing can be cancelled
  PQtrace(session_, file_);
  PQsetTraceFlags(session_, PQTRACE_SUPPRESS_TIMESTAMPS);
}

BackendKeyTrace::~BackendKeyTrace() {
  if (file_ == nullptr) return;
  PQuntrace(session_);
  fclose(file_);
}

std::optional<BackendKey> BackendKeyTrace::Key() const {
  if (file_ == nullptr) return std::nullopt;
  fflush(file_);
  // Should libpq ever word its trace otherwise, a wrong key is not used.
  if (!key_ || key_->pid != PQbackendPID(session_)) return std::nullopt;
  return key_;
}

ssize_t BackendKeyTrace::Take(void* self, const char* text, size_t size) {
  auto* trace = static_cast<BackendKeyTrace*>(self);
  for (const char c : std::string_view(text, size)) {
    if (c == '\n') {
      trace->TakeLine();
      trace->line_.clear();
    } else if (trace->line_.size() < kMaxLineBytes) {
      trace->line_ += c;
    }
  }
  return static_cast<ssize_t>(size);
}

// «B 12 BackendKeyData 14894 -594964854», with tabs between the first four.
void BackendKeyTrace::TakeLine() {
  BackendKey key;
  if (std::sscanf(line_.c_str(), "B %*d BackendKeyData %d %d", &key.pid, &key.key) == 2) key_ = key;
}

}  // namespace rapidbyte::net
