#include "cli/command.h"

#include "dest_postgres/dest_postgres.h"
#include "source_postgres/source_postgres.h"

namespace rapidbyte::cli {

int PrintError(const Error& error) {
  std::cerr << "error: " << error.message << '\n';
  if (!error.hint.empty()) std::cerr << "hint: " << error.hint << '\n';
  return static_cast<int>(error.code);
}

std::vector<const abi::NativeConnector*> NativeConnectors() {
  return {&SourcePostgresConnector(), &DestPostgresConnector()};
}

}  // namespace rapidbyte::cli
