// For tests: a new store in each engine. One throwaway PostgreSQL for all tests of a process.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "lab/environment.h"
#include "lab/postgres.h"
#include "record/sample_json.h"
#include "record/test_samples.h"
#include "store/sample_store.h"
#include "store/test_folder.h"

namespace rapidbyte::store {

enum class Engine { kSqlite, kPostgres };

// By libpq's keywords; `server` is one of lab::Environment.
inline std::string AddressOf(const lab::ServerAddress& server) {
  std::string address = "host=" + server.host + " port=" + std::to_string(server.port) + " user=" + server.user +
                        " dbname=" + server.database;
  if (!server.password.empty()) address += " password=" + server.password;
  return address;
}

class StoreTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (GetParam() == Engine::kPostgres) StartServer();
  }

  // The store's name; the same one through a test.
  std::string Name() const { return GetParam() == Engine::kSqlite ? (folder_ / "results.db").string() : address_; }
  std::filesystem::path Lines() const { return folder_ / "results.jsonl"; }

  SampleStore OpenNew() const {
    auto store = SampleStore::Open(Name(), Lines());
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }
  // With the example's campaign in it.
  SampleStore OpenWithCampaign() const {
    SampleStore store = OpenNew();
    EXPECT_TRUE(store.PutCampaign(record::ExampleCampaign()));
    return store;
  }

  // Runs plain SQL behind the store's back.
  void Execute(const std::string& sql) {
    const Status done = session_->Exec(sql);
    ASSERT_TRUE(done) << done.error().message;
  }

  void StartServer() {
    static std::unique_ptr<lab::Environment> environment;
    if (!environment) {
      auto started = lab::Environment::StartEphemeral();
      ASSERT_TRUE(started) << started.error().message;
      environment = *std::move(started);
    }
    auto session = lab::Postgres::Connect(environment->address());
    ASSERT_TRUE(session) << session.error().message;
    session_ = std::make_unique<lab::Postgres>(*std::move(session));
    Execute("DROP SCHEMA IF EXISTS rapidbyte CASCADE");
    address_ = AddressOf(environment->address());
    tcp_address_ = AddressOf(environment->tcp_address());
  }

  const TestFolder folder_;
  std::unique_ptr<lab::Postgres> session_;
  std::string address_;
  std::string tcp_address_;  // with a password
};

inline std::string EngineName(const testing::TestParamInfo<Engine>& info) {
  return info.param == Engine::kSqlite ? "Sqlite" : "Postgres";
}

// The line holds every field of both, so equal lines mean equal values.
inline std::string LineOf(const record::Sample& sample, const record::Campaign& campaign) {
  return record::ToJson(sample, campaign).dump();
}

}  // namespace rapidbyte::store
