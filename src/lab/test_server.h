// For tests: one throwaway server for all tests of a process, and a session with it.
#pragma once

#include <gtest/gtest.h>

#include "lab/environment.h"
#include "lab/postgres.h"

namespace rapidbyte::lab {

class ServerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (environment_) return;
    auto started = Environment::StartEphemeral();
    ASSERT_TRUE(started) << started.error().message;
    environment_ = *std::move(started);
  }
  static void TearDownTestSuite() { environment_.reset(); }

  void SetUp() override {
    ASSERT_TRUE(environment_);
    auto session = Postgres::Connect(environment_->address());
    ASSERT_TRUE(session) << session.error().message;
    session_ = std::make_unique<Postgres>(*std::move(session));
  }

  void Exec(const std::string& sql) {
    const Status done = session_->Exec(sql);
    ASSERT_TRUE(done) << done.error().message << " in " << sql;
  }
  std::string Value(const std::string& sql) {
    const auto value = session_->Value(sql);
    EXPECT_TRUE(value) << value.error().message << " in " << sql;
    return value.value_or("");
  }

  static inline std::unique_ptr<Environment> environment_;
  std::unique_ptr<Postgres> session_;
};

}  // namespace rapidbyte::lab
