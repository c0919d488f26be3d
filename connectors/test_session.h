// A session of somebody else with the tests' server, for what happens while a run is at work. One thread.
#pragma once

#include <string>

#include "postgres_fixture.h"
#include "support/session.h"

namespace rapidbyte::test {

class TestSession : public Session {
 public:
  explicit TestSession(const std::string& database = "postgres", const std::string& user = Cluster().user())
      : Session("host=" + Cluster().socket_dir() + " port=" + std::to_string(Cluster().port()) + " user=" + user +
                " dbname=" + database) {}
};

// Waits until `sql` gives "t", for at most half a minute; else the test fails.
inline void AwaitTrue(const std::string& sql) { TestSession().Await(sql); }

// Waits until a session waits for a lock.
inline void AwaitLockWait(int sessions = 1) {
  AwaitTrue("SELECT count(DISTINCT pid) >= " + std::to_string(sessions) + " FROM pg_locks WHERE NOT granted");
}

}  // namespace rapidbyte::test
