#include "cli/command.h"

#include <iostream>

#include "dest_postgres/dest_postgres.h"
#include "engine/connector_catalog.h"
#include "source_postgres/source_postgres.h"
#include "wasm/aot_cache.h"

namespace rapidbyte::cli {

int PrintError(const Error& error) {
  std::cerr << "error: " << error.message << '\n';
  if (!error.hint.empty()) std::cerr << "hint: " << error.hint << '\n';
  return static_cast<int>(error.code);
}

engine::RunOptions DefaultRunOptions(const net::CancelToken& cancel) {
  engine::RunOptions options;
  options.cancel = &cancel;
  options.connector_dir = engine::DefaultConnectorDir();
  options.cache_dir = wasm::DefaultAotCacheDir();
  options.native_connectors = {&SourcePostgresConnector(), &DestPostgresConnector()};
  return options;
}

}  // namespace rapidbyte::cli
