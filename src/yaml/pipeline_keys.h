// The keys of the pipeline document that hold a value, for those who write such documents without the engine.
//
// "[]" stands for every item of a list. engine/pipeline_test holds this list equal to what the engine reads.
#pragma once

#include <string_view>

namespace rapidbyte::yaml {

inline constexpr std::string_view kPipelineKeys[] = {
    "version",
    "pipeline",
    "source.use",
    "source.config.host",
    "source.config.port",
    "source.config.user",
    "source.config.password",
    "source.config.database",
    "source.config.schema",
    "source.config.connect_timeout",
    "source.config.lock_wait_timeout",
    "source.config.row_security",
    "source.streams[].name",
    "source.streams[].sync_mode",
    "source.streams[].columns",
    "source.streams[].only",
    "destination.use",
    "destination.config.host",
    "destination.config.port",
    "destination.config.user",
    "destination.config.password",
    "destination.config.database",
    "destination.config.schema",
    "destination.config.connect_timeout",
    "destination.config.lock_wait_timeout",
    "destination.config.load_method",
    "destination.write_mode",
    "destination.replace_by",
    "resources.compression",
    "resources.max_batch_bytes",
    "resources.max_batch_rows",
    "resources.max_inflight_batches",
    "state.backend",
    "state.connection",
    "runtime",
};

// The last part of the one key whose value is a list of texts.
inline constexpr std::string_view kPipelineListKey = "columns";

}  // namespace rapidbyte::yaml
