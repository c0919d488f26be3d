#include "cli/profile_collapse_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "base/printable.h"
#include "cli/addr2line.h"
#include "cli/text_source.h"
#include "profile/folded.h"
#include "profile/perf_script.h"
#include "profile/read_profile.h"

namespace rapidbyte::cli {
namespace {

using profile::FoldedOptions;
using profile::FoldedRoot;
using profile::PerfScriptOptions;
using profile::PerfScriptReader;
using profile::PerfThreads;
using profile::Profile;
using profile::TextKind;

PerfScriptOptions ReaderOptions(const ProfileCollapseOptions& options) {
  PerfScriptOptions reader;
  reader.threads = options.tid ? PerfThreads::kByTid : options.pid ? PerfThreads::kByPid : PerfThreads::kByComm;
  reader.event = options.event;
  reader.addresses = options.addresses;
  reader.inlined_by_perf = false;  // such frames get no mark
  if (options.inlined) {
    const auto addr2line = std::make_shared<Addr2Line>();  // shared with nobody: a std::function must be copyable
    reader.lookup = [addr2line](std::string_view address, std::string_view function, std::string_view image) {
      return addr2line->Find(address, function, std::string(image));
    };
  }
  return reader;
}

FoldedOptions WriterOptions(const ProfileCollapseOptions& options) {
  FoldedOptions folded;
  folded.root = options.tid ? FoldedRoot::kThreadTid : options.pid ? FoldedRoot::kThreadPid : FoldedRoot::kThread;
  folded.mark_kernel = options.kernel || options.all;
  folded.mark_jit = options.jit || options.all;
  folded.mark_inlined = true;
  return folded;
}

Status FeedAll(TextSource& source, std::string_view piece, PerfScriptReader& reader) {
  while (!piece.empty()) {
    RB_TRY(reader.Feed(piece));
    RB_ASSIGN(piece, source.Next());
  }
  return {};
}

Result<Profile> Load(const std::vector<std::string>& files, const ProfileCollapseOptions& options) {
  PerfScriptReader reader(ReaderOptions(options), files.front());
  for (const std::string& file : files) {
    RB_ASSIGN(TextSource source, TextSource::Open(file));
    RB_ASSIGN(const std::string_view beginning, source.Next());
    RB_ASSIGN(const TextKind kind, profile::KindOf(beginning, source.name()));
    if (kind == TextKind::kPerfScript) {
      reader.Next(source.name());
      RB_TRY(FeedAll(source, beginning, reader));
      continue;
    }
    if (files.size() > 1) {
      return Fail(ErrorCode::kUsage, fmt::format("{}: not what perf script prints", source.name()),
                  "profile files and folded stacks are taken one at a time");
    }
    RB_ASSIGN(const std::string text, source.Rest(beginning));
    return profile::ReadProfile(text, source.name());
  }
  return reader.Finish();
}

}  // namespace

Command AddProfileCollapse(Command profile, ProfileCollapseOptions& options) {
  return profile.AddCommand(
      "collapse", "Turn the output of perf script into folded stacks", [&options](Command command) {
        command.Add("files", options.files, "perf script's output; - or none: standard input").Type("FILE");
        command.AddFlag("--pid", options.pid, "The process's id after its name");
        command.AddFlag("--tid", options.tid, "The ids of process and thread after the name");
        command.AddFlag("--kernel", options.kernel, "Mark kernel functions with _[k]");
        command.AddFlag("--jit", options.jit, "Mark jitted functions with _[j]");
        command.AddFlag("--all", options.all, "Both marks");
        command.AddFlag("--addrs", options.addresses, "The address of what has no symbol");
        command.AddFlag("--inline", options.inlined, "Inlined functions as addr2line knows them (slow)");
        command.Add("--event-filter", options.event, "Which event to take; otherwise the first").Type("EVENT");
      });
}

Status CollapseProfiles(const ProfileCollapseOptions& options, std::ostream& out, std::ostream& notes) {
  const std::vector<std::string> standard_input = {"-"};
  RB_ASSIGN(const Profile profile, Load(options.files.empty() ? standard_input : options.files, options));
  for (const std::string& note : profile.missing) notes << "note: " << Printable(note) << '\n';
  // For other programs the names are what they are.
  const bool for_people = &out == &std::cout && isatty(STDOUT_FILENO) == 1;
  profile::WriteFolded(profile, WriterOptions(options), [&](std::string_view piece) {
    if (for_people) {
      out << PrintableLines(piece);
    } else {
      out << piece;
    }
  });
  out.flush();
  if (out) return {};
  return Fail(ErrorCode::kConfiguration, "cannot write the stacks: the output is closed or its disk is full");
}

}  // namespace rapidbyte::cli
