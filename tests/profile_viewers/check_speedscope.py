#!/usr/bin/env python3
"""Speedscope files: the schema that speedscope publishes, and the rules that its importer adds to it.

The schema is that of npm's speedscope, or the file that RAPIDBYTE_SPEEDSCOPE_SCHEMA names.
"""
import collections
import json
import os
import pathlib
import sys

import jsonschema

import exports

INSTALLED = pathlib.Path(__file__).parent / "node_modules/speedscope/dist/release/file-format-schema.json"
SCHEMA = pathlib.Path(os.environ.get("RAPIDBYTE_SPEEDSCOPE_SCHEMA", INSTALLED))


def check(case):
    file = case.json()
    error = jsonschema.exceptions.best_match(VALIDATOR.iter_errors(file))
    assert error is None, f"{error.json_path}: {error.message[:300]}"
    frames = [frame["name"] for frame in file["shared"]["frames"]]
    assert 0 <= file["activeProfileIndex"] < len(file["profiles"])
    totals = collections.Counter()
    for profile in file["profiles"]:
        assert len(profile["samples"]) == len(profile["weights"])
        assert all(weight >= 0 for weight in profile["weights"]), "a weight below zero"
        for stack, weight in zip(profile["samples"], profile["weights"]):
            exports.add_once([frames[index] for index in stack], weight, totals)
        total = sum(profile["weights"])
        assert abs(profile["endValue"] - profile["startValue"] - total) <= 1e-9 * total
    exports.expect_totals(totals, case.totals(), "totals")


if not SCHEMA.exists():
    print("skipped: speedscope is not installed, run npm ci in tests/profile_viewers")
    sys.exit(exports.SKIPPED)
VALIDATOR = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
assert not VALIDATOR.is_valid({"profiles": []}), "the schema refuses nothing"
exports.run("speedscope", check)
