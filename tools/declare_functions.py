#!/usr/bin/env python3
"""Turns a module's debug information into its section "rapidbyte.functions", and drops the rest of it.

  declare_functions.py IN.wasm OUT.wasm DWARFDUMP COMPILED_IN ROOT...

The section says for each function where it is declared (docs/formats/connector_abi.md): all that a profile shows of
the source, in a few kilobytes, and the same bytes wherever the module was built: ccache may have made paths relative to
the folder COMPILED_IN; what lies below a ROOT, the first that fits, is named relative to that.
"""
import posixpath
import re
import subprocess
import sys

HEADER = 8
CUSTOM, IMPORT, FUNCTION = 0, 2, 3
FUNCTION_NAMES = 1  # subsection of "name"


def read_number(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def number(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def name(text):
    return number(len(text.encode())) + text.encode()


def read_name(data, at):
    size, at = read_number(data, at)
    return data[at : at + size].decode(), at + size


def sections(module):
    """(id, name of a custom section, content, all bytes) of each section."""
    at = HEADER
    while at < len(module):
        start, kind = at, module[at]
        size, at = read_number(module, at + 1)
        custom = read_name(module, at)[0] if kind == CUSTOM else ""
        yield kind, custom, module[at : at + size], module[start : at + size]
        at += size


def count_imported_functions(content):
    count, at = read_number(content, 0)
    functions = 0
    for _ in range(count):
        at = read_name(content, read_name(content, at)[1])[1]
        if content[at] != 0:
            sys.exit("a connector imports functions only")
        functions += 1
        at = read_number(content, at + 1)[1]
    return functions


def function_names(content):
    """Index to name, out of the section "name"."""
    names = {}
    at = read_name(content, 0)[1]
    while at < len(content):
        kind = content[at]
        size, at = read_number(content, at + 1)
        end = at + size
        if kind == FUNCTION_NAMES:
            count, at = read_number(content, at)
            for _ in range(count):
                index, at = read_number(content, at)
                names[index], at = read_name(content, at)
        at = end
    return names


def portable(file, compiled_in, roots):
    file = posixpath.normpath(file)
    if file.startswith("../"):
        file = posixpath.normpath(posixpath.join(compiled_in, file))
    for root in roots:
        if file.startswith(root + "/"):
            return file[len(root) + 1 :]
    return file


def declarations(dump, compiled_in, roots):
    """Linkage name to (file, line)."""
    found = {}
    for entry in dump.split("DW_TAG_")[1:]:
        if not entry.startswith("subprogram"):
            continue
        attributes = dict(re.findall(r'DW_AT_(linkage_name|name|decl_file|decl_line)\s+\("?([^")\n]*)"?\)', entry))
        symbol = attributes.get("linkage_name", attributes.get("name"))
        if symbol and attributes.get("decl_file") and attributes.get("decl_line"):
            found[symbol] = (portable(attributes["decl_file"], compiled_in, roots), int(attributes["decl_line"]))
    return found


def section_of(places):
    files = sorted({file for file, _ in places if file})
    number_of = {file: i + 1 for i, file in enumerate(files)} | {"": 0}
    content = name("rapidbyte.functions") + number(len(files)) + b"".join(name(file) for file in files)
    content += number(len(places)) + b"".join(number(number_of[file]) + number(line) for file, line in places)
    return bytes([CUSTOM]) + number(len(content)) + content


def main():
    source, target, dwarfdump, compiled_in, *roots = sys.argv[1:]
    with open(source, "rb") as file:
        module = file.read()
    dump = subprocess.run([dwarfdump, "--debug-info", source], check=True, capture_output=True, text=True).stdout
    known = declarations(dump, compiled_in, roots)
    kept, names, imported, defined = module[:HEADER], {}, 0, 0
    for kind, custom, content, whole in sections(module):
        if kind == IMPORT:
            imported = count_imported_functions(content)
        if kind == FUNCTION:
            defined = read_number(content, 0)[0]
        if custom == "name":
            names = function_names(content)
        if not custom.startswith(".debug_"):
            kept += whole
    places = [known.get(names.get(imported + i), ("", 0)) for i in range(defined)]
    with open(target, "wb") as file:
        file.write(kept + section_of(places))


if __name__ == "__main__":
    main()
