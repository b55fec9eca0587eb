#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs written for mimalloc, built against compat/mimalloc. Prints TAP.

Every function that the headers declare must have a row in docs/mimalloc.md
and a call in the tests; an undeclared one must not have a row.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
HERE = Path(__file__).resolve().parent
HEADERS = ROOT / "compat" / "mimalloc"
DECLARED = re.compile(r"^MI_(?:NEW|MOVED|CALL) [^(]*?\b(mi_\w+)\(", re.M)


def build_and_run(args, source, static, where):
    """Compile, link and run one program; its lines of TAP, or why there are none."""
    cxx = source.suffix == ".cc"
    program = where / (source.stem + ("-static" if static else ""))
    command = [*(args.cxx if cxx else args.cc).split(),
               "-std=c++17" if cxx else "-std=gnu11", "-O1", "-fno-builtin",
               "-w", f"-I{HEADERS}", f"-I{ROOT / 'include'}", str(source),
               "-o", str(program)]
    build = Path(args.build).resolve()
    command += [str(build / "libmica.a"), "-pthread"] if static else \
        [f"-L{build}", "-lmica", f"-Wl,-rpath,{build}"]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        return [f"not ok - {program.name}: does not build"] + \
            [f"# {line}" for line in made.stderr.splitlines()[:10]]
    ran = subprocess.run([program], capture_output=True, text=True, timeout=30)
    lines = re.findall(r"^(?:not )?ok .*$", ran.stdout, re.M)
    if ran.returncode or f"1..{len(lines)}" not in ran.stdout:
        lines.append(f"not ok - {program.name}: ended with {ran.returncode}")
    return lines


def coverage():
    names = {n for h in HEADERS.glob("*.h")
             for n in DECLARED.findall(h.read_text())}
    rows = set(re.findall(r"^\| `(mi_\w+)` \|",
                          (ROOT / "docs" / "mimalloc.md").read_text(), re.M))
    text = "".join((HERE / f).read_text() for f in ("api.c", "arena.c", "cxx.cc"))
    calls = set(re.findall(r"\b(mi_\w+)\(", text))
    for what, missing in (
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
        for name in ("api.c", "arena.c", "override.c", "cxx.cc"):
            for static in (False, True):
                lines += build_and_run(args, HERE / name, static, Path(where))
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
