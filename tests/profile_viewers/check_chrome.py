#!/usr/bin/env python3
"""Chrome traces by the rules of the Trace Event Format: spans nest, ids exist, and totals are those of the profile."""
import collections
import numbers

import exports


def check_event(event, open_spans, now):
    track = (event["pid"], event["tid"])
    assert all(isinstance(part, int) and part > 0 for part in track), f"track {track}"
    if event["ph"] == "M":
        assert event["name"] in ("process_name", "thread_name") and isinstance(event["args"]["name"], str)
        return
    assert isinstance(event["ts"], numbers.Real) and event["ts"] >= now[track], "back in time"
    now[track] = event["ts"]
    if event["ph"] == "B":
        assert isinstance(event["cat"], str) and isinstance(event["name"], str)
        open_spans[track].append(event["name"])
    else:
        assert event["ph"] == "E" and open_spans[track].pop(), "an end without its begin"


def check_stack_frames(frames):
    for id, frame in frames.items():
        assert isinstance(frame["name"], str) and isinstance(frame["category"], str)
        assert "parent" not in frame or 0 < frame["parent"] < int(id), f"{id}: no way to the root"
        assert "parent" not in frame or str(frame["parent"]) in frames


def stack_of(sample, frames):
    id = sample["sf"]
    while id != 0:
        yield frames[str(id)]["name"]
        id = frames[str(id)].get("parent", 0)


def check(case):
    trace = case.json()
    assert trace["displayTimeUnit"] in ("ms", "ns")
    assert all(isinstance(value, str) for value in trace["otherData"].values())
    open_spans, now = collections.defaultdict(list), collections.Counter()
    for event in trace["traceEvents"]:
        check_event(event, open_spans, now)
    assert not any(open_spans.values()), "a span without an end"
    check_stack_frames(trace["stackFrames"])
    assert len(trace["samples"]) == case.samples
    names = [event["name"] for event in trace["traceEvents"] if event["ph"] == "M"]
    assert names.count("thread_name") == case.threads
    totals = collections.Counter()
    for sample in trace["samples"]:
        assert (sample["pid"], sample["tid"]) in {(e["pid"], e["tid"]) for e in trace["traceEvents"] if e["ph"] == "M"}
        exports.add_once(list(stack_of(sample, trace["stackFrames"])), sample["weight"], totals)
    exports.expect_totals(totals, case.totals(), "totals")


exports.run("chrome", check)
