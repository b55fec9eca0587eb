#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sum the sections of a linker map, object by object.

usage: size.py [--gate] <bar> (<configuration> <map>)...

The bar, bytes of flash, is compared with the first configuration; with
--gate, going over it is a failure.
"""
import re
import sys

KINDS = (("code", r"\.text"), ("constants", r"\.rodata"), ("data", r"\.data"),
         ("bss", r"\.bss"))
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


def report(configuration, found):
    names = [kind for kind, _ in KINDS]
    print("malloc + free  [%s]" % configuration)
    print("  %-24s" % "object" + "".join("%11s" % name for name in names)
          + "%11s" % "flash")
    total = {}
    for name in sorted(found):
        print("  %-24s" % name
              + "".join("%11d" % found[name].get(kind, 0) for kind in names)
              + "%11d" % flash(found[name]))
        for kind, count in found[name].items():
            total[kind] = total.get(kind, 0) + count
    print("  %-24s" % "total"
          + "".join("%11d" % total.get(kind, 0) for kind in names)
          + "%11d" % flash(total))
    return flash(total)


def main():
    words = sys.argv[1:]
    gate = words[:1] == ["--gate"]
    bar, *pairs = words[gate:] or [""]
    if not bar.isdigit() or not pairs or len(pairs) % 2:
        sys.exit(__doc__)
    totals = []
    for configuration, path in zip(pairs[::2], pairs[1::2]):
        totals.append(report(configuration, parse(path)))
        print()
    over = totals[0] > int(bar)
    print("%d bytes of flash, the bar is %s: %s"
          % (totals[0], bar, "OVER" if over else "within"))
    sys.exit(1 if over and gate else 0)


if __name__ == "__main__":
    main()
