// For tests: samples of a simple pipeline whose truth is known. Two stages work side by side; who is quicker waits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "record/run_record.h"
#include "record/sample.h"

namespace rapidbyte::analysis {

// Seconds of work of one run, before noise.
struct TestWork {
  double process = 0.004;    // its start and exit
  double connect = 0.003;    // source, before the first batch
  double read_wait = 0.015;  // for the source's server
  double decode = 0.040;     // the source's guest code
  double compress = 0.010;   // in emit_batch
  double decompress = 0.004;
  double encode = 0.030;  // the destination's guest code
  double write_wait = 0.012;
  double commit = 0.006;  // after the source has ended, a wait in net_read
};

inline nlohmann::json TestLine(const TestWork& work) {
  using abi::HostFunction;
  record::RunRecord run;
  const auto nanos = [](double secs) { return static_cast<uint64_t>(secs * 1e9 + 0.5); };
  const auto call = [&](record::StageRecord& stage, HostFunction function, double cpu, double wait) {
    const uint64_t wall = nanos(cpu) + nanos(wait);
    stage.functions[static_cast<size_t>(function)].Add({wall, nanos(cpu), nanos(wait)});
    stage.total += {wall, nanos(cpu), nanos(wait)};
  };
  const auto guest = [&](record::StageRecord& stage, double cpu) {
    stage.guest += {nanos(cpu), nanos(cpu), 0};
    stage.total += {nanos(cpu), nanos(cpu), 0};
  };
  const double of_source = work.read_wait + work.decode + work.compress;
  const double of_destination = work.decompress + work.encode + work.write_wait;
  const double transfer = std::max(of_source, of_destination);
  call(run.source, HostFunction::k_net_connect, 0, work.connect);
  call(run.source, HostFunction::k_net_read, 0, work.read_wait);
  guest(run.source, work.decode);
  call(run.source, HostFunction::k_emit_batch, work.compress, transfer - of_source);
  run.source.compress_nanos = nanos(work.compress);
  call(run.destination, HostFunction::k_next_batch, work.decompress, work.connect + transfer - of_destination);
  run.destination.decompress_nanos = nanos(work.decompress);
  guest(run.destination, work.encode);
  call(run.destination, HostFunction::k_net_write, 0, work.write_wait);
  call(run.destination, HostFunction::k_net_read, 0, work.commit);
  run.duration_nanos = run.destination.total.wall_nanos + nanos(0.001);
  return record::ToJson(run);
}

inline record::Sample TestRunOf(const TestWork& work, uint32_t block, const std::string& campaign = "together") {
  record::Sample sample;
  sample.campaign_id = campaign;
  sample.block = block;
  sample.run = TestLine(work);
  sample.wall_secs = sample.run["duration_secs"].get<double>() + work.process;
  sample.user_secs = work.decode + work.compress + work.decompress + work.encode;
  sample.system_secs = 0.002;
  return sample;
}

// Every part with noise of its own, of `noise` of its length.
inline TestWork Noisy(TestWork work, double noise, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  for (double* part : {&work.process, &work.connect, &work.read_wait, &work.decode, &work.compress, &work.decompress,
                       &work.encode, &work.write_wait, &work.commit}) {
    *part *= std::max(0.1, 1 + noise * normal(random));
  }
  return work;
}

inline std::vector<record::Sample> TestRuns(const TestWork& work, uint32_t blocks, uint64_t seed,
                                            const std::string& campaign = "together") {
  std::mt19937_64 random(seed);
  std::vector<record::Sample> samples;
  for (uint32_t block = 0; block < blocks; ++block) {
    samples.push_back(TestRunOf(Noisy(work, 0.03, random), block, campaign));
  }
  return samples;
}

inline std::vector<const record::Sample*> Refs(const std::vector<record::Sample>& samples) {
  std::vector<const record::Sample*> refs;
  for (const record::Sample& sample : samples) refs.push_back(&sample);
  return refs;
}

}  // namespace rapidbyte::analysis
