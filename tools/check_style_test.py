#!/usr/bin/env python3
"""What check_style.py says of JSON read and written past base/json.h."""
import pathlib
import unittest

import check_style


def said(path, line):
    return [what for _, what in check_style.json_findings(pathlib.Path(path), [line])]


class JsonCalls(unittest.TestCase):
    REFUSED = [
        "  return document.dump(2);",
        "  return streams->dump();",
        "  const json document = json::parse(text);",
        "  const auto document = nlohmann::json::parse(in, nullptr, false);",
        "  if (nlohmann::ordered_json::accept(line)) return;",
        '  plan.mode = request.at("write_mode");',
        '  if (request->value("only", false)) return;',
    ]
    ALLOWED = [
        "  return DumpJson(document, 2);",
        "  const auto document = ParseJson(text);",
        "  return JsonMember(request, key);",
        "  const Live& live = live_.at(tid);",
        "  return status.value();",
    ]

    def test_are_refused_in_the_program(self):
        for line in self.REFUSED:
            for path in ("src/cli/x.cpp", "src/store/x.h", "connectors/sdk/x.cpp"):
                self.assertEqual(len(said(path, line)), 1, line)

    def test_are_allowed_in_tests_and_in_their_home(self):
        for line in self.REFUSED:
            for path in ("src/cli/x_test.cpp", "src/lab/test_campaign.h", "tests/e2e/x.cpp", check_style.JSON_HOME):
                self.assertEqual(said(path, line), [], line)

    def test_are_not_taken_for_others(self):
        for line in self.ALLOWED:
            self.assertEqual(said("src/cli/x.cpp", line), [], line)


if __name__ == "__main__":
    unittest.main()
