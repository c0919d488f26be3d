// `bench run` and `bench export` as a user meets them: whole, killed, interrupted.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

using namespace std::chrono_literals;

class BenchCommand : public InOwnFolder {
 protected:
  std::filesystem::path Jsonl() const { return folder_ / "target/bench_results/results.jsonl"; }

  std::vector<nlohmann::json> Samples() const {
    std::vector<nlohmann::json> samples;
    std::ifstream in(Jsonl());
    for (std::string line; std::getline(in, line);) samples.push_back(nlohmann::json::parse(line));
    return samples;
  }

  static std::string Dsn(Server& server) {
    const lab::ServerAddress& address = server.tcp_address();
    return "postgresql://" + address.user + ":" + address.password + "@127.0.0.1:" + std::to_string(address.port) +
           "/" + address.database;
  }

  // Starts a long campaign in its own process group and waits for its third sample.
  pid_t StartLongCampaign() const {
    const pid_t pid = fork();
    if (pid == 0) {
      setpgid(0, 0);
      const int out = open("out.txt", O_CREAT | O_WRONLY | O_TRUNC, 0600);
      dup2(out, STDOUT_FILENO);
      dup2(out, STDERR_FILENO);
      execl(RAPIDBYTE_BINARY, "rapidbyte", "bench", "run", "--rows", "2000", "--iters", "500", "--warmup", "0",
            nullptr);
      _exit(127);
    }
    for (int i = 0; i < 1200 && Lines() < 3; ++i) std::this_thread::sleep_for(50ms);
    EXPECT_GE(Lines(), 3) << Out();
    return pid;
  }

  long Lines() const {
    std::ifstream in(Jsonl());
    return std::count(std::istreambuf_iterator<char>(in), {}, '\n');
  }

  std::string Out() const {
    std::ifstream in(folder_ / "out.txt");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // The folders of the throwaway servers that the campaign's guardian looks after: named by the server's command line.
  static std::set<std::string> ServerFolders() {
    std::set<std::string> folders;
    for (const auto& process : std::filesystem::directory_iterator("/proc")) {
      std::ifstream in(process.path() / "cmdline");
      std::string line;
      std::getline(in, line);  // nothing where the process has ended meanwhile
      if (line.find("bin/postgres") == std::string::npos) continue;
      std::replace(line.begin(), line.end(), '\0', ' ');
      folders.insert(line);
    }
    return folders;
  }

  // Servers that run now and did not before, unless somebody else started them in between.
  static std::set<std::string> NewServers(const std::set<std::string>& before) {
    std::set<std::string> added;
    for (const std::string& server : ServerFolders()) {
      if (before.count(server) == 0) added.insert(server);
    }
    return added;
  }

  static void ExpectGone(const std::set<std::string>& servers) {
    const auto left = [&servers] {
      const auto running = ServerFolders();
      return std::any_of(servers.begin(), servers.end(),
                         [&](const auto& server) { return running.count(server) != 0; });
    };
    for (int i = 0; i < 400 && left(); ++i) std::this_thread::sleep_for(50ms);
    EXPECT_FALSE(left());
  }
};

TEST_F(BenchCommand, ComparesInsertAndCopyAndKeepsEverySample) {
  const RunResult run =
      RunRapidbyte({"bench", "run", "--rows", "1000", "--iters", "6", "--warmup", "1", "--seed", "7"});
  ASSERT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_NE(run.out.find("INSERT"), std::string::npos);
  EXPECT_NE(run.out.find("COPY"), std::string::npos);
  const auto samples = Samples();
  ASSERT_EQ(samples.size(), 14u);
  for (const auto& sample : samples) {
    for (const char* key : {"timestamp", "mode", "bench_rows", "aot", "git_sha", "git_branch", "git_dirty", "wall_secs",
                            "user_secs", "system_secs", "max_rss_bytes", "records_written", "dest_flush_secs"}) {
      EXPECT_TRUE(sample.contains(key)) << key;
    }
    EXPECT_EQ(sample.at("records_written"), 1000);
    EXPECT_EQ(sample.at("bench_rows"), 1000);
    EXPECT_GT(sample.at("max_rss_bytes").get<uint64_t>(), 1u << 20);
  }
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) {
    size_t columns = 0;
    for (const char c : line) columns += (c & 0xc0) != 0x80;
    EXPECT_LE(columns, 80u) << line;
  }
}

