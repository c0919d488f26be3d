// What a flamegraph's header says of the profile that it shows: what was sampled, how much, and what is missing. Pure.
#pragma once

#include <string>
#include <vector>

#include "profile/profile.h"
#include "report/flamegraph_tree.h"

namespace rapidbyte::report {

// Clean sentences; those on what is missing begin with "Missing: ".
std::vector<std::string> FactsOf(const profile::Profile& profile);
std::string TitleOf(const profile::Profile& profile);
const char* OriginLabel(profile::Origin origin);

// What code a frame is: "library, libc.so.6, malloc.c:120, inlined".
std::string WhereOf(const profile::StackTable& stacks, profile::FrameId frame);

// How much was too small to be kept; empty where nothing was.
std::string PrunedFact(const CallTree& down, const CallTree& up);

}  // namespace rapidbyte::report
