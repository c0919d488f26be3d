// The ways of getting batches into the target table, or into its staging table. Wasm-safe; one thread.
#pragma once

#include <memory>

#include "arrow/ipc_reader.h"
#include "base/result.h"
#include "dest_postgres/target_table.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

class Loader {
 public:
  virtual ~Loader() = default;
  virtual Status Begin() = 0;
  virtual Status Load(const arrow::BatchView& batch) = 0;
  // After the last batch: waits until the server has all rows. Returns the server's count of them.
  virtual Result<uint64_t> Finish() = 0;
};

// Everything passed must outlive the loader.
std::unique_ptr<Loader> MakeCopyLoader(pgwire::Session& session, const TargetTable& target,
                                       const arrow::Schema& schema);
std::unique_ptr<Loader> MakeInsertLoader(pgwire::Session& session, const TargetTable& target,
                                         const arrow::Schema& schema);

}  // namespace rapidbyte::dest_postgres
