// The notes on how a run went, as sentences. Blocks are named as record::BlockName does. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/run_notes.h"

namespace rapidbyte::report {

// What concerns the whole run first. Without line ends; empty where there is nothing to say.
std::vector<std::string> NoteSentences(const analysis::RunNotes& notes, uint32_t warmup_blocks);

// "Notes" with the sentences below it, at 80 columns, ended by a line feed; empty where there are none.
std::string NotesSection(const analysis::RunNotes& notes, uint32_t warmup_blocks);

}  // namespace rapidbyte::report
