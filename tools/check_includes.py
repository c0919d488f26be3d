#!/usr/bin/env python3
"""The include rule: a folder includes only itself and the folders its CMakeLists.txt names under DEPENDS.

The edges are read from the build files, so that there is one place to change them. A folder's unit tests (*_test.cpp,
test_*.h) also see the folders whose libraries stand under TEST_LIBS. src/cli, tests and bench see all folders of src. Prints each offending line; exits 1 where there is one.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
# Connectors are built for the sandbox, by a function of their own; their edges stand here.
CONNECTORS = {"sdk", "abi", "base", "arrow", "pgwire"}


def declared_edges(keyword):
    edges = {}
    for build_file in ROOT.glob("src/*/CMakeLists.txt"):
        match = re.search(r"rapidbyte_library\((.*?)\n?\)", build_file.read_text(), re.S)
        words = match.group(1).split() if match else []
        edges[build_file.parent.name] = {word.removeprefix("rapidbyte_") for word in words_after(keyword, words)}
    return edges


def is_test(file):
    return file.name.endswith("_test.cpp") or file.name.startswith("test_")


def words_after(keyword, words):
    found, inside = set(), False
    for word in words:
        if word.isupper() and not word.startswith("$"):
            inside = word == keyword
        elif inside:
            found.add(word)
    return found


def included_folders(file):
    for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if match and "/" in match.group(1):
            yield number, match.group(1).split("/")[0], match.group(1)


def sources(*folders):
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".h", ".cpp", ".inc"} and "node_modules" not in file.parts:
                yield file


def main():
    edges = declared_edges("DEPENDS")
    test_edges = declared_edges("TEST_LIBS")
    offences = []
    for name, depends in edges.items():
        if name == "cli":
            continue
        for file in sources(ROOT / "src" / name):
            seen = depends | test_edges[name] if is_test(file) else depends
            for line, folder, path in included_folders(file):
                if folder in edges and folder != name and folder not in seen:
                    offences.append(f"{file.relative_to(ROOT)}:{line}: src/{name} may not include {path}")
    for connector in sorted((ROOT / "connectors").iterdir()):
        if not connector.is_dir():
            continue
        for file in sources(connector):
            for line, folder, path in included_folders(file):
                if folder in edges | {"sdk": ()} and folder not in CONNECTORS and not file.name.endswith("_test.cpp"):
                    offences.append(f"{file.relative_to(ROOT)}:{line}: a connector may not include {path}")
    print("\n".join(offences), end="\n" if offences else "")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
