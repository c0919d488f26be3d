// Servers that answer what no PostgreSQL answers, at each place where a run reads: whatever it is, the run ends by
// itself or at one interrupt, in bounded memory, and says in a sentence that it was the server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <random>
#include <set>

#include "base/clock.h"
#include "fixture.h"
#include "support/tampering_proxy.h"

namespace rapidbyte::e2e {
namespace {

using test::TamperingProxy;
using After = TamperingProxy::After;
using Client = TamperingProxy::Client;
using namespace std::string_literals;

constexpr uint64_t kMillis = 1'000'000;
constexpr uint64_t kPatience = 700 * kMillis;    // before the interrupt
constexpr uint64_t kLongest = 15'000 * kMillis;  // and after it
constexpr long kMostKilobytes = 400 << 10;

std::string Length(uint32_t length) {
  return {static_cast<char>(length >> 24), static_cast<char>(length >> 16), static_cast<char>(length >> 8),
          static_cast<char>(length)};
}
std::string Message(char type, const std::string& body) {
  return type + Length(static_cast<uint32_t>(body.size() + 4)) + body;
}
std::string Body(const std::string& honest) { return honest.substr(5); }
std::string ErrorOf(const std::string& text) { return Message('E', "SERROR\0VERROR\0CXX000\0M"s + text + "\0\0"s); }

// Sends the same until the client goes.
After Flood(Client& client, const std::string& bytes) {
  std::string many;
  while (many.size() < (64 << 10)) many += bytes;
  while (client.Send(many)) {
  }
  return After::kClose;
}

struct Lie {
  const char* name;
  size_t stride;  // every how manieth place is lied at
  TamperingProxy::Lie tell;
};

void PrintTo(const Lie& lie, std::ostream* out) { *out << lie.name; }

TamperingProxy::Lie Instead(const std::string& bytes, After after = After::kGoOn) {
  return [bytes, after](Client& client, const std::string&) {
    client.Send(bytes);
    return after;
  };
}

// The honest message with another length, and nothing behind it.
TamperingProxy::Lie Lengthened(uint32_t length) {
  return [length](Client& client, const std::string& honest) {
    client.Send(honest[0] + Length(length) + Body(honest));
    return After::kSilence;
  };
}

// A message of the honest type with another body.
TamperingProxy::Lie WithBody(const std::function<std::string(const std::string&)>& change) {
  return [change](Client& client, const std::string& honest) {
    client.Send(Message(honest[0], change(Body(honest))));
    return After::kGoOn;
  };
}

std::string Noise(size_t size) {
  std::minstd_rand random(1);
  std::string noise(size, '\0');
  for (char& c : noise) c = static_cast<char>(random() >> 8);
  return noise;
}

const std::vector<Lie> kLies = {
    {"LengthOf4GiB", 4, Lengthened(0xffffffff)},
    {"LengthOf1GiB", 4, Lengthened(0x40000000)},
    {"LengthOf255MiB", 6, Lengthened(0x0ff00000)},
    {"LengthBelowItself", 4, Lengthened(3)},
    {"LengthOfNothing", 4, Lengthened(0)},
    {"NegativeLength", 4, Lengthened(0x80000000)},
    {"UnknownType", 1, Instead(Message('~', "what"))},
    {"EmptyBody", 1, WithBody([](const std::string&) { return ""s; })},
    {"HalfABody", 1, WithBody([](const std::string& body) { return body.substr(0, body.size() / 2); })},
    {"BodyTwice", 1, WithBody([](const std::string& body) { return body + body; })},
    {"BodyOfOnes", 1, WithBody([](const std::string& body) { return std::string(body.size(), '\xff'); })},
    {"BodyOfZeros", 1, WithBody([](const std::string& body) { return std::string(body.size(), '\0'); })},
    {"BodyOfNoise", 1, WithBody([](const std::string& body) { return Noise(body.size()); })},
    {"NoiseInstead", 2, Instead(Noise(5000))},
    {"ErrorOf100MB", 8, Instead(ErrorOf(std::string(100'000'000, 'x')), After::kSilence)},
    {"ErrorOf10MB", 8, Instead(ErrorOf(std::string(10'000'000, 'x')) + Message('Z', "I"))},
    {"ErrorWithoutFields", 2, Instead(Message('E', "\0"s) + Message('Z', "I"))},
    {"ErrorThatBreaksOff", 2, Instead(Message('E', "CXX0"), After::kClose)},
    {"ErrorInOtherBytes", 2, Instead(ErrorOf("\x1b[31m\xff\xfe\xc2\x9b") + Message('Z', "I"))},
    {"ErrorThenSilence", 6, Instead(ErrorOf("no"), After::kSilence)},
    {"EndlessParameters", 6, [](Client& client, const std::string&) { return Flood(client, Message('S', "a\0b\0"s)); }},
    {"EndlessNotices", 6,
     [](Client& client, const std::string&) {
       return Flood(client, Message('N', "SNOTICE\0M"s + std::string(1000, 'n') + "\0\0"s));
     }},
    {"EndlessRows", 6,
     [](Client& client, const std::string&) {
       return Flood(client, Message('D', "\0\1\0\0\x10\0"s + std::string(4096, 'r')));
     }},
    {"EndlessCopyData", 6,
     [](Client& client, const std::string&) { return Flood(client, Message('d', std::string(4096, '\0'))); }},
    {"RowWithoutColumns", 1, Instead(Message('D', "\0\0"s))},
    {"RowOfNulls", 1, Instead(Message('D', "\0\2\xff\xff\xff\xff\xff\xff\xff\xff"s))},
    {"RowOf65535Columns", 1, Instead(Message('D', "\xff\xff"s))},
    {"ValueBeyondItsRow", 1, Instead(Message('D', "\0\1\x7f\xff\xff\xff"s))},
    {"CopyDataOfNothing", 1, Instead(Message('d', ""))},
    {"CopyDataOfNoise", 2, Instead(Message('d', Noise(100)))},
    {"EndOfCopy", 2, Instead(Message('c', ""))},
    {"CopyIn", 2, Instead(Message('G', "\1\0\0"s), After::kSilence)},
    {"CopyOut", 2, Instead(Message('H', "\1\0\0"s), After::kSilence)},
    {"CopyBoth", 2, Instead(Message('W', "\1\0\0"s), After::kSilence)},
    {"ReadyTooEarly", 2, Instead(Message('Z', "I"))},
    {"TagOfTooManyRows", 2, Instead(Message('C', "COPY 99999999999999999999\0"s))},
    {"TagWithoutEnd", 2, Instead(Message('C', "INSERT 0"))},
    {"Gone", 1, Instead("", After::kClose)},
    {"GoneAmidAMessage", 2,
     [](Client& client, const std::string& honest) {
       client.Send(honest.substr(0, honest.size() - 1));
       return After::kClose;
     }},
    {"Silent", 8, Instead("", After::kSilence)},
};

struct Ended {
  int status = 0;
  bool interrupted = false;
  uint64_t nanos = 0;  // after the interrupt, or all of it
  long kilobytes = 0;
  std::string err;
};

// Runs the document; after kPatience it is interrupted, once.
Ended RunAndInterrupt(const std::filesystem::path& document) {
  const std::filesystem::path err = Scratch() / "hostile.err";
  const pid_t pid = fork();
  if (pid == 0) {
    static_cast<void>(freopen("/dev/null", "w", stdout));
    static_cast<void>(freopen(err.c_str(), "w", stderr));
    execl(RAPIDBYTE_BINARY, RAPIDBYTE_BINARY, "run", document.c_str(), nullptr);
    _exit(127);
  }
  Ended ended;
  uint64_t start = MonotonicNanos();
  rusage usage{};
  while (wait4(pid, &ended.status, WNOHANG, &usage) == 0) {
    usleep(1000);
    ended.nanos = MonotonicNanos() - start;
    if (!ended.interrupted && ended.nanos > kPatience) {
      ended.interrupted = true;
      start = MonotonicNanos();
      kill(pid, SIGINT);
    }
    if (ended.interrupted && ended.nanos > kLongest) kill(pid, SIGKILL);
  }
  ended.kilobytes = usage.ru_maxrss;
  std::ifstream file(err);
  ended.err.assign(std::istreambuf_iterator<char>(file), {});
  return ended;
}

class HostileServer : public testing::TestWithParam<Lie> {
 protected:
  void SetUp() override {
    MakeSourceTable(100);
    ASSERT_EQ(RunPipeline({}).exit_code, 0);  // and so the connectors are compiled
  }

