#include "engine/stage_timer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/clock.h"

namespace rapidbyte::engine {
namespace {

using abi::HostFunction;
using abi::Phase;

const record::HostFunctionStats& Stats(StageTimer& timer, HostFunction function) {
  return timer.record().functions[static_cast<size_t>(function)];
}

// Burns CPU time until `nanos` of it have passed.
void Work(uint64_t nanos) {
  const uint64_t end = ThreadCpuNanos() + nanos;
  while (ThreadCpuNanos() < end) {
  }
}

void HostCall(StageTimer& timer, HostFunction function, uint64_t wait_nanos, uint64_t wire_bytes) {
  timer.EnterHost();
  Work(200'000);
  timer.LeaveHost(function, wait_nanos, wire_bytes);
}

void Announce(StageTimer& timer, Phase phase) {
  timer.EnterHost();
  timer.SetPhase(phase);
  timer.LeaveHost(HostFunction::k_phase, 0, 0);
}

uint64_t Sum(const std::array<uint64_t, abi::kPhaseCount>& phases) {
  uint64_t sum = 0;
  for (const uint64_t nanos : phases) sum += nanos;
  return sum;
}

TEST(StageTimer, WhatIsAttributedAddsUpToTheThreadsOwnClocks) {
  StageTimer timer(Side::kSource);
  timer.Start();
  timer.EnterHosting();
  Work(1'000'000);
  timer.LeaveHosting();
  timer.EnterGuest();
  for (int i = 0; i < 100; ++i) {
    Work(100'000);
    HostCall(timer, HostFunction::k_emit_batch, 0, 0);
  }
  timer.LeaveGuest();
  timer.Stop();
  const record::StageRecord& record = timer.record();
  const uint64_t work =
      record.guest.work_nanos + record.hosting.work_nanos + Stats(timer, HostFunction::k_emit_batch).time.work_nanos;
  EXPECT_LE(work, record.total.work_nanos);
  EXPECT_GT(static_cast<double>(work), 0.97 * static_cast<double>(record.total.work_nanos));
  EXPECT_LT(static_cast<double>(record.UnattributedNanos()), 0.01 * static_cast<double>(record.total.wall_nanos));
  EXPECT_GE(record.guest.work_nanos, 10'000'000u);
  EXPECT_GE(record.hosting.work_nanos, 1'000'000u);
  EXPECT_GE(Stats(timer, HostFunction::k_emit_batch).time.work_nanos, 20'000'000u);
}

TEST(StageTimer, WaitsAreTheFunctionsAndSumUpInTheTotal) {
  StageTimer timer(Side::kDestination);
  timer.Start();
  timer.EnterGuest();
  HostCall(timer, HostFunction::k_next_batch, 300, 0);
  HostCall(timer, HostFunction::k_next_batch, 40, 0);
  HostCall(timer, HostFunction::k_net_write, 5, 0);
  timer.LeaveGuest();
  timer.Stop();
  EXPECT_EQ(Stats(timer, HostFunction::k_next_batch).count, 2u);
  EXPECT_EQ(Stats(timer, HostFunction::k_next_batch).time.wait_nanos, 340u);
  EXPECT_EQ(timer.record().total.wait_nanos, 345u);
}

TEST(StageTimer, PhasesCoverTheWholeStage) {
  StageTimer timer(Side::kDestination);
  timer.Start();
  timer.EnterGuest();
  for (const Phase phase : {Phase::kPrepare, Phase::kTransfer, Phase::kFinish, Phase::kCommit}) {
    Announce(timer, phase);
    Work(100'000);
  }
  timer.LeaveGuest();
  timer.Stop();
  const record::StageRecord& record = timer.record();
  for (size_t i = 1; i < abi::kPhaseCount; ++i) {
    EXPECT_GE(record.phase_nanos[i], 100'000u) << abi::kPhaseNames[i];
    EXPECT_GE(record.guest_phase_nanos[i], 100'000u) << abi::kPhaseNames[i];
  }
  EXPECT_EQ(Sum(record.guest_phase_nanos), record.guest.wall_nanos);
  EXPECT_LE(Sum(record.phase_nanos), record.total.wall_nanos);
}

TEST(StageTimer, ASourceFetchesAndItsQueryLastsUntilTheFirstRows) {
  StageTimer timer(Side::kSource);
  timer.Start();
  timer.EnterGuest();
  HostCall(timer, HostFunction::k_net_read, 0, 10);  // before transfer: no rows
  Announce(timer, Phase::kPrepare);
  Work(500'000);
  Announce(timer, Phase::kTransfer);
  HostCall(timer, HostFunction::k_net_read, 0, 100);
  const uint64_t query = timer.record().query_nanos;
  EXPECT_GE(query, 700'000u) << "prepare, and the first read";
  HostCall(timer, HostFunction::k_net_read, 0, 200);
  timer.LeaveGuest();
  timer.Stop();
  EXPECT_EQ(timer.record().query_nanos, query);
  EXPECT_EQ(timer.record().wire_bytes, 300u);
  EXPECT_GE(timer.record().fetch_nanos, 400'000u);
  EXPECT_EQ(timer.record().flush_nanos, 0u);
}

TEST(StageTimer, ADestinationFlushesInTransferAndFinish) {
  StageTimer timer(Side::kDestination);
  timer.Start();
  timer.EnterGuest();
  HostCall(timer, HostFunction::k_net_write, 0, 1);  // setting up
  Announce(timer, Phase::kTransfer);
  HostCall(timer, HostFunction::k_net_write, 0, 10);
  Announce(timer, Phase::kFinish);
  HostCall(timer, HostFunction::k_net_write, 0, 100);
  HostCall(timer, HostFunction::k_net_read, 0, 1000);  // the server's answer is no row
  Announce(timer, Phase::kCommit);
  HostCall(timer, HostFunction::k_net_write, 0, 10000);
  timer.LeaveGuest();
  timer.Stop();
  EXPECT_EQ(timer.record().wire_bytes, 110u);
  EXPECT_GE(timer.record().flush_nanos, 600'000u);
  EXPECT_EQ(timer.record().fetch_nanos, 0u);
}

std::vector<std::pair<record::StageActivity, uint32_t>> Kinds(const StageTimer& timer) {
  std::vector<std::pair<record::StageActivity, uint32_t>> kinds;
  for (const record::Span& span : timer.spans()->spans()) kinds.emplace_back(span.activity, span.first_batch);
  return kinds;
}

TEST(StageTimer, ASourcesSpansBelongToTheBatchThatItWillEmit) {
  using record::StageActivity;
  StageTimer timer(Side::kSource);
  timer.KeepSpans(MonotonicNanos());
  timer.Start();
  timer.EnterGuest();
  Announce(timer, Phase::kTransfer);
  HostCall(timer, HostFunction::k_net_read, 50'000, 1);
  timer.EnterHost();
  timer.CountBatch();
  Work(100'000);
  timer.LeaveHost(HostFunction::k_emit_batch, 20'000, 0);
  Work(10'000);
  timer.LeaveGuest();
  const auto kinds = Kinds(timer);
  const std::vector<std::pair<StageActivity, uint32_t>> expected = {
      {StageActivity::kDecode, 1}, {StageActivity::kWaitServer, 1}, {StageActivity::kFetch, 1},
      {StageActivity::kDecode, 1}, {StageActivity::kEmit, 1},       {StageActivity::kWaitStage, 1},
      {StageActivity::kDecode, 2}};
  ASSERT_GE(kinds.size(), expected.size());
  EXPECT_EQ(std::vector(kinds.end() - static_cast<ptrdiff_t>(expected.size()), kinds.end()), expected);
}

TEST(StageTimer, ADestinationsSpansBelongToTheBatchThatItGotLast) {
  using record::StageActivity;
  StageTimer timer(Side::kDestination);
  timer.KeepSpans(MonotonicNanos());
  timer.Start();
  timer.EnterGuest();
  Announce(timer, Phase::kTransfer);
  timer.EnterHost();
  timer.CountBatch();
  Work(100'000);
  timer.LeaveHost(HostFunction::k_next_batch, 20'000, 0);
  Work(10'000);
  HostCall(timer, HostFunction::k_net_write, 50'000, 1);
  Announce(timer, Phase::kCommit);
  HostCall(timer, HostFunction::k_net_read, 150'000, 1);
  timer.LeaveGuest();
  const auto kinds = Kinds(timer);
  const auto has = [&](StageActivity activity, uint32_t batch) {
    return std::find(kinds.begin(), kinds.end(), std::pair(activity, batch)) != kinds.end();
  };
  EXPECT_TRUE(has(StageActivity::kWaitStage, 1)) << "it waited for this batch";
  EXPECT_TRUE(has(StageActivity::kReceive, 1));
  EXPECT_TRUE(has(StageActivity::kFlush, 1));
  EXPECT_TRUE(has(StageActivity::kWaitServer, 1));
  EXPECT_TRUE(has(StageActivity::kCommit, 1));
  EXPECT_FALSE(has(StageActivity::kFetch, 1));
}

TEST(StageTimer, SpansAddUpToWhatTheRecordSays) {
  StageTimer timer(Side::kSource);
  timer.KeepSpans(MonotonicNanos());
  timer.Start();
  timer.EnterHosting();
  Work(100'000);
  timer.LeaveHosting();
  timer.EnterGuest();
  Announce(timer, Phase::kTransfer);
  for (int i = 0; i < 20; ++i) HostCall(timer, HostFunction::k_net_read, 70'000, 1);
  timer.LeaveGuest();
  timer.Stop();
  uint64_t spans = 0;
  for (const record::Span& span : timer.spans()->spans()) spans += span.busy_nanos;
  EXPECT_EQ(spans, timer.record().total.wall_nanos - timer.record().UnattributedNanos());
}

TEST(StageTimer, KeepsNoSpansUnlessAskedTo) {
  StageTimer timer(Side::kSource);
  timer.Start();
  timer.EnterGuest();
  HostCall(timer, HostFunction::k_net_read, 0, 1);
  timer.LeaveGuest();
  EXPECT_EQ(timer.spans(), nullptr);
}

}  // namespace
}  // namespace rapidbyte::engine
