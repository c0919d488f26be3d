#include "dest_postgres/write_plan.h"

#include "sdk/json.h"
#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

WriteMode ReplaceMode(std::string_view replace_by) {
  if (replace_by == "staged") return WriteMode::kReplaceStaged;
  if (replace_by == "delete") return WriteMode::kReplaceDelete;
  if (replace_by == "swap") return WriteMode::kReplaceSwap;
  return WriteMode::kReplaceTruncate;
}

}  // namespace

WritePlan ReadWritePlan(std::string_view schema, const nlohmann::json& request) {
  WritePlan plan;
  plan.place.schema = schema;
  plan.place.table = request.at("stream").at("name").get<std::string>();
  plan.place.name = sdk::QualifiedName(plan.place.schema, plan.place.table);
  if (request.at("write_mode") == "replace") plan.mode = ReplaceMode(request.value("replace_by", "truncate"));
  plan.by_insert = request.at("load_method") == "insert";
  return plan;
}

}  // namespace rapidbyte::dest_postgres
