// A command that fills a table: the table is made before each run, and what it holds is verified after it.
#pragma once

#include <memory>

#include "base/result.h"
#include "lab/pipeline_subject.h"
#include "lab/subject.h"

namespace rapidbyte::lab {

// The table has the source's columns, types and NOT NULL, but neither keys nor indexes, as a pipeline would make it.
// Its being made is not measured.
std::unique_ptr<Subject> MakeTableSubject(std::unique_ptr<Subject> command, const DatasetAtHand& dataset);

}  // namespace rapidbyte::lab
