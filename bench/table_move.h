// What the programs of bench/ that move the bench table share: a throwaway server with the table, and a way to run one
// command on it with its rows verified. Ends the program with a message where the surroundings are broken.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "lab/bench_schemas.h"
#include "lab/dataset.h"
#include "lab/environment.h"
#include "lab/pipeline_subject.h"
#include "lab/postgres.h"
#include "lab/subprocess.h"
#include "lab/verification.h"
#include "os/temporary_folder.h"

namespace rapidbyte::bench {

template <typename T>
T Must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "error: %s\n", result.error().message.c_str());
    std::exit(1);
  }
  return std::move(*result);
}

inline void Must(Status status) {
  if (!status) {
    std::fprintf(stderr, "error: %s\n", status.error().message.c_str());
    std::exit(1);
  }
}

class TableMove {
 public:
  explicit TableMove(uint64_t rows)
      : environment_(Must(lab::Environment::StartEphemeral())),
        folder_(Must(os::TemporaryFolder::Make(environment_->folder()))),
        session_(Must(lab::Postgres::Connect(environment_->address()))) {
    Must(lab::ClaimSchemas(session_));
    scenario::DatasetSpec spec;
    spec.kind = scenario::DatasetSpec::Kind::kGenerated;
    spec.name = "bench_events";
    dataset_ = Must(lab::Seed(session_, environment_->address(), spec, rows));
  }

  // `rapidbyte run`, by COPY; `values` of the document's keys, if any, under a name of their own.
  std::unique_ptr<lab::Subject> Pipeline(const std::string& name = "bench", const record::CellKey& values = {}) {
    lab::PipelineSettings settings;
    settings.name = name;
    settings.values = values;
    settings.executable = RAPIDBYTE_BINARY;
    settings.folder = folder_.path();
    return Must(lab::MakePipelineSubject(settings, lab::DatasetAtHand{environment_->address(), dataset_, session_}));
  }

  // psql COPY BINARY piped into psql COPY BINARY, into a table that is made beforehand.
  lab::Command PsqlPipe() const {
    const lab::ServerAddress& server = environment_->address();
    const std::string psql = "psql -qX -v ON_ERROR_STOP=1 -h '" + server.host + "' -p " + std::to_string(server.port) +
                             " -U '" + server.user + "' -d '" + server.database + "' -c ";
    const std::string from = Source();
    const std::string to = Destination();
    lab::Command command;
    command.argv = {"bash", "-c",
                    "set -o pipefail; " + psql + "\"COPY " + from + " TO STDOUT (FORMAT BINARY)\" | " + psql +
                        "\"BEGIN; CREATE TABLE " + to + " (LIKE " + from + "); COPY " + to +
                        " FROM STDIN (FORMAT BINARY); COMMIT\""};
    return command;
  }

  void Clean() { Must(lab::CleanDestination(session_)); }

  // Cleans, and puts the same rows at the destination beforehand, with an index: something to be replaced.
  void Fill() {
    Clean();
    Must(session_.Exec("CREATE TABLE " + Destination() + " (LIKE " + Source() + "); INSERT INTO " + Destination() +
                       " SELECT * FROM " + Source() + "; ALTER TABLE " + Destination() + " ADD PRIMARY KEY (id)"));
    Must(session_.Exec("CHECKPOINT"));
  }

  lab::SubprocessResult Run(const lab::Command& command) {
    lab::SubprocessResult result = Must(lab::RunSuccessfully(command));
    const auto difference = Must(lab::FindMissing(session_, dataset_));
    if (difference) {
      std::fprintf(stderr, "error: wrong rows: %s\n", difference->c_str());
      std::exit(1);
    }
    return result;
  }

  const std::string& server() const { return environment_->description(); }

 private:
  std::string Source() const { return dataset_.table.schema + "." + dataset_.table.table; }
  std::string Destination() const { return std::string(lab::kDestinationSchema) + "." + dataset_.table.table; }

  std::unique_ptr<lab::Environment> environment_;
  os::TemporaryFolder folder_;  // in the server's folder, gone with it
  lab::Postgres session_;
  lab::Dataset dataset_;
};

}  // namespace rapidbyte::bench
