// A file descriptor that closes itself, and a pipe made of two.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace rapidbyte::os {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~FileDescriptor() { Close(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

// Both ends are closed by exec. Not open where the system has no more descriptors.
struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;

  static Pipe Open() {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) return {};
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  }
  bool is_open() const { return read_end.is_open(); }
};

}  // namespace rapidbyte::os
