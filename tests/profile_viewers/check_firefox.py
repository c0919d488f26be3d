#!/usr/bin/env python3
"""Firefox Profiler files by the documentation of its processed format, version 66 (docs-developer in its repository).

Every column is as long as its table says, every index points into its table, stacks lead to a root, times go forward.
"""
import collections
import numbers

import exports

COLORS = {"transparent", "purple", "green", "orange", "yellow", "lightblue", "blue", "brown", "magenta", "red",
          "lightred", "darkgrey", "grey"}
# Per table of `shared`: the column and what its values index. None: not an index. A "?" allows null, a "-" allows -1.
TABLES = {
    "stackTable": {"frame": "frameTable", "prefixOffset": None},
    "frameTable": {"address": None, "inlineDepth": None, "category": "categories?", "subcategory": None,
                   "func": "funcTable", "nativeSymbol": "nativeSymbols?", "innerWindowID": None, "line": None,
                   "column": None, "originalLocation": "sourceLocationTable?"},
    "funcTable": {"name": "stringArray", "isJS": None, "relevantForJS": None, "resource": "resourceTable-",
                  "source": "sources?", "lineNumber": None, "columnNumber": None,
                  "originalLocation": "sourceLocationTable?"},
    "resourceTable": {"lib": "libs?", "name": "stringArray", "host": "stringArray?", "type": None},
    "nativeSymbols": {"libIndex": "libs", "address": None, "name": "stringArray", "functionSize": None},
    "sources": {"id": None, "filename": "stringArray", "startLine": None, "startColumn": None, "sourceMapURL": None,
                "content": None},
    "sourceLocationTable": {"source": "sources", "line": None, "column": None},
}
MARKERS = ("data", "name", "startTime", "endTime", "phase", "category")


def check_columns(table, columns, what):
    assert table.keys() == {"length", *columns}, f"{what}: columns {table.keys() ^ {'length', *columns}}"
    for column in columns:
        assert len(table[column]) == table["length"], f"{what}.{column}: {len(table[column])}, not {table['length']}"


def check_indices(values, target, length, what):
    for value in values:
        free = (value is None and target.endswith("?")) or (value == -1 and target.endswith("-"))
        assert free or (isinstance(value, int) and 0 <= value < length), f"{what}: {value} points nowhere"


def check_shared(profile):
    shared = profile["shared"]
    assert shared.keys() == {"stringArray", *TABLES}
    lengths = {name: shared[name]["length"] for name in TABLES}
    lengths |= {"stringArray": len(shared["stringArray"]), "libs": len(profile["libs"]),
                "categories": len(profile["meta"]["categories"])}
    for name, columns in TABLES.items():
        check_columns(shared[name], columns, name)
        for column, target in columns.items():
            if target:
                check_indices(shared[name][column], target, lengths[target.rstrip("?-")], f"{name}.{column}")
    for row, offset in enumerate(shared["stackTable"]["prefixOffset"]):
        assert 0 <= offset <= row, f"stack {row}: its parent must stand before it"
    assert all(isinstance(text, str) for text in shared["stringArray"])
    categories = profile["meta"]["categories"]
    for category, subcategory in zip(shared["frameTable"]["category"], shared["frameTable"]["subcategory"]):
        assert 0 <= subcategory < len(categories[category]["subcategories"])


def check_meta(meta):
    assert meta["preprocessedProfileVersion"] == 66 and isinstance(meta["version"], int)
    assert meta["interval"] > 0 and meta["stackwalk"] in (0, 1) and meta["markerSchema"] == []
    assert all(isinstance(meta[key], numbers.Real) for key in ("startTime", "processType"))
    assert isinstance(meta["product"], str)
    assert "grey" in [category["color"] for category in meta["categories"]]
    for category in meta["categories"]:
        assert category["color"] in COLORS and category["subcategories"][0] == "Other"
    assert meta["sampleUnits"] == {"time": "ms", "eventDelay": "ms", "threadCPUDelta": "ns"}


def check_thread(thread, stacks):
    samples = thread["samples"]
    columns = ("stack", "time", "weight", "threadCPUDelta")
    assert samples.keys() == {"length", "weightType", *columns}
    for column in columns:
        assert len(samples[column]) == samples["length"], f"samples.{column}"
    check_indices(samples["stack"], "?", stacks, "samples.stack")
    assert samples["weightType"] in ("samples", "tracing-ms")
    assert all(time >= 0 for time in samples["time"]) and samples["time"] == sorted(samples["time"]), "back in time"
    assert all(weight >= 0 for weight in samples["weight"])
    assert all(isinstance(delta, int) and delta >= 0 for delta in samples["threadCPUDelta"])
    check_columns(thread["markers"], MARKERS, "markers")
    assert isinstance(thread["pid"], str) and isinstance(thread["tid"], int)
    assert isinstance(thread["isMainThread"], bool) and thread["registerTime"] >= 0


def stack_of(row, shared):
    while row is not None:
        function = shared["frameTable"]["func"][shared["stackTable"]["frame"][row]]
        yield shared["stringArray"][shared["funcTable"]["name"][function]]
        offset = shared["stackTable"]["prefixOffset"][row]
        row = row - offset if offset else None


def check(case):
    profile = case.json()
    check_meta(profile["meta"])
    check_shared(profile)
    shared, totals = profile["shared"], collections.Counter()
    assert len(profile["threads"]) == max(1, case.threads), "the viewer shows nothing without a thread"
    for thread in profile["threads"]:
        samples = thread["samples"]
        check_thread(thread, shared["stackTable"]["length"])
        scale = 1e6 if samples["weightType"] == "tracing-ms" else 1
        assert (scale == 1e6) == (case.unit == "ns")
        for row, weight in zip(samples["stack"], samples["weight"]):
            exports.add_once(list(stack_of(row, shared)), weight * scale, totals)
    exports.expect_totals(totals, case.totals(), "totals")


exports.run("firefox", check)
