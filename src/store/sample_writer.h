// Puts campaigns and samples into their tables. Knows nothing of transactions: its caller begins and commits them.
//
// It remembers the numbers of names: after a transaction in which it made some was rolled back, it is of no more use.
// One thread. The connection must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "record/sample.h"
#include "store/connection.h"
#include "store/name_table.h"

namespace rapidbyte::store {

class SampleWriter {
 public:
  // kMany: rows may be held back until Flush, and are written as fast as the engine can.
  enum class Pace { kEach, kMany };
  SampleWriter(Connection& connection, Pace pace);

  // Inserts the campaign or replaces what is known of it. Returns its number.
  Result<int64_t> PutCampaign(const record::Campaign& campaign);
  // 0 where there is none of that id.
  Result<int64_t> NumberOf(const std::string& campaign_id);

  // Makes the numbers of its cell, build and metrics where they are missing. Outside of a transaction it holds no lock
  // that another writer could wait for.
  Status PutNames(const record::Sample& sample);
  // Errors: kInternal for a place that is taken.
  Status Insert(const record::Sample& sample, int64_t campaign);
  Status Remove(const record::Sample& sample, int64_t campaign);  // what is at its place; after Flush
  Status Flush();

 private:
  Status InsertDocument(const record::Sample& sample, int64_t campaign);
  Result<Statement*> Ready(StatementHandle& statement, const char* table, std::string_view columns);

  Connection& connection_;
  Pace pace_;
  NameTable cells_;
  NameTable builds_;
  NameTable metrics_;
  StatementHandle sample_;
  StatementHandle metric_;
  StatementHandle document_;
  size_t held_ = 0;  // samples since the last Flush
};

}  // namespace rapidbyte::store
