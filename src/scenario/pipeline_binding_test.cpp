#include "scenario/pipeline_binding.h"

#include <gmock/gmock.h>

#include "yaml/node.h"
#include "yaml/write.h"

namespace rapidbyte::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kDocument =
    "version: 1\nsource:\n  config: {user: \"${USER:-x}\"}\n  streams: [{name: a}, {name: b, columns: [id]}]\n"
    "destination:\n  config: {load_method: copy} # as usual\n";

std::string Bound(const record::CellKey& values, const std::string& document = kDocument) {
  const auto bound = BindPipeline(document, "p.yaml", values);
  return bound ? *bound : bound.error().message;
}

void ExpectSame(const std::string& bound, const std::string& expected) {
  const auto a = yaml::Parse(bound, "bound"), b = yaml::Parse(expected, "expected");
  ASSERT_TRUE(a && b) << bound;
  EXPECT_TRUE(yaml::SameValues(*a, *b)) << bound;
}

TEST(PipelineBindingTest, NamesMeanTheirOnlyKey) {
  EXPECT_THAT(PipelineKeysNamed("load_method"), ElementsAre("destination.config.load_method"));
  EXPECT_THAT(PipelineKeysNamed("runtime"), ElementsAre("runtime"));
  EXPECT_THAT(PipelineKeysNamed("compression"), ElementsAre("resources.compression"));
  EXPECT_THAT(PipelineKeysNamed("sync_mode"), ElementsAre("source.streams[].sync_mode"));
  EXPECT_THAT(PipelineKeysNamed("destination.write_mode"), ElementsAre("destination.write_mode"));
  EXPECT_THAT(PipelineKeysNamed("host"), ElementsAre("source.config.host", "destination.config.host"));
  for (const char* name : {"rows", "config", "source.config", "", ".", "source.streams", "x.load_method", "runtime.x",
                           "config.load_method", "runtime[0]"}) {
    EXPECT_THAT(PipelineKeysNamed(name), IsEmpty()) << name;
  }
}

TEST(PipelineBindingTest, StreamsAreNamedByIndexOrAll) {
  for (const char* all : {"columns", "source.streams.columns", "source.streams[].columns"}) {
    EXPECT_THAT(PipelineKeysNamed(all), ElementsAre("source.streams[].columns")) << all;
  }
  for (const char* second : {"source.streams[1].columns", "source.streams.1.columns"}) {
    EXPECT_THAT(PipelineKeysNamed(second), ElementsAre("source.streams[1].columns")) << second;
  }
}

TEST(PipelineBindingTest, ValuesAreReplacedAndTheRestStays) {
  EXPECT_EQ(Bound({{"load_method", "insert"}}),
            "version: 1\nsource:\n  config:\n    user: \"${USER:-x}\"\n  streams:\n    -\n      name: a\n    -\n"
            "      name: b\n      columns:\n        - id\ndestination:\n  config:\n    load_method: insert\n");
  ExpectSame(Bound({}), kDocument);
}

TEST(PipelineBindingTest, MissingSectionsAreMade) {
  ExpectSame(
      Bound({{"max_batch_bytes", "64KiB"}, {"compression", "lz4"}, {"runtime", "native"}}, "version: 1\nresources:\n"),
      "{version: 1, resources: {compression: lz4, max_batch_bytes: 64KiB}, runtime: native}");
  ExpectSame(Bound({{"write_mode", "replace"}}, ""), "{destination: {write_mode: replace}}");
}

TEST(PipelineBindingTest, StreamsAreSetOneOrAll) {
  ExpectSame(Bound({{"columns", "id,x"}, {"source.streams[1].columns", "y"}}, "source: {streams: [{name: a}, {}]}"),
             "source: {streams: [{name: a, columns: [id, x]}, {columns: [y]}]}");
  EXPECT_EQ(Bound({{"source.streams[2].columns", "y"}}),
            "p.yaml: cannot set 'source.streams[2].columns': the list has 2 items, from [0]");
  EXPECT_EQ(Bound({{"columns", "y"}}, "source: {}"),
            "p.yaml: cannot set 'source.streams[].columns': the document has no such list");
}

TEST(PipelineBindingTest, AValueIsNoReference) {
  ExpectSame(Bound({{"state.connection", "${HOME}/a: b"}}, "{}"), "state: {connection: '$${HOME}/a: b'}");
}

TEST(PipelineBindingTest, MistakesNameTheNearest) {
  EXPECT_EQ(Bound({{"lod_method", "copy"}}),
            "p.yaml: parameter 'lod_method': no key of the pipeline document; did you mean 'load_method'?");
  EXPECT_EQ(Bound({{"destination.confg.load_method", "copy"}}),
            "p.yaml: parameter 'destination.confg.load_method': no key of the pipeline document; did you mean "
            "'destination.config.load_method'?");
  EXPECT_EQ(Bound({{"host", "a"}}),
            "p.yaml: parameter 'host': several keys of the pipeline document end so; expected source.config.host or "
            "destination.config.host");
  EXPECT_EQ(Bound({{"load_method", "copy"}, {"destination.config.load_method", "insert"}}),
            "p.yaml: parameters 'destination.config.load_method' and 'load_method' are both "
            "'destination.config.load_method'");
  EXPECT_EQ(Bound({{"load_method", "copy"}}, "destination: [a]"),
            "p.yaml: cannot set 'destination.config.load_method' below a list");
  EXPECT_EQ(Bound({}, "a: [").substr(0, 25), "p.yaml:1: not valid YAML:");
}

}  // namespace
}  // namespace rapidbyte::scenario
