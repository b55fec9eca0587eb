#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does what docs/sizing.md shows: each command prints what stands below it.

A block of the document that begins with `$ make sizing` is one test; so is
each row of its table of attacks, of which the tool computes all but the last
column, and each load that must be refused. Prints TAP.

    tools/sizing_check.py [--write]     --write: put the output into the document
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "sizing.md"
ROW = re.compile(r"^\| ((?:\d+x\d+ ?)+)" + r"\| (\d+) " * 4 + r"\| \d+ \|$", re.M)
BLOCK = re.compile(r"^```\n\$ (make sizing[^\n]*)\n(.*?)^```", re.M | re.S)

# What must be refused, and the word that says why.
BAD = [
    ("", "empty"), ("32", "not like"), ("x3", "not like"), ("32x", "not like"),
    ("-1x3", "not like"), ("32x3x", "not like"), ("0x3", "out of range"),
    ("32x0", "out of range"), ("32x1000001", "out of range"),
    ("99999999999x1", "out of range"), ("32x1 32x2", "came already"),
    ("32x1 4096@16-256", "not like"), ("4096@256-16", "out of range"),
    ("100@16-256", "out of range"), ("4096@16", "not like"),
]

# As typed by a person: nothing of the make that may have started this.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.startswith(("MAKE", "MFLAGS", "BOARD", "CROSS", "LOAD"))}


def run(command):
    done = subprocess.run(command, shell=True, cwd=ROOT, env=ENVIRONMENT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, timeout=120)
    return done.returncode, done.stdout


def main():
    text = PAGE.read_text(encoding="utf-8")
    if "--write" in sys.argv:
        PAGE.write_text(BLOCK.sub(lambda m: f"```\n$ {m[1]}\n{run(m[1])[1]}```",
                                  text), encoding="utf-8")
        return 0
    results = []
    for command, shown in BLOCK.findall(text):
        status, output = run(command)
        results.append((status == 0 and output == shown, command, output))
    for load, *shown in ROW.findall(text):
        output = run(f"make sizing LOAD='{load}'")[1]
        found = re.findall(r"^ +all +\d+ +(\d+)$|"
                           r"^(?:if|as|for certain, in) .*? {2,}(\d+) +\d+ ", output, re.M)
        results.append((["".join(f) for f in found] == shown,
                        f"row {load}", output))
    for load, word in BAD:
        status, output = run(f"make sizing LOAD='{load}'")
        good = status != 0 and word in output and "enough" not in output
        results.append((good, f"refused: '{load}'", output))
    print(f"1..{len(results)}")
    for number, (good, what, output) in enumerate(results, 1):
        if not good:
            print("".join(f"# {line}\n" for line in output.splitlines()), end="")
        print(f"{'ok' if good else 'not ok'} {number} - sizing: {what}")
    return 0 if results and all(r[0] for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
