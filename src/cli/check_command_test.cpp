#include "cli/check_command.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rapidbyte::cli {
namespace {

using engine::Finding;
using engine::Side;

Error Said(ErrorCode code, std::string message, std::string hint) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.hint = std::move(hint);
  return error;
}

std::vector<Finding> Some() {
  return {{Side::kSource, true, "orders",
           Said(ErrorCode::kSource,
                "stream \"orders\": source: there is no table or view \"shop\".\"orders\" in the source",
                "check source.config.schema")},
          {Side::kDestination, false, "", Said(ErrorCode::kInternal, "destination: LATIN1 \x1b[31m", "")}};
}

TEST(CheckCommand, FindingsAreParagraphsOfEightyColumns) {
  EXPECT_EQ(FindingsText(Some()),
            "error: stream \"orders\": source: there is no table or view \"shop\".\"orders\" in the\n"
            "       source\n"
            "  hint: check source.config.schema\n"
            "note: destination: LATIN1 �[31m\n"
            "1 error, 1 note\n");
  EXPECT_EQ(FindingsText({}), "");
}

TEST(CheckCommand, FindingsAsJsonHaveTheExitCodeOfErrors) {
  EXPECT_EQ(nlohmann::json::parse(FindingsJson(Some())), nlohmann::json::parse(R"({"errors": 1, "findings": [
    {"level": "error", "side": "source", "stream": "orders", "exit_code": 13, "hint": "check source.config.schema",
     "message": "stream \"orders\": source: there is no table or view \"shop\".\"orders\" in the source"},
    {"level": "note", "side": "destination", "stream": "", "hint": "", "message": "destination: LATIN1 \u001b[31m"}]})"));
}

}  // namespace
}  // namespace rapidbyte::cli
