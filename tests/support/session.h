// A session of somebody else with a server, for what happens while a run is at work. A failing statement fails the
// test. One thread at a time.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

namespace rapidbyte::test {

class Session {
 public:
  // `target`: "host=… port=… user=… dbname=…"
  explicit Session(const std::string& target) : connection_(PQconnectdb(target.c_str())) {
    EXPECT_EQ(PQstatus(connection_.get()), CONNECTION_OK) << PQerrorMessage(connection_.get());
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
  }

  // Runs SQL to its end; the first field of the last row, if there is one.
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

  // Waits until `sql` gives "t", for at most half a minute; else the test fails.
  bool Await(const std::string& sql) {
    for (int i = 0; i < 3000; ++i) {
      if (Run(sql) == "t") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "never became true: " << sql;
    return false;
  }

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Close> connection_;
};

}  // namespace rapidbyte::test
