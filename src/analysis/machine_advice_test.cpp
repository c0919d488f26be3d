#include "analysis/machine_advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapidbyte::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

record::MachineFacts QuietMachine() {
  record::MachineFacts facts;
  facts.host.cpus = 8;
  facts.governor = "performance";
  facts.turbo = false;
  facts.smt = false;
  facts.perf_event_paranoid = 1;
  facts.huge_pages = "madvise";
  facts.aslr = 2;
  facts.folder = "/var/tmp";
  facts.filesystem = "ext4";
  return facts;
}

TEST(MachineAdvice, AQuietMachineGetsNone) { EXPECT_THAT(Advice(QuietMachine(), {}), IsEmpty()); }

TEST(MachineAdvice, WhatIsNotVisibleIsNoFinding) {
  record::MachineFacts facts = QuietMachine();
  facts.governor.reset();
  facts.turbo.reset();
  facts.smt.reset();
  facts.aslr.reset();
  facts.huge_pages.reset();
  facts.perf_event_paranoid.reset();
  EXPECT_THAT(Advice(facts, {}), IsEmpty());
}

TEST(MachineAdvice, NamesWhoElseWasBusy) {
  record::MachineFacts facts = QuietMachine();
  facts.activity.other_cpus = 1.25;
  facts.activity.busiest = {{"cc1plus", 0.9}, {"ninja", 0.2}, {"idle", 0.001}};
  EXPECT_THAT(Advice(facts, {}), ElementsAre(HasSubstr("1.25 of 8 processors meanwhile (cc1plus 0.90, ninja 0.20).")));
}

TEST(MachineAdvice, SaysWhatToSet) {
  record::MachineFacts facts = QuietMachine();
  facts.governor = "powersave";
  facts.turbo = true;
  facts.smt = true;
  facts.huge_pages = "always";
  facts.aslr = 0;
  facts.filesystem = "tmpfs";
  facts.perf_event_paranoid = 3;
  facts.activity.steal_share = 0.021;
  facts.activity.swap_pages = 4;
  EXPECT_THAT(Advice(facts, {}),
              ElementsAre(HasSubstr("2.1%"), HasSubstr("swapoff"), HasSubstr("powersave"), HasSubstr("Turbo"),
                          HasSubstr("SMT"), HasSubstr("huge pages"), HasSubstr("Address randomisation"),
                          HasSubstr("/var/tmp lies in memory"), HasSubstr("perf_event_paranoid")));
}

TEST(MachineAdvice, AVirtualMachineHidesItsClock) {
  record::MachineFacts facts = QuietMachine();
  facts.virtual_machine = true;
  facts.smt = true;
  EXPECT_THAT(Advice(facts, {}), IsEmpty()) << "a governor is seen, and siblings are the hypervisor's business";
  facts.governor.reset();
  EXPECT_THAT(Advice(facts, {}), ElementsAre(HasSubstr("virtual machine")));
}

TEST(MachineAdvice, SaysWhatTheNoiseIsLike) {
  std::vector<ProbedWork> works(4);
  works[0].name = "processor";
  works[1].name = "disk";
  works[2].name = "memory";
  works[3].name = "database";
  works[3].skipped = "not installed";
  works[0].noise = {.blocks = 60, .drift = 1.04, .drift_p = 0.001, .correlation = 0.6, .resolution = {}};
  works[1].noise = {.blocks = 60, .pair_noise = 0.25, .resolution = {}};
  works[2].noise = {.blocks = 60, .drift = 1.001, .drift_p = 0.001, .correlation = 0.5, .resolution = {}};
  EXPECT_THAT(Advice(QuietMachine(), works),
              ElementsAre(HasSubstr("differ much: disk (25%)"), HasSubstr("course of the probes: processor (+4.0%)"),
                          HasSubstr("resemble each other (correlation): memory (0.50)")));
}

}  // namespace
}  // namespace rapidbyte::analysis
