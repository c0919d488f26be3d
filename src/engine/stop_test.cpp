// Who is stopped when, and what a server hears of it. Servers are a FakeServer on loopback, connectors are scripts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "engine/runner.h"
#include "engine/scripted_connectors.h"
#include "engine/stop_switch.h"
#include "net/fake_server.h"

namespace rapidbyte::engine {
namespace {

using net::FakeServer;
using net::Peer;
using testing::HasSubstr;
using testing::Not;

TEST(StopSwitch, StopsAtOnceUnlessACommitIsUnderWay) {
  StopSwitch idle;
  idle.Stop();
  EXPECT_TRUE(idle.token().cancelled());
  EXPECT_FALSE(idle.BeginCommit()) << "nothing could be sent any more";

  StopSwitch committing;
  EXPECT_TRUE(committing.BeginCommit());
  committing.Stop();
  EXPECT_FALSE(committing.token().cancelled());
  committing.EndCommit();
  EXPECT_TRUE(committing.token().cancelled());

  StopSwitch out_of_patience;
  EXPECT_TRUE(out_of_patience.BeginCommit());
  out_of_patience.StopNow();
  EXPECT_TRUE(out_of_patience.token().cancelled());
}

int32_t Connect() {
  const std::string name = "postgres";
  return Host(HostFunction::k_net_connect, {Address(name), name.size()});
}
// Whether the server sent something.
bool Read() {
  std::string buffer(100, '\0');
  return Host(HostFunction::k_net_read, {0, Address(buffer), buffer.size()}) > 0;
}
bool Write(const std::string& bytes) { return Host(HostFunction::k_net_write, {0, Address(bytes), bytes.size()}) == 0; }
bool EnterCommit() { return Host(HostFunction::k_phase, {static_cast<uint64_t>(abi::Phase::kCommit)}) == 0; }
void TakeAllBatches() {
  std::string buffer(1000, '\0');
  while (Host(HostFunction::k_next_batch, {Address(buffer), buffer.size()}) > 0) {
  }
}

// A source of one empty stream after the other.
int32_t EmptyStreams(Export function) {
  return function == Export::kRunRead ? Answer({{"rows", 0}}) : Answer(json::object());
}

// One fake server for both sides; runs end by themselves within seconds, or the test's own limit ends them.
class Stop : public testing::Test {
 protected:
  Stop() {
    pipeline_.name = "test";
    pipeline_.source_use = "fake-source";
    pipeline_.destination_use = "fake-destination";
    pipeline_.runtime = Runtime::kNative;
    pipeline_.streams = {{"users", {}}};
    for (PostgresConfig* config : {&pipeline_.source, &pipeline_.destination}) {
      config->host = "127.0.0.1";
      config->port = server_.port();
      config->user = "u";
      config->database = "d";
    }
    options_.cancel = &cancel_;
    options_.native_connectors = {&kSource, &kDestination};
    source_script = EmptyStreams;
  }

