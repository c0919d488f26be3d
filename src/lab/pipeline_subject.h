// `rapidbyte run` as a subject: a pipeline document that moves the bench table, and the line that the run prints.
//
// The document lies in a folder of the caller's. Passwords are in no file and on no command line: the document refers
// to environment variables of the run.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/postgres.h"
#include "lab/subject.h"
#include "lab/verification.h"

namespace rapidbyte::lab {

struct PipelineSettings {
  std::filesystem::path executable;  // rapidbyte itself
  std::filesystem::path folder;      // for the document and the state; exists
  ServerAddress server;              // both ends
  std::string load_method;           // insert | copy
  std::string compression;           // none | lz4 | zstd
  std::string runtime;               // aot | native
};

// What must have arrived after a run.
struct ExpectedRows {
  std::vector<std::string> columns;
  TableContent content;
};

// `session` is the laboratory's own, used between the runs; it must outlive the subject. Errors: kInternal where the
// document cannot be written.
Result<std::unique_ptr<Subject>> MakePipelineSubject(const PipelineSettings& settings, ExpectedRows expected,
                                                     Postgres& session);

// The pipeline document, for PipelineSettings.
std::string PipelineDocument(const PipelineSettings& settings);

}  // namespace rapidbyte::lab
