// The texts of JSON documents that are written as they are made, without a tree of values in between. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace rapidbyte {

// Adds `text` with its quotes. Valid whatever it holds: each byte that belongs to no character becomes U+FFFD; what a
// terminal would obey is escaped. The ASCII characters of `also` are escaped although JSON does not ask for it: "<>"
// where a script must not end early.
void AppendJsonText(std::string_view text, std::string& json, std::string_view also = {});

}  // namespace rapidbyte
