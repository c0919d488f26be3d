#include "engine/error_document.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rapidbyte::engine {
namespace {

using nlohmann::json;

TEST(ErrorDocument, AnErrorOfTheHostComesBackFromTheConnectorAsItWas) {
  Error error{ErrorCode::kConnection, "wrong password", "check it"};
  const Error back = FromErrorDocument(ToErrorDocument(error), Side::kDestination);
  EXPECT_EQ(back.code, ErrorCode::kConnection);
  EXPECT_EQ(back.message, "wrong password");
  EXPECT_EQ(back.hint, "check it");
  EXPECT_EQ(back.category, "auth");
  EXPECT_EQ(back.commit, CommitState::kNotCommitted);
}

TEST(ErrorDocument, KeepsACategoryAndWhetherToTryAgain) {
  Error error{ErrorCode::kConnection, "no route to the server"};
  error.retryable = true;
  EXPECT_EQ(ToErrorDocument(error).at("category"), "transient_network");
  EXPECT_TRUE(FromErrorDocument(ToErrorDocument(error), Side::kSource).retryable);
  error.category = "rate_limit";
  EXPECT_EQ(ToErrorDocument(error).at("category"), "rate_limit");
}

struct Mapping {
  const char* category;
  ErrorCode source;
  ErrorCode destination;
};

class Categories : public testing::TestWithParam<Mapping> {};

TEST_P(Categories, DecideWhereNoCodeIsGiven) {
  const json document = {{"category", GetParam().category}, {"message", "m"}};
  EXPECT_EQ(FromErrorDocument(document, Side::kSource).code, GetParam().source);
  EXPECT_EQ(FromErrorDocument(document, Side::kDestination).code, GetParam().destination);
}

INSTANTIATE_TEST_SUITE_P(All, Categories,
                         testing::Values(Mapping{"config", ErrorCode::kConfiguration, ErrorCode::kConfiguration},
                                         Mapping{"auth", ErrorCode::kConnection, ErrorCode::kConnection},
                                         Mapping{"permission", ErrorCode::kSource, ErrorCode::kDestination},
                                         Mapping{"transient_network", ErrorCode::kSource, ErrorCode::kDestination},
                                         Mapping{"transient_db", ErrorCode::kSource, ErrorCode::kDestination},
                                         Mapping{"schema", ErrorCode::kSource, ErrorCode::kDestination},
                                         Mapping{"data", ErrorCode::kData, ErrorCode::kData},
                                         Mapping{"internal", ErrorCode::kInternal, ErrorCode::kInternal}),
                         [](const auto& values) { return std::string(values.param.category); });

TEST(ErrorDocument, TheServersSideIsTheStagesSideWhateverTheConnectorClaims) {
  const json document = {{"category", "schema"}, {"code", 13}, {"message", "no such table"}};
  EXPECT_EQ(FromErrorDocument(document, Side::kDestination).code, ErrorCode::kDestination);
}

TEST(ErrorDocument, AConnectorCannotClaimWhatOnlyTheHostKnows) {
  for (const json& code : {json(130), json(0), json(17), json(999999), json("13"), json(nullptr)}) {
    const json document = {{"category", "data"}, {"code", code}, {"message", "m"}};
    EXPECT_EQ(FromErrorDocument(document, Side::kSource).code, ErrorCode::kData) << code;
  }
}

TEST(ErrorDocument, TextsBecomeOneLineWithoutControlCharacters) {
  const json document = {{"category", "data"}, {"message", "first\nsecond\x1b[31m"}, {"hint", "größer\r\n"}};
  const Error error = FromErrorDocument(document, Side::kSource);
  EXPECT_EQ(error.message, "first second�[31m");
  EXPECT_EQ(error.hint, "größer  ");
}

TEST(ErrorDocument, SaysWhetherTheRowsMayBeCommitted) {
  json document = {{"category", "transient_network"}, {"message", "m"}, {"commit", "unknown"}};
  EXPECT_EQ(FromErrorDocument(document, Side::kDestination).commit, CommitState::kUnknown);
  document["commit"] = "committed";
  EXPECT_EQ(FromErrorDocument(document, Side::kDestination).commit, CommitState::kCommitted);
  document["commit"] = 7;
  EXPECT_EQ(FromErrorDocument(document, Side::kDestination).commit, CommitState::kNotCommitted);
}

TEST(ErrorDocument, WhatIsNoneIsAFaultOfTheConnector) {
  for (const json& document : {json(), json("text"), json::object(), json{{"message", 7}}, json{{"message", ""}}}) {
    EXPECT_EQ(FromErrorDocument(document, Side::kSource).code, ErrorCode::kConnector) << document;
  }
}

}  // namespace
}  // namespace rapidbyte::engine
