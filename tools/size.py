#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sum the sections of linker maps, object by object; write and print them.

usage: size.py <board> <cpu flags> <nm> <folder of maps> <json lines> <map>...

A map's name is <configuration>.<what is called besides malloc and free>.
"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bench"))
import figures  # noqa: E402

KINDS = (("code", r"\.text"), ("constants", r"\.s?rodata"),
         ("data", r"\.s?data"), ("bss", r"\.s?bss"))
SECTION = re.compile(r"^ (\.\S+)?\s+(0x[0-9a-f]+)\s+(0x[0-9a-f]+)\s+(\S+)$")


def parse(path):
    """{object: {kind: bytes}} of what the linker kept."""
    with open(path) as lines:
        text = lines.read()
    try:
        text = text[text.index("\nLinker script and memory map"):]
    except ValueError:
        sys.exit("size.py: %s is no linker map" % path)
    # A long section name stands on a line of its own.
    text = re.sub(r"^( \.\S+)\n +(?=0x)", r"\1 ", text, flags=re.M)
    found = {}
    for line in text.splitlines():
        match = SECTION.match(line)
        if not match or not match.group(1):
            continue
        for kind, pattern in KINDS:
            if re.match(pattern + r"(\.|$)", match.group(1)):
                sizes = found.setdefault(short(match.group(4)), {})
                sizes[kind] = sizes.get(kind, 0) + int(match.group(3), 16)
    return {name: sizes for name, sizes in found.items() if any(sizes.values())}


def short(name):
    """core/run.o of build/<board>/size/<configuration>/core/run.o"""
    match = re.search(r"((core|port|compat)/.*|[^/]*)$", name)
    return match.group(1)


def flash(sizes):
    return sum(sizes.get(kind, 0) for kind in ("code", "constants", "data"))


def total(found):
    return {kind: sum(sizes.get(kind, 0) for sizes in found.values())
            for kind, _ in KINDS}


def helpers(nm, folder, configuration):
    """What the compiler's library does for malloc's and free's fast path."""
    path = os.path.join(folder, configuration, "core/alloc.o")
    run = subprocess.run([nm, "-u", path], stdout=subprocess.PIPE, text=True,
                         check=True)
    return sorted(word for word in run.stdout.split() if word.startswith("__"))


def measure(board, cpu, nm, folder, name):
    configuration, called = name.split(".")
    found = parse(os.path.join(folder, name + ".map"))
    sums = total(found)
    return dict({"bench": "size", "board": board, "cpu": cpu,
                 "image": configuration, "called": called,
                 "flash": flash(sums), "ram": sums["data"] + sums["bss"],
                 "library": sorted(o for o in found if "libgcc" in o),
                 "helpers": helpers(nm, folder, configuration)}, **sums), found


def show_objects(row, found):
    names = [kind for kind, _ in KINDS]
    print("malloc + free  [%s]" % figures.size_title(row))
    table = [[name] + [found[name].get(kind, 0) for kind in names]
             + [flash(found[name])] for name in sorted(found)]
    table.append(["total"] + [row[kind] for kind in names] + [row["flash"]])
    print("\n".join(figures.plain(["object"] + names + ["flash"], table)) + "\n")


def main():
    if len(sys.argv) < 7:
        sys.exit(__doc__)
    board, cpu, nm, folder, path, *names = sys.argv[1:]
    measured = [measure(board, cpu, nm, folder, name) for name in names]
    rows = [row for row, _ in measured]
    with open(path, "w") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    show_objects(*measured[0])
    print("\n".join(figures.size_text(rows)))


if __name__ == "__main__":
    main()
