#include "lab/probe_activity.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostNamed = 5;

std::optional<int64_t> PidOf(const fs::path& folder) {
  const std::string name = folder.filename().string();
  int64_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return pid;
}

// "42 (a name (with) parentheses) S 1 …": fields are counted from behind the last one.
std::optional<ProcessTicks> ReadProcess(const fs::path& file) {
  std::ifstream in(file);
  const std::string line{std::istreambuf_iterator<char>(in), {}};
  const size_t open = line.find('('), close = line.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
  std::istringstream rest(line.substr(close + 1));
  const std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
  constexpr size_t kState = 3;  // the number of the first of `fields` in proc(5)
  const auto number = [&](size_t field) {
    int64_t value = 0;
    const std::string& text = fields[field - kState];
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  if (fields.size() <= 22 - kState) return std::nullopt;
  ProcessTicks process;
  process.name = line.substr(open + 1, close - open - 1);
  process.parent = number(4);
  process.started = number(22);
  process.own = static_cast<uint64_t>(number(14) + number(15));
  process.with_waited = process.own + static_cast<uint64_t>(number(16) + number(17));
  return process;
}

void ReadTotals(const fs::path& file, ActivitySnapshot& snapshot) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name != "cpu") {
      snapshot.cpus += name.starts_with("cpu");
      continue;
    }
    // user nice system idle iowait irq softirq steal; guest times behind them are part of user and nice.
    uint64_t ticks[8] = {};
    for (uint64_t& value : ticks) words >> value;
    for (const uint64_t value : ticks) snapshot.total += value;
    snapshot.steal = ticks[7];
    snapshot.busy = snapshot.total - ticks[3] - ticks[4] - ticks[7];
  }
}

uint64_t ReadSwapPages(const fs::path& file) {
  std::ifstream in(file);
  uint64_t pages = 0, value = 0;
  for (std::string name; in >> name >> value;) pages += name == "pswpin" || name == "pswpout" ? value : 0;
  return pages;
}

bool IsOurs(int64_t pid, const ActivitySnapshot& snapshot, const std::set<int64_t>& ours) {
  for (int depth = 0; depth < 100 && pid > 0; ++depth) {
    if (ours.count(pid) != 0) return true;
    const auto process = snapshot.processes.find(pid);
    if (process == snapshot.processes.end()) return false;
    pid = process->second.parent;
  }
  return false;
}

}  // namespace

ActivitySnapshot TakeActivity(const fs::path& proc) {
  ActivitySnapshot snapshot;
  ReadTotals(proc / "stat", snapshot);
  snapshot.swap_pages = ReadSwapPages(proc / "vmstat");
  std::error_code error;
  for (fs::directory_iterator entry(proc, error), end; !error && entry != end; entry.increment(error)) {
    const auto pid = PidOf(entry->path());
    if (!pid) continue;
    if (auto process = ReadProcess(entry->path() / "stat")) snapshot.processes.emplace(*pid, *std::move(process));
  }
  return snapshot;
}

record::Activity ActivityBetween(const ActivitySnapshot& before, const ActivitySnapshot& after,
                                 const std::set<int64_t>& ours) {
  record::Activity activity;
  if (after.total <= before.total || after.cpus == 0) return activity;
  const auto since = [](uint64_t now, uint64_t then) { return now > then ? static_cast<double>(now - then) : 0.0; };
  const double total = since(after.total, before.total);
  const double ticks_of_one_cpu = total / after.cpus;
  double our_ticks = 0;
  std::map<std::string, double> others;
  for (const auto& [pid, process] : after.processes) {
    const auto old = before.processes.find(pid);
    const bool is_new = old == before.processes.end() || old->second.started != process.started;
    if (IsOurs(pid, after, ours)) {
      our_ticks += since(process.with_waited, is_new ? 0 : old->second.with_waited);
    } else {
      others[process.name] += since(process.own, is_new ? 0 : old->second.own) / ticks_of_one_cpu;
    }
  }
  activity.steal_share = since(after.steal, before.steal) / total;
  activity.other_cpus = std::max(0.0, since(after.busy, before.busy) - our_ticks) / ticks_of_one_cpu;
  activity.swap_pages = after.swap_pages - std::min(after.swap_pages, before.swap_pages);
  for (const auto& [name, cpus] : others) {
    if (cpus > 0) activity.busiest.push_back({name, cpus});
  }
  std::stable_sort(activity.busiest.begin(), activity.busiest.end(),
                   [](const auto& a, const auto& b) { return a.cpus > b.cpus; });
  if (activity.busiest.size() > kMostNamed) activity.busiest.resize(kMostNamed);
  return activity;
}

}  // namespace rapidbyte::lab
