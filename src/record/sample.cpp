#include "record/sample.h"

#include <string_view>

namespace rapidbyte::record {
namespace {

using nlohmann::json;

// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): stable over versions and machines, unlike std::hash.
class Fnv1a {
 public:
  // Each field ends with a zero byte, so that moving a character to the next field changes the hash.
  void Add(std::string_view field) {
    for (const char c : field) Mix(static_cast<uint8_t>(c));
    Mix(0);
  }
  std::string Hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(16, '0');
    for (size_t i = 0; i < text.size(); ++i) text[i] = digits[(state_ >> (60 - 4 * i)) & 15];
    return text;
  }

 private:
  void Mix(uint8_t byte) { state_ = (state_ ^ byte) * 0x100000001b3u; }

  uint64_t state_ = 0xcbf29ce484222325u;
};

void AddHost(const HostFingerprint& host, json& line) {
  line["host_hash"] = host.Hash();
  line["host_name"] = host.hostname;
  line["host_kernel"] = host.kernel;
  line["host_cpu_model"] = host.cpu_model;
  line["host_cpus"] = host.cpus;
  line["host_memory_bytes"] = host.memory_bytes;
}

void AddCampaign(const Campaign& campaign, json& line) {
  line["campaign_id"] = campaign.id;
  line["campaign_started_at"] = campaign.started_at;
  line["git_sha"] = campaign.git_sha;
  line["git_branch"] = campaign.git_branch;
  line["git_dirty"] = campaign.git_dirty;
  line["seed"] = campaign.seed;
  line["dataset"] = campaign.dataset;
  line["bench_rows"] = campaign.bench_rows;
  line["server"] = campaign.server;
  line["settings"] = campaign.settings;
  AddHost(campaign.host, line);
}

void AddSample(const Sample& sample, json& line) {
  line["block"] = sample.block;
  line["position"] = sample.position;
  line["warmup"] = sample.warmup;
  line["timestamp"] = sample.timestamp;
  line["mode"] = sample.mode;
  line["aot"] = sample.aot;
  line["outcome"] = OutcomeName(sample.outcome);
  line["error"] = sample.error;
  line["exit_code"] = sample.exit_code;
  line["wall_secs"] = sample.wall_secs;
  line["user_secs"] = sample.user_secs;
  line["system_secs"] = sample.system_secs;
  line["max_rss_bytes"] = sample.max_rss_bytes;
}

}  // namespace

std::string HostFingerprint::Hash() const {
  Fnv1a hash;
  hash.Add(hostname);
  hash.Add(kernel);
  hash.Add(cpu_model);
  hash.Add(std::to_string(cpus));
  hash.Add(std::to_string(memory_bytes));
  return hash.Hex();
}

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kWrongRows:
      return "wrong_rows";
    case Outcome::kTimeout:
      return "timeout";
  }
  return "failed";
}

json ToJson(const Sample& sample, const Campaign& campaign) {
  // What the laboratory measured itself comes last and so wins over a key of the same name in the run's line.
  json line = sample.run.is_object() ? sample.run : json::object();
  AddCampaign(campaign, line);
  AddSample(sample, line);
  return line;
}

}  // namespace rapidbyte::record
