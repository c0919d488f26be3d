// One run's wall time taken apart, twice: into the parts of the source, and into those of the destination.
//
// The stages run at the same time, so their times do not add up to the wall; but each stage's own parts do, together
// with what is outside of both, exactly:
//
//     wall = whole parts + source's parts = whole parts + destination's parts
//
// Time that code spends without a CPU (stall) belongs to that code: on a busy machine more work brings more of it.
// What one stage waits for the other (an empty or full channel, the other's end) is marked as such: it mirrors the
// other's work, and explains nothing by itself. docs/explain.md has the parts. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/sample.h"

namespace rapidbyte::analysis {

enum class Place { kWhole, kSource, kDestination };
std::string_view PlaceName(Place place);  // "run", "source", "destination"

enum class Nature {
  kWork,    // our code: on the CPU, or for want of one; not blocked at a place we know
  kWait,    // blocked at a known place: the server
  kMixed,   // wall time of a step
  kMirror,  // blocked because the other stage was not ready
  kRest,    // what no part accounts for
};
std::string_view NatureName(Nature nature);  // "work", "wait", "mixed", "mirror", "rest"

struct RunPart {
  std::string key;   // "source.emit_batch.compress", for programs
  std::string name;  // "emit_batch, compress", without the place
  Place place = Place::kWhole;
  Nature nature = Nature::kMixed;
};

// Of a run with our own line, in the order in which it goes through them.
std::span<const RunPart> PipelineParts();
// In seconds, one for each of PipelineParts; a host function that was not called took 0. Nothing where the sample's
// line lacks a key that every line has.
std::optional<std::vector<double>> PipelineValues(const record::Sample& sample);

// Of any command: CPU time in user and kernel mode, and the rest of its wall time, which is waiting where it has one
// thread, and less than that (below 0 even) where several ran at once.
std::span<const RunPart> CommandParts();
std::vector<double> CommandValues(const record::Sample& sample);

}  // namespace rapidbyte::analysis