TEST_F(BenchCommand, TheSameSeedGivesTheSameOrder) {
  auto order = [this](const std::string& seed) {
    std::filesystem::remove_all(folder_ / "target");
    const RunResult run =
        RunRapidbyte({"bench", "run", "--rows", "100", "--iters", "6", "--warmup", "0", "--seed", seed});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    std::string modes;
    for (const auto& sample : Samples()) modes += sample.at("mode").get<std::string>() + " ";
    return modes;
  };
  const std::string first = order("1");
  EXPECT_EQ(first, order("1"));
  EXPECT_NE(first, order("2"));
}

TEST_F(BenchCommand, ExportsWhatItKept) {
  ASSERT_EQ(RunRapidbyte({"bench", "run", "--rows", "100", "--iters", "2", "--warmup", "0"}).exit_code, 0);
  const RunResult jsonl = RunRapidbyte({"bench", "export", "--format", "jsonl"});
  ASSERT_EQ(jsonl.exit_code, 0) << jsonl.err;
  std::istringstream lines(jsonl.out);
  size_t at = 0;
  const auto samples = Samples();
  for (std::string line; std::getline(lines, line); ++at) {
    ASSERT_LT(at, samples.size());
    auto exported = nlohmann::json::parse(line);
    EXPECT_NE(exported.at("campaign_finished_at"), "") << "not known yet when the line was appended";
    exported["campaign_finished_at"] = "";
    EXPECT_EQ(exported, samples[at]);
  }
  EXPECT_EQ(at, samples.size());
  const RunResult csv = RunRapidbyte({"bench", "export", "--format", "csv"});
  ASSERT_EQ(csv.exit_code, 0) << csv.err;
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 5);
}

TEST_F(BenchCommand, KilledItLosesNoFinishedSampleAndLeavesNoServer) {
  const auto before = ServerFolders();
  const pid_t pid = StartLongCampaign();
  const auto servers = NewServers(before);
  EXPECT_FALSE(servers.empty());
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  ExpectGone(servers);
  const auto samples = Samples();
  EXPECT_GE(samples.size(), 3u);
  const RunResult jsonl = RunRapidbyte({"bench", "export", "--format", "jsonl"});
  ASSERT_EQ(jsonl.exit_code, 0) << jsonl.err;
  const auto kept = static_cast<size_t>(std::count(jsonl.out.begin(), jsonl.out.end(), '\n'));
  EXPECT_LE(kept, samples.size());
  EXPECT_GE(kept + 1, samples.size()) << "at most the sample whose row was about to follow its line";
}

TEST_F(BenchCommand, InterruptedItEndsCleanlyAndPrintsWhatItHas) {
  const auto before = ServerFolders();
  const pid_t pid = StartLongCampaign();
  const auto servers = NewServers(before);
  kill(-pid, SIGINT);
  int status = 0;
  waitpid(pid, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130) << Out();
  EXPECT_NE(Out().find("INSERT"), std::string::npos) << Out();
  ExpectGone(servers);
}

TEST_F(BenchCommand, AnExistingServerIsUsedAndLeftAsItWas) {
  Server& server = Server::Get();
  const std::string tables =
      "SELECT coalesce(string_agg(schemaname || '.' || tablename, ','), '') FROM pg_tables WHERE "
      "schemaname NOT IN ('pg_catalog', 'information_schema')";
  server.Sql("DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE");  // of tests before this one
  server.Sql("CREATE TABLE public.bench_events (precious int4); INSERT INTO public.bench_events VALUES (1)");
  const RunResult run =
      RunRapidbyte({"bench", "run", "--rows", "100", "--iters", "1", "--warmup", "0", "--dsn", Dsn(server)});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(server.Sql("SELECT sum(precious) FROM public.bench_events"), "1");
  EXPECT_EQ(server.Sql(tables), "public.bench_events");
  EXPECT_EQ((run.out + run.err).find(server.tcp_address().password), std::string::npos);
  server.Sql("DROP TABLE public.bench_events");
}

