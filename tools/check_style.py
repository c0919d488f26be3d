#!/usr/bin/env python3
"""House style that no formatter knows: headers say what they are for, files stay readable, nothing is left undone.

Prints each finding with file and line; exits 1 where there is one.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST_FILE = 400  # lines: past this a file tells more than one story
UNDONE = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
SKIPPED_TEST = re.compile(r"\bDISABLED_")
# What throws (in a sandbox: traps) on a document from outside, or has no bound. Tests may.
JSON_HOME = "src/base/json.cpp"
JSON_CALLS = [
    (re.compile(r"(\.|->)dump\("), "print JSON by DumpJson of base/json.h"),
    (re.compile(r"\b(ordered_)?json::(parse|accept)\("), "parse JSON by ParseJson of base/json.h"),
    (re.compile(r"(\.|->)(at|value)\(\""), "read members of JSON by JsonMember, JsonText and their like of base/json.h"),
]


def tracked_files():
    listing = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                             cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def is_product(path):
    """Whether the file is a part of the program, and no test's."""
    name = path.name
    is_test = name.endswith("_test.cpp") or name.startswith("test_") or name in {"check_fixture.h", "postgres_fixture.h"}
    return path.parts[0] in {"src", "connectors"} and not is_test


def json_findings(path, lines):
    if not is_product(path) or str(path) == JSON_HOME:
        return
    for number, line in enumerate(lines, 1):
        for call, what in JSON_CALLS:
            if call.search(line):
                yield number, what


def findings(file):
    text = file.read_text(errors="replace")
    lines = text.splitlines()
    if file.suffix == ".h" and not text.startswith("//"):
        yield 1, "a header opens with what it is for"
    if file.suffix == ".h" and "#pragma once" not in text:
        yield 1, "a header has #pragma once"
    if len(lines) > LONGEST_FILE:
        yield len(lines), f"longer than {LONGEST_FILE} lines: redesign it"
    for number, line in enumerate(lines, 1):
        if UNDONE.search(line):
            yield number, "something is left undone here"
        if SKIPPED_TEST.search(line):
            yield number, "a disabled test"
        if line != line.rstrip():
            yield number, "white space at the end of the line"
    yield from json_findings(file.relative_to(ROOT), lines)


def main():
    found = False
    for file in tracked_files():
        if file.suffix not in {".h", ".cpp", ".inc", ".cmake", ".py", ".mjs", ".c"} or file == pathlib.Path(__file__):
            continue
        for line, what in findings(file):
            print(f"{file.relative_to(ROOT)}:{line}: {what}")
            found = True
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
