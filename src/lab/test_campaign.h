// What tests of campaigns run: two subjects that write down what happens to them, on a clock that runs make tick.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lab/campaign_runner.h"

namespace rapidbyte::lab {

// What happened, in order; every fake writes into it.
using Journal = std::vector<std::string>;

class FakeSubject : public Subject {
 public:
  FakeSubject(std::string name, Journal& journal) : name_(std::move(name)), journal_(journal) {}

  Status Setup() override { return set_up; }
  Status Prepare() override {
    journal_.push_back("prepare " + name_);
    return prepared;
  }
  Status Conclude() override { return concluded; }
  Status Cleanup() override {
    if (cleans_up) journal_.push_back("clean up " + name_);
    return cleaned_up;
  }
  Result<Command> NextCommand() override { return Command{{name_}, {}, {}}; }
  Result<nlohmann::json> ReadMetrics(const SubprocessResult& run) override {
    auto metrics = nlohmann::json::parse(run.out, nullptr, false);
    if (!metrics.is_object()) return Fail(ErrorCode::kInternal, "no line");
    return metrics;
  }
  Result<std::optional<std::string>> Verify() override {
    journal_.push_back("verify " + name_);
    return difference;
  }

  Status set_up, prepared, concluded, cleaned_up;
  bool cleans_up = false;  // and says so
  std::optional<std::string> difference;

 private:
  std::string name_;
  Journal& journal_;
};

class FakeSink : public SampleSink {
 public:
  explicit FakeSink(Journal& journal) : journal_(journal) {}
  Status Append(const record::Sample& sample) override {
    journal_.push_back("keep " + record::ModeOf(sample.cell));
    if (samples.size() == room) return Fail(ErrorCode::kInternal, "the disk is full");
    samples.push_back(sample);
    return {};
  }

  std::vector<record::Sample> samples;
  size_t room = SIZE_MAX;

 private:
  Journal& journal_;
};

class FakeListener : public CampaignListener {
 public:
  void OnRunStarted(const CampaignProgress& progress) override { started.push_back(progress); }
  void OnRunFinished(const CampaignProgress& progress, const record::Sample&) override { finished.push_back(progress); }

  std::vector<CampaignProgress> started;
  std::vector<CampaignProgress> finished;
};

class CampaignRunner : public testing::Test {
 protected:
  CampaignRunner() {
    for (const char* mode : {"slow", "fast"}) {
      auto subject = std::make_unique<FakeSubject>(mode, journal_);
      subjects_.push_back(subject.get());
      cells_.push_back({{{"load_method", mode}}, std::move(subject)});
    }
    ports_.run = [this](const Command& command) -> Result<SubprocessResult> {
      journal_.push_back("run " + command.argv[0]);
      const double secs = command.argv[0] == "slow" ? 4 : 1;
      now_nanos_ += static_cast<uint64_t>(secs * 1e9);
      ++runs_;
      SubprocessResult result;
      result.out = R"({"records_written": 5})";
      result.wall_secs = secs;
      if (on_run_) on_run_(command, result);
      return result;
    };
    ports_.monotonic_nanos = [this] { return now_nanos_; };
    ports_.utc_now = [this] { return "run " + std::to_string(runs_ + 1); };
  }

  Result<CampaignOutcome> Run() { return RunCampaign(plan_, cells_, ports_, interrupt_, sink_, listener_); }

  std::vector<std::string> Modes() const {
    std::vector<std::string> modes;
    for (const record::Sample& sample : sink_.samples) modes.push_back(record::ModeOf(sample.cell));
    return modes;
  }

  Journal journal_;
  CampaignPlan plan_{.campaign_id = "c", .seed = 5, .warmup_blocks = 1, .blocks = 3};
  std::vector<Cell> cells_;
  std::vector<FakeSubject*> subjects_;
  CampaignPorts ports_;
  Interrupt interrupt_;
  FakeSink sink_{journal_};
  FakeListener listener_;
  std::function<void(const Command&, SubprocessResult&)> on_run_;
  uint64_t now_nanos_ = 0;
  int runs_ = 0;
};

}  // namespace rapidbyte::lab
