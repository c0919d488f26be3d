// Parameters of a matrix put into a pipeline document. Pure; any thread.
//
// A name is the last part of a key where only one key ends so ("load_method"), or a whole key
// ("destination.config.load_method"). Of streams, "source.streams[0].columns" (or "source.streams.0.columns") is that
// of the first stream, "source.streams.columns" and "columns" are those of all. yaml/pipeline_keys.h has the keys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/cell_key.h"

namespace rapidbyte::scenario {

// The keys that a name may stand for: one; none, it is unknown; or several, it is ambiguous.
// "columns" -> {"source.streams[].columns"}, "host" -> {"source.config.host", "destination.config.host"}.
std::vector<std::string> PipelineKeysNamed(std::string_view name);

// All names that mean something, for what a misspelt one may have meant.
std::vector<std::string_view> PipelineKeyNames();

// What is wrong with `name` as a key of the pipeline document, for an error; empty where nothing is.
std::string WhyNoPipelineKey(std::string_view name);

// `document` (YAML) with `values` in it; sections that are missing are made. References to the environment in the
// document stay, a "${" in a value is made a literal one. The text is written anew: comments and lines are not kept.
// Lists, as "columns", take values separated by commas. Errors: kConfiguration.
Result<std::string> BindPipeline(const std::string& document, const std::string& file, const record::CellKey& values);

}  // namespace rapidbyte::scenario
