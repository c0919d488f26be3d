// Requests that are not as docs/formats/connector_abi.md has them: an error that names the key, by both ways of running
// a connector, never an exception or a trap.
#include "postgres_fixture.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;

class Request : public Postgres, public testing::WithParamInterface<Runtime> {
 protected:
  Request() { runtime_ = GetParam(); }

  // Both connectors are open, with a configuration of nothing but wrong types.
  json Ask(const std::string& connector, abi::Export function, const json& request) {
    TestHost host(connector, runtime_, Target("postgres", Cluster().user()), queue_);
    const json wrong = {{"schema", 5}, {"lock_wait_timeout_ms", "long"}, {"row_security", json::array()}};
    EXPECT_EQ(host.Run(abi::Export::kOpen, {{"abi", 1}, {"config", wrong}}), json::object());
    json answer = host.Run(function, request);
    host.Run(abi::Export::kClose, json::object());
    return answer;
  }
};

INSTANTIATE_TEST_SUITE_P(Runtimes, Request, testing::Values(Runtime::kNative, Runtime::kAot),
                         [](const auto& runtime) { return runtime.param == Runtime::kNative ? "native" : "aot"; });

TEST_P(Request, OpensWithoutAConfiguration) {
  for (const char* connector : {"source-postgres", "dest-postgres"}) {
    for (const json& config : {json(), json(7), json::array()}) {
      TestHost host(connector, runtime_, Target("postgres", Cluster().user()), queue_);
      EXPECT_EQ(host.Run(abi::Export::kOpen, {{"config", config}}), json::object());
    }
  }
  TestHost host("source-postgres", runtime_, Target("postgres", Cluster().user()), queue_);
  ExpectError(host.Run(abi::Export::kOpen, {{"streams", {{{"name", 5}}}}}), "internal", "\"name\"");
}

TEST_P(Request, OfAReadNamesTheKeyThatIsWrong) {
  const json right = {{"stream", {{"name", "t"}}}, {"max_batch_bytes", 1024}, {"max_batch_rows", 1}};
  const auto ask = [&](const char* key, const json& value) {
    json request = right;
    request[key] = value;
    return Ask("source-postgres", abi::Export::kRunRead, request);
  };
  for (const json& stream : {json(), json("t"), json::object(), json{{"name", nullptr}}, json{{"name", ""}}}) {
    ExpectError(ask("stream", stream), "internal", "\"name\"");
  }
  for (const json& columns : {json(5), json("id"), json::array({"id", 5}), json::object()}) {
    ExpectError(ask("stream", {{"name", "t"}, {"columns", columns}}), "internal", "\"columns\"");
  }
  for (const json& number : {json(), json("many"), json(-1), json(0), json(1.5), json(uint64_t{1} << 40)}) {
    ExpectError(ask("max_batch_bytes", number), "internal", "\"max_batch_bytes\"");
    ExpectError(ask("max_batch_rows", number), "internal", "\"max_batch_rows\"");
  }
}

TEST_P(Request, OfAWriteNamesTheKeyThatIsWrong) {
  const json right = {{"stream", {{"name", "t"}}}, {"write_mode", "replace"}, {"load_method", "copy"}};
  const auto ask = [&](const char* key, const json& value) {
    json request = right;
    request[key] = value;
    return Ask("dest-postgres", abi::Export::kRunWrite, request);
  };
  ExpectError(ask("stream", json::array()), "internal", "\"name\"");
  ExpectError(ask("stream", {{"name", 5}}), "internal", "\"name\"");
  ExpectError(ask("write_mode", nullptr), "internal", "\"write_mode\"");
  ExpectError(ask("write_mode", "upsert"), "internal", "\"write_mode\"");
  ExpectError(ask("load_method", 1), "internal", "\"load_method\"");
  ExpectError(ask("replace_by", "magic"), "internal", "\"replace_by\"");
}

// What a source says of its columns passes through the host as it is.
TEST_P(Request, OfAStreamThatAForeignSourceDescribed) {
  Sql("CREATE SCHEMA raw; CREATE TABLE raw.t (id int4)");
  const auto ask = [&](const json& stream) {
    return Ask("dest-postgres", abi::Export::kValidate,
               {{"streams", {stream}}, {"write_mode", "append"}, {"load_method", "copy"}});
  };
  for (const json& columns : {json(5), json("id"), json{{"id", "integer"}}, json::array({5}), json::array({"id"}),
                              json{{{"name", 5}, {"type", 6}}}, json{{{"name", "id"}}}}) {
    const json answer = ask({{"name", "t"}, {"columns", columns}, {"server", 5}, {"relation", json::array()}});
    EXPECT_TRUE(answer.contains("findings")) << columns << answer;
  }
  ExpectError(ask({{"name", 5}}), "internal", "\"name\"");
  EXPECT_EQ(Ask("dest-postgres", abi::Export::kValidate, {{"streams", 5}})["findings"], json::array());
  EXPECT_TRUE(Ask("source-postgres", abi::Export::kValidate, {{"streams", "t"}}).contains("findings"));
}

}  // namespace
}  // namespace rapidbyte::test
