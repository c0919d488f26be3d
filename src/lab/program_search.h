// Whether a command can be started at all, found out before anything is measured. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/subprocess.h"

namespace rapidbyte::lab {

// For command.argv[0], in the command's folder and PATH. Errors: kConfiguration, with the nearest program of the PATH.
Status CheckProgram(const Command& command);

// For a line that a shell is to run: command.argv[0] is the shell. Only a line that begins with a plain word can be
// told; the shell itself is asked, which also knows its own commands. Errors: kConfiguration as CheckProgram.
Status CheckShellLine(Command command, const std::string& line);

// The first word of a shell's line where it can only be the name of a command; otherwise empty.
std::string_view PlainFirstWord(std::string_view line);

}  // namespace rapidbyte::lab
