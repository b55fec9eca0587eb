#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the fill experiments and print them as tables.

usage: fill.py [--gate] <program> <json lines> <configuration> [seeds]

With --gate, an average under its bar is a failure.
"""
import json
import subprocess
import sys

SHAPES = ("small", "mixed", "packets")
BAR_ARENA = 64 << 10
BARS = (78, 88, 91)


def table(rows, cell):
    print("  %-10s %9s %9s %9s" % (("arena",) + SHAPES))
    for arena in sorted({row["arena"] for row in rows}):
        cells = [cell(row) for shape in SHAPES for row in rows
                 if row["arena"] == arena and row["shape"] == shape]
        print("  %-10s %9s %9s %9s" % ("%d KiB" % (arena >> 10), *cells))


def main():
    words = sys.argv[1:]
    gate = words[:1] == ["--gate"]
    if len(words) - gate < 3:
        sys.exit(__doc__)
    program, path, configuration, *seeds = words[gate:]
    run = subprocess.run([program, *seeds], stdout=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit("fill.py: %s ended with status %d" % (program, run.returncode))
    rows = [dict(json.loads(line), configuration=configuration)
            for line in run.stdout.splitlines()]
    with open(path, "w") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    fill = [row for row in rows if row["bench"] == "fill"]
    print("Live bytes at the first failure, percent of the arena, average of"
          " %d seeds (least)" % fill[0]["seeds"])
    print("  [%s]" % configuration)
    table(fill, lambda row: "%.1f (%.0f)" % (row["percent"], row["least"]))
    print("Failures of 500000 mallocs while 75 % of the arena is live")
    table([row for row in rows if row["bench"] == "hold"],
          lambda row: str(row["failures"]))
    under = [row for row in fill for shape, bar in zip(SHAPES, BARS)
             if row["arena"] == BAR_ARENA and row["shape"] == shape
             and row["percent"] < bar]
    print("Bars at %d KiB: %d / %d / %d: %s"
          % (BAR_ARENA >> 10, *BARS, "UNDER" if under else "reached"))
    sys.exit(1 if gate and under else 0)


if __name__ == "__main__":
    main()
