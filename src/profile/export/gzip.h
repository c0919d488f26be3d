// A gzip stream (RFC 1952) of bytes in memory. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace rapidbyte::profile {

std::string Gzip(std::string_view bytes);

}  // namespace rapidbyte::profile
