// Texts on their way to PostgreSQL: what it can store, COPY's text format, and messages without a password. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rapidbyte::store {

// Bytes that are no UTF-8, and NUL, become U+FFFD: a text column takes neither.
std::string StorableText(std::string_view text);

// Appends one row of COPY's text format (PostgreSQL's manual, COPY, "Text Format"): columns divided by tabs, NULL as
// \N.
void AppendCopyRow(const std::vector<std::optional<std::string>>& values, std::string& rows);

// Whether libpq takes a part of the address for a host or a port that can only be one of a password: a URI's password
// holds an '@' or a '/' that is not written as %40 or %2F.
bool HasMisplacedPassword(const std::string& address);

// `message` without the password of `address`, a URI or keyword=value pairs, and without any address's.
std::string WithoutPassword(std::string message, const std::string& address);

}  // namespace rapidbyte::store