  // The destination connects and then does `write` for each stream.
  void Destination(const std::function<int32_t()>& write) {
    destination_script = [write](Export function) {
      if (function == Export::kOpen && Connect() < 0) return AnswerError({{"message", "cannot connect"}});
      return function == Export::kRunWrite ? write() : Answer(json::object());
    };
  }
  // Runs with `serve` as the server's side of the first connection; the peer stays until the run has ended.
  RunOutcome Run(const std::function<void(Peer&)>& serve) {
    std::thread serving([&] {
      Peer peer = server_.Accept();
      peer.Authenticate();
      peer.BeReady();
      serve(peer);
    });
    RunOutcome outcome = engine::Run(pipeline_, options_);
    serving.join();
    return outcome;
  }
  // What arrives on a connection that is made within a second, or nothing.
  std::string CancelRequest(int timeout_millis = 10'000) { return server_.Accept(timeout_millis).Receive(16); }

  net::CancelToken cancel_;
  FakeServer server_;
  Pipeline pipeline_;
  RunOptions options_;
};

constexpr std::string_view kRequest("\0\0\0\x10\x04\xd2\x16\x2e\x01\x02\x03\x04\xff\xfe\xfd\xfc", 16);

constexpr std::string_view kFarewell("X\0\0\0\x04", 5);

TEST_F(Stop, AnInterruptCancelsWhatTheServerIsDoing) {
  Destination([] {
    Write("LOCK");
    Read();
    Host(HostFunction::k_net_close, {0});  // as a connector does that gives up
    return AnswerError({{"message", "lost"}});
  });
  std::string request;
  const RunOutcome outcome = Run([&](Peer& peer) {
    EXPECT_EQ(peer.Receive(4), "LOCK");
    cancel_.Cancel();
    request = CancelRequest();
    EXPECT_EQ(peer.Receive(5), kFarewell) << "the session is left only then";
  });
  EXPECT_EQ(outcome.error->code, ErrorCode::kInterrupted);
  EXPECT_EQ(request, kRequest);
}

TEST_F(Stop, ASourceThatFailsEndsTheDestinationsWaitForItsServer) {
  Destination([] {
    Write("LOCK");
    Read();
    return AnswerError({{"message", "lost"}});
  });
  std::atomic<bool> is_waiting = false;
  source_script = [&](Export function) {
    if (function != Export::kRunRead) return Answer(json::object());
    while (!is_waiting) std::this_thread::yield();
    return AnswerError({{"message", "no such column"}});
  };
  std::string request;
  const RunOutcome outcome = Run([&](Peer& peer) {
    EXPECT_EQ(peer.Receive(4), "LOCK");
    is_waiting = true;
    request = CancelRequest();
  });
  EXPECT_EQ(outcome.error->message, "stream \"users\": source: no such column");
  EXPECT_EQ(request, kRequest);
}

TEST_F(Stop, ADestinationThatFailsCancelsWhatTheSourcesServerIsDoing) {
  std::atomic<bool> is_waiting = false;
  source_script = [](Export function) {
    if (function == Export::kOpen && Connect() < 0) return AnswerError({{"message", "cannot connect"}});
    if (function != Export::kRunRead) return Answer(json::object());
    Write("COPY");
    Read();
    return AnswerError({{"message", "lost"}});
  };
  destination_script = [&](Export function) {
    if (function != Export::kRunWrite) return Answer(json::object());
    while (!is_waiting) std::this_thread::yield();
    return AnswerError({{"message", "disk full"}});
  };
  std::string request;
  const RunOutcome outcome = Run([&](Peer& peer) {
    EXPECT_EQ(peer.Receive(4), "COPY");
    is_waiting = true;
    request = CancelRequest();
  });
  EXPECT_THAT(outcome.error->message, HasSubstr("disk full"));
  EXPECT_EQ(request, kRequest);
}

// COMMIT, its answer, and the rows of the stream.
int32_t Commit() {
  TakeAllBatches();
  if (!EnterCommit() || !Write("COMMIT") || !Read()) {
    Host(HostFunction::k_net_close, {0});
    return AnswerError({{"message", "no answer"}, {"commit", "unknown"}});
  }
  return Answer({{"rows", 0}});
}

TEST_F(Stop, TheAnswerToACommitIsWaitedFor) {
  Destination(Commit);
  const RunOutcome outcome = Run([&](Peer& peer) {
    EXPECT_EQ(peer.Receive(6), "COMMIT");
    cancel_.Cancel();
    EXPECT_EQ(CancelRequest(500), "") << "a commit was cancelled";
    peer.Send("done");
  });
  EXPECT_FALSE(outcome.error) << outcome.error->message;
  EXPECT_EQ(outcome.record.streams[0].commit, CommitState::kCommitted);
}

TEST_F(Stop, AfterTheCommitNoOtherStreamIsBegun) {
  pipeline_.streams.push_back({"orders", {}});
  Destination(Commit);
  const RunOutcome outcome = Run([&](Peer& peer) {
    EXPECT_EQ(peer.Receive(6), "COMMIT");
    cancel_.Cancel();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // the run has seen it
    peer.Send("done");
    CancelRequest();
    EXPECT_EQ(peer.Receive(6), kFarewell);
  });
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, ErrorCode::kInterrupted);
  EXPECT_EQ(outcome.error->message,
            "interrupted before all streams were through; committed: \"users\"; not committed: \"orders\"");
  EXPECT_EQ(outcome.error->commit, CommitState::kNotCommitted);
  EXPECT_EQ(outcome.record.streams[0].commit, CommitState::kCommitted);
  EXPECT_EQ(outcome.record.streams[1].commit, CommitState::kNotCommitted);
}

TEST_F(Stop, ACommitWithoutAnAnswerIsUnknownAndNeverCancelled) {
  options_.commit_grace_nanos = 200'000'000;
  Destination(Commit);
  std::string request;
  const RunOutcome outcome = Run([&](Peer& peer) {
    EXPECT_EQ(peer.Receive(6), "COMMIT");
    cancel_.Cancel();
    EXPECT_EQ(peer.Receive(6), kFarewell);
    request = CancelRequest(200);
  });
  EXPECT_EQ(request, "");
  EXPECT_EQ(outcome.error->code, ErrorCode::kInterrupted);
  EXPECT_EQ(outcome.error->commit, CommitState::kUnknown);
  EXPECT_THAT(outcome.error->message, HasSubstr("whether the stream's rows were committed is unknown"));
  EXPECT_EQ(outcome.record.streams[0].commit, CommitState::kUnknown);
}

TEST_F(Stop, ACommitThatWasNeverSentIsNoCommit) {
  Destination([&] {
    TakeAllBatches();
    cancel_.Cancel();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // the run has seen it
    return Commit();
  });
  const RunOutcome outcome = Run([&](Peer& peer) {
    CancelRequest();
    EXPECT_EQ(peer.Receive(6), kFarewell) << "and no COMMIT";
  });
  EXPECT_EQ(outcome.error->commit, CommitState::kNotCommitted);
  EXPECT_THAT(outcome.error->message, Not(HasSubstr("unknown")));
}

// A connector that does not say what became of its COMMIT has not said that nothing came of it.
TEST_F(Stop, AConnectorThatIsSilentAboutItsCommitLeavesItUnknown) {
  for (const bool with_error : {false, true}) {
    Destination([with_error] {
      TakeAllBatches();
      EnterCommit();
      Write("COMMIT");
      return with_error ? AnswerError({{"message", "lost"}}) : 1;
    });
    const RunOutcome outcome = Run([](Peer& peer) { EXPECT_EQ(peer.Receive(6), "COMMIT"); });
    EXPECT_EQ(outcome.error->commit, CommitState::kUnknown);
    EXPECT_EQ(outcome.record.streams[0].commit, CommitState::kUnknown);
  }
}

TEST_F(Stop, AnInterruptEndsACheck) {
  source_script = [](Export function) {
    if (function != Export::kValidate) return Answer(json::object());
    if (Connect() < 0) return AnswerError({{"message", "cannot connect"}});
    Write("LOCK");
    Read();
    return AnswerError({{"message", "lost"}});
  };
  std::string request;
  std::thread serving([&] {
    Peer peer = server_.Accept();
    peer.Authenticate();
    peer.BeReady();
    EXPECT_EQ(peer.Receive(4), "LOCK");
    cancel_.Cancel();
    request = CancelRequest();
  });
  const std::vector<Finding> findings = Validate(pipeline_, options_);
  serving.join();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].error.code, ErrorCode::kInterrupted);
  EXPECT_EQ(request, kRequest);
}

// A connector that ignores what the host says.
int32_t LogForEver(Export function) {
  const std::string text = "still here";
  while (function == Export::kRunRead && Host(HostFunction::k_log, {0, Address(text), text.size()}) == 0) {
  }
  return Answer({{"rows", 0}});
}

TEST_F(Stop, EndsAConnectorThatDoesNotListen) {
  source_script = LogForEver;
  destination_script = [](Export function) {
    if (function == Export::kRunWrite) TakeAllBatches();
    return Answer({{"rows", 0}});
  };
  std::thread interrupt([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    cancel_.Cancel();
  });
  const RunOutcome outcome = engine::Run(pipeline_, options_);
  interrupt.join();
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace rapidbyte::engine
