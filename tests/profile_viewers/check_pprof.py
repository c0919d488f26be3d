#!/usr/bin/env python3
"""pprof files by `go tool pprof`, which must show the totals of each function, for each kind of value."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import exports

VALUE_OF_STATE = {"running": ("cpu", "samples"), "blocked": ("blocked", "waits"),
                  "preempted": ("preempted", "preemptions")}


def pprof(*arguments):
    with tempfile.TemporaryDirectory(prefix="rapidbyte-go-") as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod",
                       "PPROF_TMPDIR": home, "PPROF_BINARY_PATH": home}
        done = subprocess.run(["go", "tool", "pprof", *arguments], env=environment, capture_output=True)
    error = done.stderr.decode(errors="replace")
    assert done.returncode == 0, error
    return done.stdout.decode("utf-8", errors="strict"), error


def cumulative(text):
    """The table of -top: function to cumulative value. Names may hold anything but the line's end."""
    totals = {}
    for line in text[text.index("cum%") + 4:].splitlines():
        fields = line.split(None, 5)
        if len(fields) == 6:
            name = fields[5].removesuffix(" (inline)").removesuffix(" (partial-inline)")
            totals[name] = float(fields[3].removesuffix("ns"))
    return totals


def check_top(case, state):
    type = VALUE_OF_STATE[state][case.unit != "ns"]
    text, _ = pprof("-top", "-cum", "-nodefraction=0", "-nodecount=1000000", "-unit=ns", "-trim=false",
                    f"-sample_index={type}", str(case.file))
    # A function without any value has no line.
    exports.expect_totals({name: value for name, value in cumulative(text).items() if value},
                          {name: value for name, value in case.states[state].items() if value}, state)


def check_small(case):
    """What a reader sees of a small profile: functions that were inlined, files and lines, labels, notes."""
    text, _ = pprof("-raw", str(case.file))
    for wanted in ("samples/count cpu/nanoseconds[dflt] waits/count blocked/nanoseconds", "number<int> number.h:7",
                   "decode(char const*) decode.cpp:20", "state:[blocked]", "thread:[main]", "tid:[100]"):
        assert wanted in text, f"no {wanted} in\n{text}"
    text, _ = pprof("-comments", str(case.file))
    assert "Missing: The kernel side was not permitted" in text, text
    text, _ = pprof("-traces", "-sample_index=cpu", str(case.file))
    assert re.search(r"running\n[^-]*1ms +memcpy\n +number<int> \(inline\)\n +decode", text, re.S), text
    text, _ = pprof("-top", "-tagfocus=state=blocked", "-sample_index=blocked", str(case.file))
    assert "15ms" in text, text


def check(case):
    _, error = pprof("-raw", str(case.file))
    if case.name == "small":
        check_small(case)
    if case.name == "hostile":
        return  # it was read; its names do not fit into the lines of a table
    for state, totals in case.states.items():
        if any(totals.values()):
            check_top(case, state)


if shutil.which("go") is None:
    print("skipped: there is no go")
    sys.exit(exports.SKIPPED)
exports.run("pprof", check)
