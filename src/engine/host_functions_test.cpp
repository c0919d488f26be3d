#include "engine/host_functions.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <new>
#include <vector>

#include "engine/error_document.h"

namespace rapidbyte::engine {
namespace {

using abi::HostFunction;
using nlohmann::json;
using wasm::HostCallOutcome;

constexpr uint64_t kMemoryBytes = 1 << 16;
constexpr int32_t kTrapped = -999;

// What a connection was told, and what it answers.
struct Server {
  std::string to_read;
  std::string written;
  std::string failure;
  bool is_too_large = false;  // for our memory
};

class FakeConnection final : public net::Connection {
 public:
  explicit FakeConnection(Server* server) : server_(server) {}
  Result<size_t> Read(std::span<uint8_t> buffer, uint64_t* wait_nanos) override {
    if (!server_->failure.empty()) return Fail(ErrorCode::kConnection, server_->failure);
    if (server_->is_too_large) throw std::bad_alloc();
    *wait_nanos += 1000;
    const size_t size = std::min(buffer.size(), server_->to_read.size());
    std::memcpy(buffer.data(), server_->to_read.data(), size);
    server_->to_read.erase(0, size);
    return size;
  }
  Status Write(std::span<const uint8_t> bytes, uint64_t*) override {
    if (!server_->failure.empty()) return Fail(ErrorCode::kConnection, server_->failure);
    server_->written.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }

 private:
  Server* server_;
};

// A stage's host functions, called as a guest with 64 KiB of memory would call them.
class Stage {
 public:
  explicit Stage(Side side, Compression compression = Compression::kLz4)
      : host_(side, "test-connector", {}, compression, stop_,
              [this](const net::PostgresTarget&, const net::CancelToken&) {
                return Result<std::unique_ptr<net::Connection>>(std::make_unique<FakeConnection>(&server_));
              }) {
    host_.connections().Grant({"postgres"});
  }

  int32_t Call(HostFunction function, std::vector<uint64_t> args) {
    int32_t result = 0;
    const HostCallOutcome outcome = host_.Call({memory_.data(), memory_.size()}, function, args.data(), &result);
    return outcome == HostCallOutcome::kTrap ? kTrapped : result;
  }

  // Puts `text` at `address` and returns the two arguments that name it.
  std::vector<uint64_t> Put(const std::string& text, uint64_t address = 1000) {
    std::memcpy(memory_.data() + address, text.data(), text.size());
    return {address, text.size()};
  }
  std::string Get(uint64_t address, size_t size) const {
    return {reinterpret_cast<const char*>(memory_.data()) + address, size};
  }
  json LastError() {
    const int32_t size = Call(HostFunction::k_last_error, {0, 1000});
    return json::parse(Get(0, static_cast<size_t>(size)));
  }
  int32_t Emit(const std::string& message, uint32_t rows) {
    const auto place = Put(message);
    return Call(HostFunction::k_emit_batch, {place[0], place[1], rows});
  }
  int32_t Connect() { return Call(HostFunction::k_net_connect, Put("postgres")); }

  HostFunctions& host() { return host_; }
  Server& server() { return server_; }

 private:
  std::vector<uint8_t> memory_ = std::vector<uint8_t>(kMemoryBytes);
  StopSwitch stop_;
  Server server_;
  HostFunctions host_;
};

// A guest whose one export is the test's function.
class ScriptedGuest final : public wasm::Guest {
 public:
  explicit ScriptedGuest(std::function<Result<int32_t>()> script) : script_(std::move(script)) {}
  Result<int32_t> Call(abi::Export) override { return script_(); }
  void Stop() override {}

