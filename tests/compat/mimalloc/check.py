#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs written for mimalloc, built against compat/mimalloc. Prints TAP.

Every function that the headers declare must have a row in docs/mimalloc.md,
and a call in the tests that fails when the function does nothing (noop.py),
unless its row says that it does nothing; an undeclared one must not have a row.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import noop

ROOT = Path(__file__).resolve().parent.parent.parent.parent
HERE = Path(__file__).resolve().parent
HEADERS = ROOT / "compat" / "mimalloc"
DOCS = ROOT / "docs" / "mimalloc.md"
DECLARED = re.compile(r"^MI_(?:NEW|MOVED|CALL) [^(]*?\b(mi_\w+)\(", re.M)


PROGRAMS = ("api.c", "arena.c", "heaps.c", "effects.c", "override.c",
            "bad.c", "order.c", "examples.c", "cxx.cc", "cxx98.cc", "examples_cxx.cc")
GUARDED = "guarded.c"  # links a mica of level 3
GUARDED_ENV = {"MIMALLOC_GUARDED_SAMPLE_RATE": "0", "MIMALLOC_GUARDED_MIN": "300"}
ROW = re.compile(r"^\| `(mi_\w+)` \| (.*?) \|", re.M)


class Program:
    """One of the tests, compiled once and linked in several ways."""

    def __init__(self, args, source, where):
        cxx = source.suffix == ".cc"
        self.args, self.where = args, where
        self.text = source.read_text()
        self.name = source.stem
        self.good = True
        self.env = dict(os.environ)
        self.object = where / (source.stem + ".o")
        self.linker = args.cxx if cxx else args.cc
        std = re.search(r"^// std: (\S+)$", self.text, re.M)
        std = std[1] if std else "c++17" if cxx else "gnu11"
        self.why = self.run([
            *self.linker.split(), f"-std={std}", "-O1",
            "-fno-builtin", "-w", f"-I{HEADERS}", f"-I{ROOT / 'include'}", "-c",
            str(source), "-o", str(self.object)])

    @staticmethod
    def run(command):
        """Return: what a failing command said."""
        made = subprocess.run(command, capture_output=True, text=True)
        return made.stderr if made.returncode else ""

    def libs(self, static):
        build = Path(self.args.build).resolve()
        if static:
            return [str(build / "libmica.a"), "-pthread"]
        return [f"-L{build}", "-lmica", f"-Wl,-rpath,{build}", "-pthread"]

    def result(self, static):
        """Its lines of TAP, or why there are none."""
        path = self.where / (self.name + ("-static" if static else ""))
        why = self.why or self.run([*self.linker.split(), str(self.object),
                                    "-o", str(path), *self.libs(static)])
        self.good = self.good and not why
        if why:
            return [f"not ok - {path.name}: does not build"] + \
                [f"# {line}" for line in why.splitlines()[:10]]
        ran = subprocess.run([path], capture_output=True, text=True, timeout=60,
                             env=self.env)
        lines = re.findall(r"^(?:not )?ok .*$", ran.stdout, re.M)
        if ran.returncode or f"1..{len(lines)}" not in ran.stdout:
            lines.append(f"not ok - {path.name}: ended with {ran.returncode}")
            self.good = False
        return lines


class Guarded(Program):
    """The one for guard pages."""

    def __init__(self, args, where):
        super().__init__(args, HERE / GUARDED, where)
        self.env.update(GUARDED_ENV)

    def libs(self, static):
        return [str(Path(self.args.build) / "mimalloc" / "guards.o"), "-pthread"]


def missed(args, programs, where):
    """Is each function's effect asserted by some program?"""
    idle = {name for name, what in ROW.findall(DOCS.read_text())
            if what in ("nothing", "false")}
    names = sorted(declared() - idle)
    found = noop.unseen(names, [p for p in programs if p.good], args.cc, where)
    yield f"{'not ' if found else ''}ok - each of {len(names)} functions is missed when it does nothing"
    yield from (f"# {name}" for name in found)


def declared():
    return {n for h in HEADERS.glob("*.h")
            for n in DECLARED.findall(h.read_text())}


def coverage():
    names = declared()
    rows = {name for name, _ in ROW.findall(DOCS.read_text())}
    text = "".join((HERE / f).read_text() for f in (*PROGRAMS, GUARDED))
    calls = set(re.findall(r"\b(mi_\w+)\(", text))
    options = {n.replace("deprecated_", "").upper() for n in
               re.findall(r"^\tmi_option_(\w+),$",
                          (HEADERS / "mimalloc.h").read_text(), re.M)}
    told = set(re.findall(r"`(?:MIMALLOC|\.\.\.)_(\w+)`", DOCS.read_text()))
    for what, missing in (
            ("47 options and more are declared", () if len(options) >= 47 else options),
            ("each option's variable is told of in docs/mimalloc.md", options - told),
            ("190 functions and more are declared", () if len(names) >= 190 else names),
            ("each function has a row in docs/mimalloc.md", names - rows),
            ("no row is of a function that is not there", rows - names),
            ("each function has a test", names - calls)):
        yield f"{'not ok' if missing else 'ok'} - {what}"
        yield from (f"# {name}" for name in sorted(missing))


def main():
    parser = argparse.ArgumentParser()
    for option in ("build", "cc", "cxx"):
        parser.add_argument(f"--{option}", required=True)
    args = parser.parse_args()
    lines = list(coverage())
    with tempfile.TemporaryDirectory() as where:
        programs = [Program(args, HERE / name, Path(where)) for name in PROGRAMS]
        for program in programs:
            for static in (False, True):
                lines += program.result(static)
        programs.append(Guarded(args, Path(where)))
        lines += programs[-1].result(True)
        lines += missed(args, programs, Path(where))
    number = 0
    for line in lines:
        if not line.startswith("#"):
            number += 1
            line = re.sub(r"ok \d* ?-", f"ok {number} -", line, count=1)
        print(line)
    print(f"1..{number}")
    return any(line.startswith("not ok") for line in lines)


if __name__ == "__main__":
    sys.exit(main())
