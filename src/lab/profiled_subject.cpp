#include "lab/profiled_subject.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace rapidbyte::lab {
namespace {

class ProfiledSubject : public Subject {
 public:
  ProfiledSubject(Subject& subject, ProfiledRun run) : subject_(subject), run_(std::move(run)) {}

  Result<Command> NextCommand() override {
    RB_ASSIGN(Command command, subject_.NextCommand());
    std::vector<std::string> argv = {run_.recorder.string(),
                                     "profile",
                                     "record",
                                     "--quiet",
                                     "--output",
                                     run_.file.string(),
                                     "--frequency",
                                     fmt::format("{}", run_.frequency_hz),
                                     run_.off_cpu ? "--both" : "--on-cpu"};
    if (run_.server) argv.insert(argv.end(), {"--server", std::to_string(*run_.server)});
    argv.emplace_back("--");
    argv.insert(argv.end(), command.argv.begin(), command.argv.end());
    command.argv = std::move(argv);
    return command;
  }

  Status Prepare() override { return subject_.Prepare(); }
  bool IsSuccess(const SubprocessResult& run) const override { return subject_.IsSuccess(run); }
  void Correct(SubprocessResult& run) const override { subject_.Correct(run); }
  Result<nlohmann::json> ReadMetrics(const SubprocessResult& run) override { return subject_.ReadMetrics(run); }
  Result<std::map<std::string, double>> ExtractMetrics(const SubprocessResult& run) override {
    return subject_.ExtractMetrics(run);
  }
  Result<std::optional<std::string>> Verify() override { return subject_.Verify(); }
  Status Conclude() override { return subject_.Conclude(); }

 private:
  Subject& subject_;
  ProfiledRun run_;
};

}  // namespace

std::unique_ptr<Subject> MakeProfiledSubject(Subject& subject, const ProfiledRun& run) {
  return std::make_unique<ProfiledSubject>(subject, run);
}

}  // namespace rapidbyte::lab
