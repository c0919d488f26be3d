#include "store/run_state.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <sstream>

#include "base/check.h"
#include "base/commit_name.h"
#include "store/migrations.h"
#include "store/process_identity.h"

namespace rapidbyte::store {
namespace {

constexpr std::array kOutcomeNames = {std::string_view("running"), std::string_view("ok"), std::string_view("failed"),
                                      std::string_view("interrupted"), std::string_view("killed")};

std::string NowUtc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

// What a newer build may have written and this one does not know counts as failed.
RunOutcome ParseOutcome(std::string_view name) {
  for (size_t i = 0; i < kOutcomeNames.size(); ++i) {
    if (kOutcomeNames[i] == name) return static_cast<RunOutcome>(i);
  }
  return RunOutcome::kFailed;
}

// Counts stay below 2^63; the database has signed integers only.
int64_t Signed(uint64_t count) { return static_cast<int64_t>(count); }
uint64_t Unsigned(int64_t count) { return static_cast<uint64_t>(count); }

// Rows of before step 4 say nothing.
CommitState ParseCommit(std::string_view name) {
  for (const CommitState commit : {CommitState::kNotCommitted, CommitState::kCommitted}) {
    if (CommitName(commit) == name) return commit;
  }
  return CommitState::kUnknown;
}

// Notes are sentences of one line.
std::string JoinLines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

std::vector<std::string> SplitLines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

void Add(const record::StreamRecord& stream, record::StreamRecord& totals) {
  totals.records_read += stream.records_read;
  totals.records_written += stream.records_written;
  totals.bytes_read += stream.bytes_read;
  totals.bytes_written += stream.bytes_written;
}

RunRow ReadRun(const Statement& row) {
  RunRow run;
  run.id = row.Integer(0);
  run.pipeline = row.Text(1);
  run.started_at = row.Text(2);
  run.finished_at = row.Text(3);
  run.outcome = ParseOutcome(row.Text(4));
  run.error = row.Text(5);
  if (!row.IsNull(6)) run.exit_code = static_cast<int>(row.Integer(6));
  const ProcessIdentity process{row.Text(7), row.Text(8), row.Integer(9), row.Integer(10)};
  if (run.outcome == RunOutcome::kRunning && IsGone(process)) run.outcome = RunOutcome::kKilled;
  return run;
}

Status InsertStreams(Connection& connection, int64_t run, const std::vector<record::StreamRecord>& streams) {
  RB_ASSIGN(const StatementHandle insert,
            connection.Prepare("INSERT INTO run_streams VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"));
  for (size_t i = 0; i < streams.size(); ++i) {
    const record::StreamRecord& stream = streams[i];
    insert->Bind(1, run).Bind(2, Signed(i)).Bind(3, stream.name);
    insert->Bind(4, Signed(stream.records_read)).Bind(5, Signed(stream.records_written));
    insert->Bind(6, Signed(stream.bytes_read)).Bind(7, Signed(stream.bytes_written));
    insert->Bind(8, CommitName(stream.commit)).Bind(9, JoinLines(stream.notes));
    RB_TRY(insert->Run());
  }
  return {};
}

// Of files that an earlier build made for everybody to read. What belongs to another user is left as it is.
void NarrowRights(const std::filesystem::path& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string file = path.string() + suffix;
    struct stat status {};
    const bool is_own = stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid();
    if (is_own && (status.st_mode & 077) != 0) chmod(file.c_str(), status.st_mode & 0700);
  }
}

}  // namespace

std::string_view RunOutcomeName(RunOutcome outcome) { return kOutcomeNames[static_cast<size_t>(outcome)]; }

Result<RunState> RunState::Open(const std::filesystem::path& path) {
  RB_ASSIGN(std::unique_ptr<Connection> connection, OpenStore("sqlite:" + path.string(), OpenMode::kCreate));
  NarrowRights(path);  // once it is known to be ours
  return RunState(std::move(connection));
}

Result<int64_t> RunState::RecordRunStart(std::string_view pipeline) {
  RB_ASSIGN(
      const StatementHandle insert,
      connection_->Prepare("INSERT INTO runs (pipeline, started_at, outcome, host_name, boot_id, pid, pid_started)"
                           " VALUES ($1, $2, 'running', $3, $4, $5, $6) RETURNING id"));
  const ProcessIdentity process = ThisProcess();
  insert->Bind(1, pipeline).Bind(2, NowUtc());
  insert->Bind(3, process.host_name).Bind(4, process.boot_id).Bind(5, process.pid).Bind(6, process.pid_started);
  RB_TRY(insert->Step());
  const int64_t id = insert->Integer(0);
  RB_TRY(insert->Run());  // to its end: the row is there when the statement has ended
  return id;
}

Status RunState::RecordRunEnd(int64_t id, const RunEnd& end) {
  RB_CHECK(end.outcome != RunOutcome::kRunning && end.outcome != RunOutcome::kKilled);
  RB_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  RB_ASSIGN(const StatementHandle update,
            connection_->Prepare("UPDATE runs SET finished_at = $1, outcome = $2, error = $3, exit_code = $4"
                                 " WHERE id = $5 RETURNING id"));
  update->Bind(1, NowUtc()).Bind(2, RunOutcomeName(end.outcome)).Bind(3, end.error);
  update->Bind(4, static_cast<int64_t>(end.exit_code)).Bind(5, id);
  RB_ASSIGN(const bool is_known, update->Step());
  RB_TRY(update->Run());  // to its end: a statement under way would hold the commit up
  if (!is_known) return Fail(ErrorCode::kInternal, connection_->name() + ": no run " + std::to_string(id));
  RB_ASSIGN(const StatementHandle clear, connection_->Prepare("DELETE FROM run_streams WHERE run_id = $1"));
  RB_TRY(clear->Bind(1, id).Run());
  RB_TRY(InsertStreams(*connection_, id, end.streams));
  return transaction.Commit();
}

Result<std::vector<record::StreamRecord>> RunState::Streams(int64_t run) {
  RB_ASSIGN(const StatementHandle select,
            connection_->Prepare("SELECT name, records_read, records_written, bytes_read, bytes_written,"
                                 " commit_state, notes FROM run_streams WHERE run_id = $1 ORDER BY place"));
  select->Bind(1, run);
  std::vector<record::StreamRecord> streams;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) return streams;
    streams.push_back({select->Text(0), Unsigned(select->Integer(1)), Unsigned(select->Integer(2)),
                       Unsigned(select->Integer(3)), Unsigned(select->Integer(4)), ParseCommit(select->Text(5)),
                       SplitLines(select->Text(6))});
  }
}

Result<std::vector<RunRow>> RunState::Runs(size_t limit) {
  RB_ASSIGN(const StatementHandle select,
            connection_->Prepare("SELECT id, pipeline, started_at, finished_at, outcome, error, exit_code, host_name,"
                                 " boot_id, pid, pid_started FROM runs ORDER BY id DESC LIMIT $1"));
  select->Bind(1, Signed(limit));
  std::vector<RunRow> runs;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) break;
    runs.push_back(ReadRun(*select));
  }
  for (RunRow& run : runs) {
    RB_ASSIGN(run.streams, Streams(run.id));
    for (const record::StreamRecord& stream : run.streams) Add(stream, run.totals);
  }
  return runs;
}

}  // namespace rapidbyte::store
