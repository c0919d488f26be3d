#include "engine/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/scripted_connectors.h"

namespace rapidbyte::engine {
namespace {

using testing::HasSubstr;

// A source whose streams have three batches of ten rows each, named after the stream.
int32_t ThreeBatches(Export function) {
  if (function != Export::kRunRead) return Answer(json::object());
  const std::string stream = Request().at("stream").at("name");
  if (!Emit("schema of " + stream, 0)) return AnswerLastError();
  for (int i = 0; i < 3; ++i) {
    if (!Emit("batch " + std::to_string(i) + " of " + stream, 10)) return AnswerLastError();
  }
  return Answer({{"rows", 30}});
}

// A destination that remembers the messages of the streams that came whole.
struct Collector {
  std::vector<std::string> committed;
  std::string failure;  // what next_batch said

  int32_t operator()(Export function) {
    if (function != Export::kRunWrite) return Answer(json::object());
    std::vector<std::string> messages;
    std::string buffer(1000, '\0');
    for (;;) {
      const int32_t size = Host(HostFunction::k_next_batch, {Address(buffer), buffer.size()});
      if (size < 0) return Fail();
      if (size == 0) break;
      messages.push_back(buffer.substr(0, static_cast<size_t>(size)));
      if (messages.size() > 1) Host(HostFunction::k_progress, {10, static_cast<uint64_t>(size)});
    }
    committed.insert(committed.end(), messages.begin(), messages.end());
    return Answer({{"rows", 10 * (messages.size() - 1)}});
  }

  int32_t Fail() {
    failure = "next_batch failed";
    return AnswerLastError();
  }
};

class Runner : public testing::Test {
 protected:
  Runner() {
    pipeline_.name = "test";
    pipeline_.source_use = "fake-source";
    pipeline_.destination_use = "fake-destination";
    pipeline_.runtime = Runtime::kNative;
    pipeline_.max_inflight_batches = 2;
    pipeline_.streams = {{"users", {}}, {"orders", {"id", "total"}, /*only=*/true}};
    pipeline_.source.password = "s3cret";
    options_.cancel = &cancel_;
    options_.native_connectors = {&kSource, &kDestination};
    source_script = ThreeBatches;
    destination_script = std::ref(collector_);
  }

  RunOutcome Start() { return engine::Run(pipeline_, options_); }

  Error RunToFailure() {
    RunOutcome outcome = Start();
    EXPECT_TRUE(outcome.error.has_value());
    record_ = outcome.record;
    return outcome.error.value_or(Error{});
  }

