// `rapidbyte run` as a subject: a pipeline document that moves a dataset, and the line that the run prints.
//
// The document lies in a folder of the caller's. Passwords are in no file and on no command line: the document refers
// to an environment variable of the run.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/dataset.h"
#include "lab/hooks.h"
#include "lab/output_metrics.h"
#include "lab/postgres.h"
#include "lab/subject.h"
#include "record/cell_key.h"

namespace rapidbyte::lab {

struct PipelineSettings {
  std::filesystem::path executable;  // rapidbyte itself
  std::filesystem::path folder;      // for the document and the state; exists
  std::string document = "default";  // or the path of one
  std::string name = "bench";        // of the document's file; tells the subjects of a folder apart
  record::CellKey values;            // put into the document, as scenario::BindPipeline takes them
  CommandHooks hooks;                // after the destination is clean, and after the rows are verified
  std::vector<OutputMetric> metrics;
  const Interrupt* interrupt = nullptr;  // ends a hook; must outlive the subject
};

// What both ends of a pipeline are on, and the table of the first stream. Refers to what must outlive it.
struct PipelineEnds {
  const ServerAddress& server;
  const TableName& table;
};

// Where a dataset is, and the laboratory's own session there, used between the runs. Must outlive the subject.
struct DatasetAtHand {
  const ServerAddress& server;  // both ends of the pipeline
  const Dataset& dataset;
  Postgres& session;

  PipelineEnds ends() const { return {server, dataset.table}; }
};

// With a dataset, both ends and the first stream are the dataset's, and what arrived is verified after each run.
// Without one the document is taken as it is. Errors: kConfiguration for a document that is not there or that a value
// does not fit into; kInternal where it cannot be written.
Result<std::unique_ptr<Subject>> MakePipelineSubject(const PipelineSettings& settings,
                                                     std::optional<DatasetAtHand> dataset);

// The document that MakePipelineSubject writes.
Result<std::string> PipelineDocument(const PipelineSettings& settings, const std::optional<PipelineEnds>& ends);

}  // namespace rapidbyte::lab
