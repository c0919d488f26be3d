// For tests: a small git repository whose commits are made by the test, gone at its end.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lab/git_repository.h"
#include "lab/subprocess.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {

class TestRepository {
 public:
  TestRepository() : folder_(*os::TemporaryFolder::Make()) {
    std::filesystem::create_directory(path());
    Git({"init", "--quiet", "--initial-branch=main"});
  }

  std::filesystem::path path() const { return folder_.path() / "repository"; }
  std::filesystem::path outside() const { return folder_.path(); }  // the folder that it lies in

  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(path() / name, std::ios::binary) << content;
  }

  // All files as they are; returns the sha.
  std::string Commit(const std::string& subject) const {
    Git({"add", "--all"});
    Git({"commit", "--quiet", "--allow-empty", "--message", subject});
    return Git({"rev-parse", "HEAD"});
  }

  // Beside the repository: measures the program by what it says.
  std::filesystem::path WriteScenario() const {
    const std::filesystem::path file = outside() / "cost.yaml";
    std::ofstream(file) << "version: 1\nscenario: cost\nsubject: {command: '{binary}'}\nwarmup: 0\n"
                           "metrics:\n  cost: {regex: 'cost ([0-9.]+)', primary: true}\n";
    return file;
  }

  std::string Git(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"git", "-c", "user.name=t", "-c", "user.email=t@localhost"});
    const auto run = RunSuccessfully({.argv = arguments, .environment = {}, .working_directory = path()});
    EXPECT_TRUE(run) << run.error().message;
    return run ? run->out.substr(0, run->out.find_last_not_of('\n') + 1) : "";
  }

  // A program that says what it cost, so that no test depends on the machine's time, with a build that copies it.
  void WriteProgram(const std::string& cost) const {
    Write("prog.sh", "#!/bin/sh\necho cost " + cost + "\n");
    Write("build.sh", "set -e\nmkdir -p out\ncp prog.sh out/prog\nchmod +x out/prog\necho built >>built.txt\n");
  }

 private:
  os::TemporaryFolder folder_;
};

}  // namespace rapidbyte::lab
