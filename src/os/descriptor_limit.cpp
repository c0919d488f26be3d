#include "os/descriptor_limit.h"

#include <sys/resource.h>

#include <string>

namespace rapidbyte::os {

Status RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kMinDescriptors) return {};
  if (limit.rlim_max >= kMinDescriptors) {
    limit.rlim_cur = kMinDescriptors;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  }
  return Fail(ErrorCode::kConfiguration,
              "the limit of open files is " + std::to_string(limit.rlim_max) + ", too few to work with",
              "raise it to " + std::to_string(kMinDescriptors) + " or more: ulimit -n");
}

}  // namespace rapidbyte::os