  // Lies at each place of one side, until there is no further one. Returns the number of them.
  static size_t LieEverywhere(const char* side, const PipelineSpec& spec) {
    size_t lied = 0;
    for (size_t place = 0;; place += GetParam().stride) {
      PipelineSpec lied_to = spec;
      lied_to.runtime = place / GetParam().stride % 2 == 0 ? "aot" : "native";
      lied_to.load_method = place % 3 == 0 ? "insert" : "copy";
      const lab::ServerAddress& server = Server::Get().address();
      (side == "source"s ? lied_to.source_host : lied_to.destination_host) = Scratch().string();
      const TamperingProxy proxy(server.host + "/.s.PGSQL." + std::to_string(server.port), Scratch(), server.port,
                                 place, GetParam().tell);
      const Ended ended = RunAndInterrupt(WritePipeline(lied_to));
      if (!proxy.has_lied()) return lied;
      ++lied;
      SCOPED_TRACE(side + " "s + lied_to.runtime + " " + lied_to.load_method + ", place " + std::to_string(place) +
                   (ended.interrupted ? ", interrupted" : ""));
      ExpectAnEnd(ended);
    }
  }

  static void ExpectAnEnd(const Ended& ended) {
    ASSERT_TRUE(WIFEXITED(ended.status)) << "signal " << WTERMSIG(ended.status) << ended.err.substr(0, 1000);
    const int code = WEXITSTATUS(ended.status);
    // A lie that changes nothing, and those that change the rows alone, are nobody's to notice.
    const std::set<int> codes = {0, 11, 12, 13, 14, 15, 130};
    EXPECT_EQ(codes.count(code), 1u) << code << ": " << ended.err.substr(0, 1000);
    if (code != 0) {
      EXPECT_THAT(ended.err, testing::HasSubstr("error: "));
    }
    EXPECT_LT(ended.err.size(), 40'000u);
    EXPECT_EQ(ended.err.find('\x1b'), std::string::npos) << "what a server says must not move the cursor";
    EXPECT_LT(ended.nanos, kLongest);
    EXPECT_LT(ended.kilobytes, kMostKilobytes);
  }
};

TEST_P(HostileServer, IsToBlameInASentence) {
  EXPECT_GE(LieEverywhere("source", {}), 3u);
  EXPECT_GE(LieEverywhere("destination", {}), 3u);
}

INSTANTIATE_TEST_SUITE_P(Lies, HostileServer, testing::ValuesIn(kLies),
                         [](const auto& lie) { return std::string(lie.param.name); });

}  // namespace
}  // namespace rapidbyte::e2e
