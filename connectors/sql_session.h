// A session of somebody else's for tests with real concurrency: libpq, on the test server, in the test's own thread.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <chrono>
#include <string>
#include <thread>

#include "postgres_fixture.h"

namespace rapidbyte::test {

class SqlSession {
 public:
  explicit SqlSession(const std::string& database = "postgres") {
    const std::string host = Cluster().socket_dir(), port = std::to_string(Cluster().port()), user = Cluster().user();
    const char* const keywords[] = {"host", "port", "user", "dbname", "application_name", nullptr};
    const char* const values[] = {host.c_str(), port.c_str(), user.c_str(), database.c_str(), "somebody", nullptr};
    session_ = PQconnectdbParams(keywords, values, 0);
  }
  ~SqlSession() { PQfinish(session_); }
  SqlSession(const SqlSession&) = delete;
  SqlSession& operator=(const SqlSession&) = delete;

  // Fails the test where the server refuses.
  void Run(const std::string& sql) {
    PGresult* result = PQexec(session_, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) << PQerrorMessage(session_) << sql;
    PQclear(result);
  }

  // Sends it without waiting; Finish() waits. True where the server did it.
  void Start(const std::string& sql) { EXPECT_EQ(PQsendQuery(session_, sql.c_str()), 1); }
  bool Finish() {
    bool ok = true;
    while (PGresult* result = PQgetResult(session_)) {
      const ExecStatusType status = PQresultStatus(result);
      ok = ok && (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
      PQclear(result);
    }
    return ok;
  }

 private:
  PGconn* session_;
};

// Waits until `waiters` sessions wait for locks; fails the test after half a minute.
inline void AwaitWaiters(const std::string& waiters) {
  const std::string count = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  for (int attempt = 0; attempt < 3000; ++attempt) {
    if (Cluster().Psql(count) == waiters) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL() << "nobody waits for a lock";
}

}  // namespace rapidbyte::test