// A server that changes one value on its way in: the count is right, the content is not.
TEST_F(BenchCommand, WrongRowsAreAFailureAndNoSample) {
  Server& server = Server::Get();
  server.Sql(R"sql(
    CREATE FUNCTION public.spoil_row() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.id = 7 THEN NEW.amount := NEW.amount + 1; END IF; RETURN NEW; END $$;
    CREATE FUNCTION public.spoil_table() RETURNS event_trigger LANGUAGE plpgsql AS $$
      DECLARE made record;
      BEGIN
        FOR made IN SELECT * FROM pg_event_trigger_ddl_commands()
                    WHERE schema_name = 'rapidbyte_bench_destination' AND object_type = 'table' LOOP
          EXECUTE format('CREATE TRIGGER spoil BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.spoil_row()',
                         made.object_identity);
        END LOOP;
      END $$;
    CREATE EVENT TRIGGER spoil ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
      EXECUTE FUNCTION public.spoil_table())sql");
  const RunResult run =
      RunRapidbyte({"bench", "run", "--rows", "100", "--iters", "1", "--warmup", "0", "--dsn", Dsn(server)});
  server.Sql("DROP EVENT TRIGGER spoil; DROP FUNCTION public.spoil_table(); DROP FUNCTION public.spoil_row()");
  EXPECT_EQ(run.exit_code, 17) << run.out << run.err;
  for (const nlohmann::json& sample : Samples()) EXPECT_EQ(sample["outcome"], "wrong_rows") << sample;
  EXPECT_EQ(Samples().size(), 2u);
}

TEST_F(BenchCommand, DoctorSaysWhatTheMachineResolves) {
  const RunResult run = RunRapidbyte({"bench", "doctor", "--quick", "--json", "--blocks", "8", "--folder", "."});
  ASSERT_EQ(run.exit_code, 0) << run.err << run.out;
  const auto report = nlohmann::json::parse(run.out);
  EXPECT_EQ(report["format"], "rapidbyte-bench-doctor");
  ASSERT_EQ(report["probes"].size(), 6u);
  for (const auto& probe : report["probes"]) {
    ASSERT_TRUE(probe["skipped"].is_null()) << probe;
    EXPECT_EQ(probe["noise"]["blocks"], 8);
    EXPECT_GT(probe["noise"]["median_secs"], 0);
    EXPECT_EQ(probe["noise"]["resolution"].size(), 6u);
  }
  EXPECT_EQ(report["facts"]["folder"], ".");
  EXPECT_TRUE(report["advice"].is_array());
  EXPECT_TRUE(std::filesystem::is_empty(folder_)) << "nothing stays behind";
}

TEST_F(BenchCommand, DoctorTriesACommandWithEnvironmentsOfSeveralSizes) {
  const RunResult run = RunRapidbyte({"bench", "doctor", "--quick", "--json", "--environment-size", "--blocks", "12",
                                      "--", "sh", "-c", "test ${#RAPIDBYTE_PADDING} -le 4096"});
  ASSERT_EQ(run.exit_code, 0) << run.err << run.out;
  const auto report = nlohmann::json::parse(run.out);
  EXPECT_EQ(report["padding_bytes"].size(), 4u);
  EXPECT_EQ(report["padding_bytes"][0], 0);
  EXPECT_EQ(report["medians_secs"].size(), 4u);
  EXPECT_EQ(report["ratio"]["interval"].size(), 2u);
  EXPECT_EQ(RunRapidbyte({"bench", "doctor", "--environment-size"}).exit_code, 10);
  EXPECT_EQ(RunRapidbyte({"bench", "doctor", "--environment-size", "--", "no-such-program"}).exit_code, 11);
}

}  // namespace
}  // namespace rapidbyte::e2e
