#include "dest_postgres/write_plan.h"

#include "sdk/json.h"
#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

Result<WriteMode> ReplaceMode(std::string_view replace_by) {
  if (replace_by == "truncate") return WriteMode::kReplaceTruncate;
  if (replace_by == "staged") return WriteMode::kReplaceStaged;
  if (replace_by == "delete") return WriteMode::kReplaceDelete;
  if (replace_by == "swap") return WriteMode::kReplaceSwap;
  return sdk::BadRequest("replace_by", "truncate, staged, delete or swap");
}

Result<WriteMode> ModeOf(const nlohmann::json& request) {
  const std::string mode = JsonText(request, "write_mode");
  if (mode == "replace") return ReplaceMode(JsonText(request, "replace_by", "truncate"));
  if (mode == "append") return WriteMode::kAppend;
  return sdk::BadRequest("write_mode", "append or replace");
}

}  // namespace

Result<WritePlan> ReadWritePlan(std::string_view schema, const nlohmann::json& request) {
  WritePlan plan;
  plan.place.schema = schema;
  RB_ASSIGN(plan.place.table, sdk::RequiredText(JsonMember(request, "stream"), "name"));
  plan.place.name = sdk::QualifiedName(plan.place.schema, plan.place.table);
  RB_ASSIGN(plan.mode, ModeOf(request));
  const std::string load_method = JsonText(request, "load_method");
  if (load_method != "insert" && load_method != "copy") return sdk::BadRequest("load_method", "insert or copy");
  plan.by_insert = load_method == "insert";
  return plan;
}

}  // namespace rapidbyte::dest_postgres
