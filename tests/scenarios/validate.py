#!/usr/bin/env python3
"""docs/formats/scenario.schema.json against the documents of the project, by a validator that is not ours.

Every shipped scenario must pass. Each file of src/scenario/testdata says in its first line whether an editor that goes
by the schema would mark it: «# schema: refuses» or «# schema: accepts» (a mistake that only the parser can see).
"""
import json
import pathlib
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def verdict(validator, file):
    try:
        document = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        return f"not YAML: {error}"
    errors = sorted(validator.iter_errors(document), key=str)
    return f"{errors[0].json_path}: {errors[0].message[:200]}" if errors else ""


def main():
    schema = json.loads((ROOT / "docs/formats/scenario.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    shipped = sorted((ROOT / "scenarios").rglob("*.yaml"))
    cases = sorted((ROOT / "src/scenario/testdata").glob("*.yaml"))
    failures = [f"{file}: {error}" for file in shipped if (error := verdict(validator, file))]
    refused = 0
    for file in cases:
        expected = file.read_text().splitlines()[0]
        error = verdict(validator, file)
        refused += bool(error)
        if expected not in ("# schema: refuses", "# schema: accepts"):
            failures.append(f"{file}: the first line does not say what the schema does")
        elif (expected == "# schema: refuses") != bool(error):
            failures.append(f"{file}: expected '{expected}', found: {error or 'accepted'}")
    if len(shipped) < 5 or refused < 5 or refused == len(cases):
        failures.append(f"too few documents: {len(shipped)} shipped, {len(cases)} cases, {refused} of them refused")
    print("\n".join(failures) or f"{len(shipped)} scenarios pass, {refused} of {len(cases)} cases are refused")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
