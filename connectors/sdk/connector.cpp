#include "sdk/connector.h"

#include "sdk/host.h"
#include "sdk/json.h"

namespace rapidbyte::sdk {
namespace {

using nlohmann::json;

Result<json> Dispatch(Connector& connector, abi::Export function, const json& request) {
  switch (function) {
    case abi::Export::kOpen:
      return connector.Open(request);
    case abi::Export::kDiscover:
      return connector.Discover(request);
    case abi::Export::kValidate:
      return connector.Validate(request);
    case abi::Export::kRunRead:
      return connector.RunRead(request);
    case abi::Export::kRunWrite:
      return connector.RunWrite(request);
    case abi::Export::kClose:
      return connector.Close();
  }
  return Fail(ErrorCode::kInternal, "an unknown export was called");
}

}  // namespace

Result<json> Connector::RunRead(const json&) { return Fail(ErrorCode::kConfiguration, "this connector is no source"); }

Result<json> Connector::RunWrite(const json&) {
  return Fail(ErrorCode::kConfiguration, "this connector is no destination");
}

int32_t RunExport(Connector& connector, abi::Export function) {
  const Result<json> request = Request();
  const Result<json> answer = request ? Dispatch(connector, function, *request) : Fail(request.error());
  if (!answer) {
    RespondError(answer.error());
    return 1;
  }
  Respond(*answer);
  return 0;
}

}  // namespace rapidbyte::sdk
