// The notes on how a run went, as sentences. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "analysis/run_notes.h"

namespace rapidbyte::report {

// What concerns the whole run first. Without line ends; empty where there is nothing to say.
std::vector<std::string> NoteSentences(const analysis::RunNotes& notes);

// "Notes" with the sentences below it, at 80 columns, ended by a line feed; empty where there are none.
std::string NotesSection(const analysis::RunNotes& notes);

}  // namespace rapidbyte::report
