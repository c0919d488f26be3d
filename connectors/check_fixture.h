// What the tests of check stand on: three roles without rights, and both connectors asked as check asks them.
#pragma once

#include <string>
#include <vector>

#include "test_session.h"

namespace rapidbyte::test {

// The findings of a level, "stream: message" each.
inline std::vector<std::string> Found(const nlohmann::json& answer, const std::string& level) {
  std::vector<std::string> found;
  for (const nlohmann::json& finding : answer.at("findings")) {
    if (finding.at("level") != level) continue;
    found.push_back(finding.at("stream").get<std::string>() + ": " + finding.at("message").get<std::string>());
  }
  return found;
}

class Check : public Postgres {
 protected:
  void SetUp() override {
    Postgres::SetUp();
    Sql("DO $$ DECLARE r text; BEGIN FOREACH r IN ARRAY ARRAY['reader', 'owner', 'writer'] LOOP IF EXISTS (SELECT FROM "
        "pg_roles WHERE rolname = r) THEN EXECUTE 'DROP OWNED BY ' || r; EXECUTE 'DROP ROLE ' || r; END IF; END LOOP; "
        "END $$; GRANT TEMP ON DATABASE postgres TO PUBLIC; CREATE ROLE reader LOGIN; CREATE ROLE owner; CREATE ROLE "
        "writer LOGIN; GRANT USAGE ON SCHEMA src TO "
        "reader");
  }

  nlohmann::json CheckStreams(const nlohmann::json& streams, const Options& options) {
    const std::unique_ptr<TestHost> source = OpenSource(options);
    nlohmann::json answer = source->Run(abi::Export::kValidate, {{"streams", streams}});
    source->Run(abi::Export::kClose, nlohmann::json::object());
    EXPECT_TRUE(answer.contains("findings")) << answer;
    return answer;
  }

  nlohmann::json CheckSource(const std::string& table, const Options& options) {
    return CheckStreams({{{"name", table}, {"columns", options.columns}, {"only", options.only}}}, options);
  }

  // Asks the destination with what the source said, as the engine does.
  nlohmann::json CheckDestination(const std::string& table, const Options& options, const std::string& schema = "raw") {
    const nlohmann::json source = CheckSource(table, options);
    return AskDestination(source.at("streams"), options, schema);
  }

  nlohmann::json AskDestination(const nlohmann::json& streams, const Options& options,
                                const std::string& schema = "raw") {
    TestHost destination("dest-postgres", runtime_, Target(options.database, options.user), queue_);
    Open(destination, "destination", {{"schema", schema}});
    nlohmann::json answer = destination.Run(abi::Export::kValidate, {{"streams", streams},
                                                                     {"write_mode", options.mode},
                                                                     {"load_method", options.method},
                                                                     {"replace_by", options.replace_by}});
    destination.Run(abi::Export::kClose, nlohmann::json::object());
    EXPECT_TRUE(answer.contains("findings")) << answer;
    return answer;
  }
};

}  // namespace rapidbyte::test
