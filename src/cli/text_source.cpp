#include "cli/text_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace rapidbyte::cli {
namespace {

constexpr size_t kPieceBytes = size_t{256} << 10;  // stays in the cache between the kernel's copy and our reading

tl::unexpected<Error> Unreadable(const std::string& name, const char* what) {
  return Fail(ErrorCode::kConfiguration, fmt::format("{}: cannot {}: {}", name, what, std::strerror(errno)));
}

}  // namespace

TextSource::TextSource(int file, std::string name) : file_(file), name_(std::move(name)), buffer_(kPieceBytes) {}
TextSource::TextSource(TextSource&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      name_(std::move(other.name_)),
      buffer_(std::move(other.buffer_)),
      decoder_(std::move(other.decoder_)) {}
TextSource::~TextSource() {
  if (file_ > STDIN_FILENO) close(file_);
}

Result<TextSource> TextSource::Open(const std::string& path) {
  if (path == "-") return TextSource(STDIN_FILENO, "standard input");
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Unreadable(path, "open it");
  posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
  return TextSource(file, path);
}

Result<std::string_view> TextSource::Next() {
  size_t filled = 0;
  while (filled < buffer_.size()) {
    const ssize_t got = read(file_, buffer_.data() + filled, buffer_.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unreadable(name_, "read it");
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  if (filled == 0) return std::string_view();
  return decoder_.Next({buffer_.data(), filled}, name_);
}

Result<std::string> TextSource::Rest(std::string_view beginning) {
  std::string text(beginning);
  while (true) {
    RB_ASSIGN(const std::string_view piece, Next());
    if (piece.empty()) return text;
    text += piece;
  }
}

}  // namespace rapidbyte::cli