 private:
  std::function<Result<int32_t>()> script_;
};

struct BadRange {
  HostFunction function;
  std::vector<uint64_t> args;
};

class BadRanges : public testing::TestWithParam<BadRange> {};

TEST_P(BadRanges, EndTheGuest) {
  Channel channel(8, 1 << 20);
  for (const Side side : {Side::kSource, Side::kDestination}) {
    Stage stage(side);
    ASSERT_EQ(stage.Connect(), 0);
    stage.host().UseChannel(&channel);
    EXPECT_EQ(stage.Call(GetParam().function, GetParam().args), kTrapped);
  }
}

INSTANTIATE_TEST_SUITE_P(All, BadRanges,
                         testing::Values(BadRange{HostFunction::k_request, {kMemoryBytes, 1}},
                                         BadRange{HostFunction::k_respond, {0, kMemoryBytes + 1}},
                                         BadRange{HostFunction::k_last_error, {0xffffffff, 1}},
                                         BadRange{HostFunction::k_log, {2, kMemoryBytes - 1, 2}},
                                         BadRange{HostFunction::k_emit_batch, {1, kMemoryBytes, 1}},
                                         BadRange{HostFunction::k_next_batch, {0xffffffff, 0xffffffff}},
                                         BadRange{HostFunction::k_net_connect, {kMemoryBytes + 1, 0}},
                                         BadRange{HostFunction::k_net_read, {0, 10, kMemoryBytes}},
                                         BadRange{HostFunction::k_net_write, {0, kMemoryBytes, 1}}),
                         [](const auto& values) {
                           return std::string(abi::kHostFunctionNames[static_cast<size_t>(values.param.function)]);
                         });

TEST(HostFunctions, OutOfMemoryIsAFailureAndNoExceptionForTheGuest) {
  Stage stage(Side::kSource);
  ASSERT_EQ(stage.Connect(), 0);
  stage.server().is_too_large = true;
  EXPECT_EQ(stage.Call(HostFunction::k_net_read, {0, 0, 100}), abi::kFailed);
  EXPECT_EQ(stage.LastError()["message"], "the host failed: std::bad_alloc");
}

TEST(HostFunctions, CallsAnExportWithItsRequestAndGetsTheAnswer) {
  Stage stage(Side::kSource);
  ScriptedGuest guest([&]() -> Result<int32_t> {
    const int32_t needed = stage.Call(HostFunction::k_request, {0, 3});
    EXPECT_LT(needed, abi::kFailed);
    EXPECT_EQ(stage.Call(HostFunction::k_request, {0, static_cast<uint64_t>(-needed)}), -needed);
    EXPECT_EQ(json::parse(stage.Get(0, static_cast<size_t>(-needed))), json({{"stream", "t"}}));
    EXPECT_EQ(stage.Call(HostFunction::k_respond, stage.Put(R"({"rows": 7})")), 0);
    return 0;
  });
  const auto answer = stage.host().CallExport(guest, abi::Export::kRunRead, {{"stream", "t"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->at("rows"), 7);
}

TEST(HostFunctions, AFailedExportGivesTheConnectorsError) {
  Stage stage(Side::kDestination);
  ScriptedGuest guest([&]() -> Result<int32_t> {
    stage.Call(HostFunction::k_respond, stage.Put(R"({"error": {"category": "permission", "message": "may not"}})"));
    return 1;
  });
  const auto answer = stage.host().CallExport(guest, abi::Export::kOpen, json::object());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kDestination);
  EXPECT_EQ(answer.error().message, "may not");
}

TEST(HostFunctions, AnAnswerThatIsNoneIsAFaultOfTheConnector) {
  const std::string deep = "{\"rows\":" + std::string(1000, '[') + std::string(1000, ']') + "}";
  for (const std::string& text : {std::string(), std::string("{"), std::string("[1]"), std::string("\"text\""), deep,
                                  std::string("{\"notes\": [\"\xff\"]}")}) {
    Stage stage(Side::kSource);
    ScriptedGuest guest([&]() -> Result<int32_t> {
      stage.Call(HostFunction::k_respond, stage.Put(text));
      return 0;
    });
    const auto answer = stage.host().CallExport(guest, abi::Export::kOpen, json::object());
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().code, ErrorCode::kConnector);
  }
}

TEST(HostFunctions, ATrapIsTheErrorOfTheCall) {
  Stage stage(Side::kSource);
  ScriptedGuest guest([]() -> Result<int32_t> { return Fail(ErrorCode::kConnector, "trapped: unreachable"); });
  const auto answer = stage.host().CallExport(guest, abi::Export::kOpen, json::object());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "trapped: unreachable");
}

class Codecs : public testing::TestWithParam<Compression> {};

TEST_P(Codecs, BatchesTravelFromSourceToDestination) {
  Channel channel(8, 1 << 20);
  Stage source(Side::kSource, GetParam());
  Stage destination(Side::kDestination, GetParam());
  source.host().UseChannel(&channel);
  destination.host().UseChannel(&channel);
  const std::string batch(5000, 'b');
  ASSERT_EQ(source.Emit("the schema", 0), 0);
  ASSERT_EQ(source.Emit(batch, 42), 0);
  channel.EndStream();

  ASSERT_EQ(destination.Call(HostFunction::k_next_batch, {0, 100}), 10);
  EXPECT_EQ(destination.Get(0, 10), "the schema");
  EXPECT_EQ(destination.Call(HostFunction::k_next_batch, {0, 100}), -5000) << "and nothing is consumed";
  EXPECT_EQ(destination.Call(HostFunction::k_next_batch, {0, 4999}), -5000);
  ASSERT_EQ(destination.Call(HostFunction::k_next_batch, {200, 6000}), 5000);
  EXPECT_EQ(destination.Get(200, 5000), batch);
  EXPECT_FALSE(destination.host().saw_end());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(destination.Call(HostFunction::k_next_batch, {0, 100}), 0);
  EXPECT_TRUE(destination.host().saw_end());

  EXPECT_EQ(source.host().counts().rows, 42u);
  EXPECT_EQ(source.host().counts().bytes, 5000u) << "the schema is no batch";
  EXPECT_EQ(source.host().counts().batches, 1u);
  EXPECT_EQ(destination.host().counts().rows, 0u) << "not before it reports progress";
  EXPECT_EQ(destination.Call(HostFunction::k_progress, {42, 5000}), 0);
  EXPECT_EQ(destination.host().counts().rows, 42u);
}

INSTANTIATE_TEST_SUITE_P(All, Codecs, testing::Values(Compression::kNone, Compression::kLz4, Compression::kZstd),
                         [](const auto& values) { return std::string(Name(values.param)); });

TEST(HostFunctions, BatchesAreOneWayAndOnlyWithinAStream) {
  Channel channel(8, 1 << 20);
  Stage source(Side::kSource);
  Stage destination(Side::kDestination);
  EXPECT_EQ(source.Emit("the schema", 0), abi::kFailed) << "no stream yet";
  source.host().UseChannel(&channel);
  destination.host().UseChannel(&channel);
  EXPECT_EQ(destination.Emit("the schema", 0), abi::kFailed);
  EXPECT_EQ(destination.LastError().at("code"), static_cast<int>(ErrorCode::kConnector));
  EXPECT_EQ(source.Call(HostFunction::k_next_batch, {0, 100}), abi::kFailed);
  EXPECT_EQ(source.Emit("", 0), abi::kFailed) << "would look like the end of the stream";
}

TEST(HostFunctions, EachSideLearnsWhyTheOtherHasFailed) {
  Channel channel(8, 1 << 20);
  Stage source(Side::kSource);
  Stage destination(Side::kDestination);
  source.host().UseChannel(&channel);
  destination.host().UseChannel(&channel);
  channel.BreakStream({ErrorCode::kSource, "no such table"});
  EXPECT_EQ(destination.Call(HostFunction::k_next_batch, {0, 100}), abi::kFailed);
  EXPECT_EQ(destination.LastError().at("message"), "no such table");
  EXPECT_EQ(source.Emit("the schema", 0), abi::kFailed);
  EXPECT_EQ(source.LastError().at("message"), "no such table");
}

TEST(HostFunctions, ConnectionsCarryBytesBothWays) {
  Stage stage(Side::kSource);
  stage.server().to_read = "rows";
  ASSERT_EQ(stage.Connect(), 0);
  const auto query = stage.Put("query");
  EXPECT_EQ(stage.Call(HostFunction::k_net_write, {0, query[0], query[1]}), 0);
  EXPECT_EQ(stage.server().written, "query");
  EXPECT_EQ(stage.Call(HostFunction::k_net_read, {0, 0, 3}), 3);
  EXPECT_EQ(stage.Get(0, 3), "row");
  EXPECT_EQ(stage.Call(HostFunction::k_net_read, {0, 0, 3}), 1);
  EXPECT_EQ(stage.Call(HostFunction::k_net_read, {0, 0, 3}), 0) << "the end";
  const auto& reads = stage.host().timer().record().functions[static_cast<size_t>(HostFunction::k_net_read)];
  EXPECT_EQ(reads.count, 3u);
  EXPECT_EQ(reads.time.wait_nanos, 3000u);
  EXPECT_EQ(stage.Call(HostFunction::k_net_close, {0}), 0);
  EXPECT_EQ(stage.Call(HostFunction::k_net_read, {0, 0, 3}), abi::kFailed);
  EXPECT_EQ(stage.Call(HostFunction::k_net_write, {0, 0, 3}), abi::kFailed);
  EXPECT_EQ(stage.Call(HostFunction::k_net_close, {0}), abi::kFailed);
}

TEST(HostFunctions, AConnectionThatBreaksIsAFailureOfThatSide) {
  for (const Side side : {Side::kSource, Side::kDestination}) {
    Stage stage(side);
    ASSERT_EQ(stage.Connect(), 0);
    stage.server().failure = "the server closed the connection";
    EXPECT_EQ(stage.Call(HostFunction::k_net_read, {0, 0, 3}), abi::kFailed);
    const Error error = FromErrorDocument(stage.LastError(), side);
    EXPECT_EQ(error.code, side == Side::kSource ? ErrorCode::kSource : ErrorCode::kDestination);
    EXPECT_EQ(error.category, "transient_network");
    EXPECT_EQ(error.message, "the server closed the connection");
  }
}

TEST(HostFunctions, RefusesAConnectionThatWasNotGranted) {
  Stage stage(Side::kSource);
  EXPECT_EQ(stage.Call(HostFunction::k_net_connect, stage.Put("ftp")), abi::kFailed);
  EXPECT_EQ(stage.LastError().at("code"), static_cast<int>(ErrorCode::kConnector));
}

TEST(HostFunctions, RefusesAPhaseThatThereIsNot) {
  Stage stage(Side::kSource);
  EXPECT_EQ(stage.Call(HostFunction::k_phase, {4}), 0);
  EXPECT_EQ(stage.Call(HostFunction::k_phase, {5}), abi::kFailed);
}

}  // namespace
}  // namespace rapidbyte::engine
