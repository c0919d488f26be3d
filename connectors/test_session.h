// A session of somebody else with the tests' server, for what happens while a run is at work. One thread.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "postgres_fixture.h"

namespace rapidbyte::test {

class TestSession {
 public:
  explicit TestSession(const std::string& database = "postgres", const std::string& user = Cluster().user()) {
    const std::string target = "host=" + Cluster().socket_dir() + " port=" + std::to_string(Cluster().port()) +
                               " user=" + user + " dbname=" + database;
    connection_.reset(PQconnectdb(target.c_str()));
    EXPECT_EQ(PQstatus(connection_.get()), CONNECTION_OK) << PQerrorMessage(connection_.get());
  }

  // Runs SQL to its end; the first field of the last row, if there is one. Fails the test where the server refuses.
  std::string Run(const std::string& sql) {
    Start(sql);
    return Finish();
  }

  // Sends SQL and does not wait for it; Finish does.
  void Start(const std::string& sql) {
    EXPECT_EQ(PQsendQuery(connection_.get(), sql.c_str()), 1) << PQerrorMessage(connection_.get());
  }
  std::string Finish() {
    std::string value;
    while (PGresult* result = PQgetResult(connection_.get())) {
      EXPECT_NE(PQresultStatus(result), PGRES_FATAL_ERROR) << PQresultErrorMessage(result);
      if (PQntuples(result) > 0) value = PQgetvalue(result, PQntuples(result) - 1, 0);
      PQclear(result);
    }
    return value;
  }

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Close> connection_;
};

// Waits until `sql` gives "t", for at most half a minute; else the test fails.
inline void AwaitTrue(const std::string& sql) {
  TestSession watcher;
  for (int i = 0; i < 3000; ++i) {
    if (watcher.Run(sql) == "t") return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ADD_FAILURE() << "never became true: " << sql;
}

// Waits until a session waits for a lock.
inline void AwaitLockWait(int sessions = 1) {
  AwaitTrue("SELECT count(DISTINCT pid) >= " + std::to_string(sessions) + " FROM pg_locks WHERE NOT granted");
}

}  // namespace rapidbyte::test
