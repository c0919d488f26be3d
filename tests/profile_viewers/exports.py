"""What the checkers share: the exports of write_exports in a folder of their own, and how findings are told."""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77


class Case:
    def __init__(self, file, expected):
        self.file, self.name = file, file.stem
        self.unit, self.samples, self.threads = expected["unit"], expected["samples"], expected["threads"]
        self.states = expected["totals"]

    def json(self):
        return json.loads(self.file.read_bytes().decode("utf-8", errors="strict"), parse_constant=refuse_constant)

    def totals(self):
        """Per function, whatever the state."""
        totals = collections.Counter()
        for of_state in self.states.values():
            totals.update(of_state)
        return totals


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def run(suffix, check):
    """Calls check(case) for each exported profile; what it raises or returns as text is a failure."""
    failures, count = [], 0
    with tempfile.TemporaryDirectory(prefix="rapidbyte-exports-") as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        for file in sorted(pathlib.Path(folder).glob(f"*.{suffix}")):
            case = Case(file, json.loads(file.with_suffix(".expected").read_text()))
            count += 1
            try:
                check(case)
            except (AssertionError, LookupError, TypeError, ValueError) as problem:
                failures.append(f"{case.name}: {type(problem).__name__}: {problem}")
    print("\n".join(failures) or f"{count} exports are as their readers want them")
    sys.exit(1 if failures or count == 0 else 0)


def expect_totals(found, expected, what):
    """The same functions with the same values, up to what a double and a rounded sum of few samples lose."""
    found = {name: value for name, value in found.items() if name not in ("[blocked]", "[preempted]")}
    assert found.keys() == expected.keys(), f"{what}: functions {found.keys() ^ expected.keys()}"
    for name, value in expected.items():
        assert abs(found[name] - value) <= 1e-9 * abs(value) + 1e-3, f"{what}: {name}: {found[name]}, not {value}"


def add_once(stack, value, totals):
    for name in set(stack):
        totals[name] += value