  net::CancelToken cancel_;
  Pipeline pipeline_;
  RunOptions options_;
  Collector collector_;
  record::RunRecord record_;
};

TEST_F(Runner, MovesStreamAfterStreamWhole) {
  const RunOutcome outcome = Start();
  ASSERT_FALSE(outcome.error) << outcome.error->message;
  EXPECT_THAT(collector_.committed,
              testing::ElementsAre("schema of users", "batch 0 of users", "batch 1 of users", "batch 2 of users",
                                   "schema of orders", "batch 0 of orders", "batch 1 of orders", "batch 2 of orders"));
  ASSERT_EQ(outcome.record.streams.size(), 2u);
  for (const record::StreamRecord& stream : outcome.record.streams) {
    EXPECT_EQ(stream.records_read, 30u);
    EXPECT_EQ(stream.records_written, 30u);
    EXPECT_EQ(stream.bytes_read, stream.bytes_written);
  }
  EXPECT_EQ(outcome.record.streams[0].bytes_read, 3 * std::string("batch 0 of users").size());
  EXPECT_EQ(outcome.record.streams[1].name, "orders");
  EXPECT_EQ(outcome.record.batches, 6u);
  EXPECT_EQ(outcome.record.runtime, "native");
  EXPECT_GT(outcome.record.duration_nanos, 0u);
}

TEST_F(Runner, TellsEachConnectorWhatToDoAndNeverThePassword) {
  std::vector<json> asked;
  source_script = [&asked](Export function) {
    asked.push_back(Request());
    return ThreeBatches(function);
  };
  ASSERT_FALSE(Start().error);
  ASSERT_EQ(asked.size(), 4u);
  EXPECT_EQ(asked[0].at("role"), "source");
  EXPECT_EQ(asked[0].at("abi"), abi::kVersion);
  EXPECT_EQ(asked[0].at("config").at("lock_wait_timeout_ms"), 600'000);
  EXPECT_EQ(asked[0].at("config").at("row_security"), "refuse");
  const json users = {{"name", "users"}, {"columns", nullptr}, {"only", false}};
  const json orders = {{"name", "orders"}, {"columns", {"id", "total"}}, {"only", true}};
  EXPECT_EQ(asked[0].at("streams"), json({users, orders}));
  EXPECT_EQ(asked[1].at("stream"), users);
  EXPECT_EQ(asked[2].at("stream"), orders);
  EXPECT_EQ(asked[2].at("max_batch_bytes"), pipeline_.max_batch_bytes);
  EXPECT_THAT(json(asked).dump(), testing::Not(HasSubstr("s3cret")));
}

TEST_F(Runner, TellsTheDestinationHowToWrite) {
  std::vector<json> asked;
  destination_script = [&](Export function) {
    asked.push_back(Request());
    return collector_(function);
  };
  pipeline_.destination.lock_wait_timeout_ms = 5;
  pipeline_.write_mode = WriteMode::kReplace;
  pipeline_.replace_by = ReplaceBy::kStaged;
  ASSERT_FALSE(Start().error);
  ASSERT_EQ(asked.size(), 4u);
  EXPECT_EQ(asked[0].at("config").at("lock_wait_timeout_ms"), 5);
  EXPECT_FALSE(asked[0].contains("streams"));
  const json users = {{"name", "users"}};
  EXPECT_EQ(asked[1],
            json({{"stream", users}, {"write_mode", "replace"}, {"load_method", "copy"}, {"replace_by", "staged"}}));
}

TEST_F(Runner, KeepsTheNotesOfBothSides) {
  source_script = [](Export function) {
    return function == Export::kRunRead ? Answer({{"rows", 0}, {"notes", {"read as text", 7}}})
                                        : Answer(json::object());
  };
  destination_script = [](Export function) {
    if (function != Export::kRunWrite) return Answer(json::object());
    std::string buffer(1000, '\0');
    Host(HostFunction::k_next_batch, {Address(buffer), buffer.size()});
    const std::string long_one = std::string(999, 'x') + "\xc3\xa4";
    return Answer({{"rows", 0}, {"notes", {"kept\nas text", long_one}}});
  };
  const RunOutcome outcome = Start();
  ASSERT_FALSE(outcome.error) << outcome.error->message;
  for (const record::StreamRecord& stream : outcome.record.streams) {
    EXPECT_EQ(stream.commit, CommitState::kCommitted);
    EXPECT_THAT(stream.notes,
                testing::ElementsAre("read as text", "kept as text", std::string(999, 'x') + "\xef\xbf\xbd"));
  }
}

TEST_F(Runner, AFailingSourceIsToldToTheDestinationAfterTheStreamsBefore) {
  source_script = [](Export function) {
    if (function == Export::kRunRead && Request().at("stream").at("name") == "orders") {
      Emit("schema of orders", 0);
      return AnswerError({{"category", "schema"}, {"message", "no such column"}});
    }
    return ThreeBatches(function);
  };
  const Error error = RunToFailure();
  EXPECT_EQ(error.code, ErrorCode::kSource);
  EXPECT_EQ(error.message,
            "stream \"orders\": source: no such column; committed: \"users\"; not committed: \"orders\"");
  EXPECT_THAT(error.hint, HasSubstr("run again what was not committed"));
  EXPECT_EQ(collector_.failure, "next_batch failed");
  EXPECT_THAT(collector_.committed, testing::SizeIs(4)) << "the first stream is whole";
  EXPECT_EQ(record_.streams[0].records_written, 30u);
  EXPECT_EQ(record_.streams[1].records_written, 0u);
}

TEST_F(Runner, AFailingDestinationEndsASourceThatWouldGoOnForEver) {
  source_script = [](Export function) {
    if (function != Export::kRunRead) return Answer(json::object());
    while (Emit("one more batch", 10)) {
    }
    return AnswerLastError();
  };
  destination_script = [](Export function) {
    if (function != Export::kRunWrite) return Answer(json::object());
    return AnswerError({{"category", "transient_db"}, {"message", "the disk is full"}, {"hint", "make room"}});
  };
  const Error error = RunToFailure();
  EXPECT_EQ(error.code, ErrorCode::kDestination);
  EXPECT_EQ(error.message, "stream \"users\": destination: the disk is full");
  EXPECT_EQ(error.hint, "make room");
  EXPECT_EQ(record_.streams[0].records_written, 0u);
}

TEST_F(Runner, AConnectorThatDoesNotOpenEndsTheRun) {
  destination_script = [](Export function) {
    if (function != Export::kOpen) return Answer(json::object());
    return AnswerError({{"category", "auth"}, {"message", "wrong password"}});
  };
  const Error error = RunToFailure();
  EXPECT_EQ(error.code, ErrorCode::kConnection);
  EXPECT_EQ(error.message, "destination: wrong password");
}

TEST_F(Runner, AnInterruptEndsBothStages) {
  source_script = [](Export function) {
    if (function != Export::kRunRead) return Answer(json::object());
    while (Emit("one more batch", 10)) {
    }
    return AnswerLastError();
  };
  cancel_.Cancel();
  const Error error = RunToFailure();
  EXPECT_EQ(error.code, ErrorCode::kInterrupted);
  EXPECT_THAT(collector_.committed, testing::IsEmpty());
}

TEST_F(Runner, SaysWhenItIsUnknownWhetherRowsWereCommitted) {
  destination_script = [this](Export function) {
    if (function != Export::kRunWrite) return Answer(json::object());
    collector_(function);
    return AnswerError({{"category", "transient_network"}, {"message", "no answer"}, {"commit", "unknown"}});
  };
  const Error error = RunToFailure();
  EXPECT_EQ(error.commit, CommitState::kUnknown);
  EXPECT_THAT(error.message, HasSubstr("no answer; whether the stream's rows were committed is unknown"));
}

TEST_F(Runner, ASourceThatMiscountsCommitsNothing) {
  source_script = [](Export function) {
    const int32_t result = ThreeBatches(function);
    if (function == Export::kRunRead) Answer({{"rows", 31}});
    return result;
  };
  const Error error = RunToFailure();
  EXPECT_EQ(error.code, ErrorCode::kData);
  EXPECT_THAT(error.message, HasSubstr("fake-source"));
  EXPECT_THAT(collector_.committed, testing::IsEmpty());
}

TEST_F(Runner, ADestinationThatLosesRowsIsCaught) {
  destination_script = [this](Export function) {
    const int32_t result = collector_(function);
    if (function == Export::kRunWrite) Answer({{"rows", 29}});
    return result;
  };
  EXPECT_EQ(RunToFailure().code, ErrorCode::kData);
}

TEST_F(Runner, ADestinationThatStopsListeningIsCaught) {
  destination_script = [](Export) { return Answer({{"rows", 0}}); };
  const Error error = RunToFailure();
  EXPECT_EQ(error.code, ErrorCode::kData);
  EXPECT_THAT(error.message, HasSubstr("ended before its stream did"));
}

TEST_F(Runner, AConnectorThatIsNotLinkedInIsNamed) {
  pipeline_.source_use = "source-oracle";
  const Error error = RunToFailure();
  EXPECT_EQ(error.code, ErrorCode::kConnector);
  EXPECT_THAT(error.message, HasSubstr("source-oracle"));
}

TEST_F(Runner, TheTimeOfBothStagesIsAccountedFor) {
  record_ = Start().record;
  for (const record::StageRecord* stage : {&record_.source, &record_.destination}) {
    EXPECT_GT(stage->total.wall_nanos, 0u);
    EXPECT_GT(stage->guest.wall_nanos, 0u);
    EXPECT_GE(stage->total.wall_nanos, stage->guest.wall_nanos + stage->hosting.wall_nanos);
  }
  const auto& emit = record_.source.functions[static_cast<size_t>(HostFunction::k_emit_batch)];
  EXPECT_EQ(emit.count, 8u);
  const auto& next = record_.destination.functions[static_cast<size_t>(HostFunction::k_next_batch)];
  EXPECT_EQ(next.count, 10u) << "and the end of each stream";
}

std::vector<uint32_t> Batches(const record::StageTimeline& stage, record::StageActivity activity) {
  std::vector<uint32_t> batches;
  for (const record::Span& span : stage.spans) {
    if (span.activity == activity && (batches.empty() || batches.back() != span.first_batch)) {
      batches.push_back(span.first_batch);
    }
  }
  return batches;
}

// Schemas are messages without rows: a source emits them on the way to its next batch.
TEST_F(Runner, ATimelineNumbersTheBatchesOfAllStreamsAlike) {
  ASSERT_FALSE(Start().timeline) << "off unless asked for";
  options_.timeline = true;
  const RunOutcome outcome = Start();
  ASSERT_TRUE(outcome.timeline);
  EXPECT_EQ(outcome.timeline->pipeline, "test");
  EXPECT_EQ(outcome.timeline->source.connector, "fake-source");
  EXPECT_EQ(outcome.timeline->duration_nanos, outcome.record.duration_nanos);
  EXPECT_THAT(Batches(outcome.timeline->source, record::StageActivity::kEmit), testing::ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(Batches(outcome.timeline->destination, record::StageActivity::kReceive),
              testing::ElementsAre(0, 1, 2, 3, 4, 5, 6));
}

TEST_F(Runner, ARunThatFailsHasATimelineToo) {
  options_.timeline = true;
  source_script = [](Export function) {
    return function == Export::kRunRead ? AnswerError({{"category", "data"}, {"message", "bad row"}})
                                        : Answer(json::object());
  };
  const RunOutcome outcome = Start();
  EXPECT_TRUE(outcome.error);
  ASSERT_TRUE(outcome.timeline);
  EXPECT_FALSE(outcome.timeline->source.spans.empty());
}

TEST_F(Runner, ValidateAsksBothAndMovesNothing) {
  std::vector<Export> asked;
  source_script = [&asked](Export function) {
    asked.push_back(function);
    if (function == Export::kValidate) {
      EXPECT_EQ(Request().at("streams").size(), 2u);
    }
    return Answer({{"findings", json::array()}});
  };
  EXPECT_THAT(Validate(pipeline_, options_), testing::IsEmpty());
  EXPECT_THAT(asked, testing::ElementsAre(Export::kOpen, Export::kValidate, Export::kClose));
}

TEST_F(Runner, ValidateAsksTheDestinationWhereTheSourceIsNotThere) {
  source_script = [](Export function) {
    return function == Export::kValidate ? AnswerError({{"category", "transient_network"}, {"message", "no server"}})
                                         : Answer(json::object());
  };
  destination_script = [](Export function) {
    return function == Export::kOpen ? AnswerError({{"category", "auth"}, {"message", "wrong password"}})
                                     : Answer(json::object());
  };
  const std::vector<Finding> findings = Validate(pipeline_, options_);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].error.message, "source: no server");
  EXPECT_EQ(findings[1].error.message, "destination: wrong password");
  EXPECT_EQ(findings[1].error.code, ErrorCode::kConnection);
}

TEST_F(Runner, DiscoverGivesWhatTheSourceSays) {
  source_script = [](Export function) {
    return function == Export::kDiscover ? Answer({{"streams", {{{"name", "users"}}}}}) : Answer(json::object());
  };
  const auto streams = Discover(pipeline_, options_);
  ASSERT_TRUE(streams);
  EXPECT_EQ(streams->at("streams")[0].at("name"), "users");
}

}  // namespace
}  // namespace rapidbyte::engine
