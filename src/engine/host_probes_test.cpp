// The probes are in the program, and bpftrace sees what they say.
#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <gtest/gtest.h>
#include <libelf.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>

#include "engine/host_functions.h"
#include "net/connection.h"

namespace rapidbyte::engine {
namespace {

// A note's content: three addresses, then provider, name and arguments, each with its zero byte.
void ReadNotes(Elf_Data* data, std::set<std::string>& probes) {
  GElf_Nhdr note;
  size_t name_at = 0;
  size_t content_at = 0;
  for (size_t at = 0; (at = gelf_getnote(data, at, &note, &name_at, &content_at)) != 0;) {
    const char* const provider = static_cast<const char*>(data->d_buf) + content_at + 3 * sizeof(Elf64_Addr);
    const std::string name = provider;
    probes.insert(name + ":" + (provider + name.size() + 1));
  }
}

std::set<std::string> ProbesOf(const char* path) {
  std::set<std::string> probes;
  elf_version(EV_CURRENT);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  Elf* elf = elf_begin(file, ELF_C_READ, nullptr);
  EXPECT_NE(elf, nullptr);
  size_t names = 0;
  elf_getshdrstrndx(elf, &names);
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    gelf_getshdr(section, &header);
    if (std::string(elf_strptr(elf, names, header.sh_name)) != ".note.stapsdt") continue;
    ReadNotes(elf_getdata(section, nullptr), probes);
  }
  elf_end(elf);
  close(file);
  return probes;
}

TEST(HostProbes, EveryHostFunctionHasItsTwo) {
  const std::set<std::string> probes = ProbesOf("/proc/self/exe");
  for (const std::string_view name : abi::kHostFunctionNames) {
    EXPECT_TRUE(probes.contains("rapidbyte:" + std::string(name) + "__enter")) << name;
    EXPECT_TRUE(probes.contains("rapidbyte:" + std::string(name) + "__return")) << name;
  }
}

int32_t Respond(HostFunctions& host, std::string document) {
  const wasm::GuestMemory memory{reinterpret_cast<uint8_t*>(document.data()), document.size()};
  const uint64_t args[] = {0, document.size()};
  int32_t result = -1;
  EXPECT_EQ(host.Call(memory, abi::HostFunction::k_respond, args, &result), wasm::HostCallOutcome::kReturned);
  return result;
}

// What bpftrace is run on, below.
TEST(HostProbes, AHostFunctionIsCalled) {
  StopSwitch stop;
  HostFunctions host(Side::kDestination, "test", {}, Compression::kNone, stop);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(Respond(host, "{\"answer\": 42}"), 0);
}

struct Output {
  std::string text;
  int status = 0;
};

Output Shell(const std::string& command) {
  Output output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer{};
  while (const size_t size = fread(buffer.data(), 1, buffer.size(), pipe)) output.text.append(buffer.data(), size);
  output.status = pclose(pipe);
  return output;
}

TEST(HostProbes, BpftraceSeesTheArguments) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may trace";
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const Output may = Shell("timeout 60 bpftrace -e 'BEGIN { exit(); }'");
  if (may.status != 0) GTEST_SKIP() << "bpftrace does not work here: " << may.text;
  const std::string usdt = "usdt:" + self + ":rapidbyte:respond__";
  const Output seen = Shell("timeout 120 bpftrace -e '" + usdt + "enter { @size[arg0, arg1] = count(); } " + usdt +
                            "return { @result[arg0, (int32)arg1] = count(); }' -c '" + self +
                            " --gtest_filter=HostProbes.AHostFunctionIsCalled'");
  if (seen.text.find("@size") == std::string::npos) GTEST_SKIP() << "no uprobes here: " << seen.text;
  EXPECT_NE(seen.text.find("@size[1, 14]: 7"), std::string::npos) << seen.text;
  EXPECT_NE(seen.text.find("@result[1, 0]: 7"), std::string::npos) << seen.text;
}

}  // namespace
}  // namespace rapidbyte::engine
