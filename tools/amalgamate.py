#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write mica as one mica.h and one mica.c, by inlining includes in order.

mica.c holds the Linux port and the arena port; MICA_HOSTED (see the settings
at the top of mica.h) chooses.
"""
import argparse
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
OPEN = re.compile(r"^\s*#\s*if")
CLOSE = re.compile(r"^\s*#\s*endif")

# <mica_port.h> is the header of whichever port is chosen.
PORTS = [("#if MICA_HOSTED\n", "port/linux"), ("#else\n", "port/arena")]

USE = """\
/*
 * Made by tools/amalgamate.py: mica in two files, mica.h and mica.c.
 *
 * Compile mica.c with the rest of the program, as gnu11 or later. Settings
 * (see below) go into a mica_config.h on the include path, or into -D.
 *
 * On Linux nothing else is needed. Firmware brings
 *
 *	void board_console(const char *text, size_t len);
 *	void board_exit(int status);		(does not return)
 *
 * for reports of faults, and its memory: either two linker symbols,
 * mica_arena_base and mica_arena_bytes, or the table that
 * mica_arena_spans() returns, as described further down in mica.c.
 */
"""

# Inline functions that a configuration does not call were in headers once.
UNUSED = '#pragma GCC diagnostic ignored "-Wunused-function"\n\n'


class Amalgam:
    def __init__(self, seen=()):
        self.seen = set(seen)
        self.out = ["/* SPDX-License-Identifier: MIT */\n", USE]

    def resolve(self, includer, system, name):
        if system:
            path = ROOT / "include" / name
        else:
            path = (includer.parent / name).resolve()
        return path if path.is_file() else None

    def add(self, path, conditional=False):
        """Inline a file. One met under a condition may be met again."""
        if path in self.seen:
            return
        if not conditional:
            self.seen.add(path)
        lines = path.read_text().splitlines(keepends=True)
        guarded = path.suffix == ".h"
        depth = 0
        self.out.append(f"\n/* ---- {path.relative_to(ROOT)} ---- */\n\n")
        for line in lines:
            if "SPDX-License-Identifier" in line:
                continue
            depth += bool(OPEN.match(line)) - bool(CLOSE.match(line))
            match = INCLUDE.match(line)
            if not match:
                self.out.append(line)
                continue
            self.include(path, match, line,
                         conditional or depth > int(guarded))

    def include(self, path, match, line, conditional):
        if match[2] == "mica_port.h":
            for opening, folder in PORTS:
                self.out.append(opening)
                self.add(ROOT / folder / "mica_port.h", True)
            self.out.append("#endif\n")
            return
        target = self.resolve(path, match[1] == "<", match[2])
        if target is None:
            self.out.append(line)
        else:
            self.add(target, conditional)

    def text(self):
        return "".join(self.out)


def header():
    amalgam = Amalgam()
    amalgam.add(ROOT / "include/mica/mica.h")
    return amalgam


def source(seen):
    amalgam = Amalgam(seen)
    amalgam.out.append('#include "mica.h"\n\n' + UNUSED)
    amalgam.add(ROOT / "include/mica/port.h")
    for path in sorted(ROOT.glob("core/*.c")):
        amalgam.add(path)
    for opening, folder in PORTS:
        amalgam.out.append(opening)
        for path in sorted(ROOT.glob(f"{folder}/*.c")):
            amalgam.add(path, True)
        if folder == "port/linux":
            for name in ("thread", "alias", "snapshot", "start"):
                amalgam.add(ROOT / f"compat/libc/{name}.c", True)
    amalgam.out.append("#endif\n")
    return amalgam


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to write the two")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    public = header()
    (args.folder / "mica.h").write_text(public.text())
    (args.folder / "mica.c").write_text(source(public.seen).text())


if __name__ == "__main__":
    main()
