#include "lab/table_subject.h"

#include <fmt/format.h>

#include "lab/bench_schemas.h"

namespace rapidbyte::lab {
namespace {

class TableSubject : public Subject {
 public:
  TableSubject(std::unique_ptr<Subject> command, const DatasetAtHand& dataset)
      : command_(std::move(command)), dataset_(dataset) {}

  Status Setup() override { return command_->Setup(); }
  Status Prepare() override {
    const TableName& source = dataset_.dataset.table;
    RB_TRY(CleanDestination(dataset_.session));
    RB_TRY(dataset_.session.Exec(
        fmt::format("CREATE TABLE {} (LIKE {})", Quote({kDestinationSchema, source.table}), Quote(source))));
    return command_->Prepare();
  }
  Result<Command> NextCommand() override { return command_->NextCommand(); }
  bool IsSuccess(const SubprocessResult& run) const override { return command_->IsSuccess(run); }
  bool HasOurExitCodes() const override { return command_->HasOurExitCodes(); }
  void Correct(SubprocessResult& run) const override { command_->Correct(run); }
  Result<nlohmann::json> ReadMetrics(const SubprocessResult& run) override { return command_->ReadMetrics(run); }
  Result<std::map<std::string, double>> ExtractMetrics(const SubprocessResult& run) override {
    return command_->ExtractMetrics(run);
  }
  Result<std::optional<std::string>> Verify() override { return FindMissing(dataset_.session, dataset_.dataset); }
  Status Conclude() override { return command_->Conclude(); }
  Status Cleanup() override { return command_->Cleanup(); }

 private:
  std::unique_ptr<Subject> command_;
  DatasetAtHand dataset_;
};

}  // namespace

std::unique_ptr<Subject> MakeTableSubject(std::unique_ptr<Subject> command, const DatasetAtHand& dataset) {
  return std::make_unique<TableSubject>(std::move(command), dataset);
}

}  // namespace rapidbyte::lab
