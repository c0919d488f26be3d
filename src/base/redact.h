// Texts on their way to a reader without the passwords in them. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace rapidbyte {

// Replaces by *** what may be a password of a server's address, wherever one stands in the text and however it is
// spelled: user:PASSWORD@host after any scheme with any number of slashes, or after none; ?password=PASSWORD of a URI;
// password=PASSWORD and password='PASSWORD' of keyword=value pairs. Rather takes out too much than too little.
std::string RedactPasswords(std::string_view text);

// For hints: why libpq may have taken a part of the password for the host or the port.
inline constexpr const char* kEncodePassword = "in a URI, write @ / : ? # of a password as %40 %2F %3A %3F %23";

}  // namespace rapidbyte
