#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Keep what `make cost` measured: bench/chip/counted, one file a board.

usage: store.py [<board>...]

A board's last run replaces its file, the others' stay; so docs/cost.md has all
boards, whichever were measured. Seeds are merged: the median is the middle
seed's, the 99.9 percentile and the maximum the worst's. The figures that this
machine tells of all boards are in host.jsonl.
"""
import glob
import json
import os
import sys

import figures

FOLDER = os.path.join(figures.ROOT, "bench", "chip", "counted")
HOST = "host"
DROPPED = ("library", "code", "constants", "data", "bss", "calls")


def merged_calls(rows):
    """One row for the calls of a workload, in an arena, in an image."""
    merged = {}
    for row in figures.pick(rows, bench="workload"):
        key = row["image"], row["workload"], row["arena"]
        merged.setdefault(key, []).append(row)
    for (image, work, arena), some in merged.items():
        yield dict({"bench": "calls", "image": image, "workload": work,
                    "arena": arena, "machine": some[0]["machine"]},
                   **{call: figures.call_cells(some, call)
                      for call in figures.CALLS
                      if any(row["calls"] for row in
                             figures.pick(some, call=call))})


def split_calls(row, board):
    """The rows that figures.py lays out."""
    for call in figures.CALLS:
        if call in row:
            median, p999, most = row[call]
            yield {"bench": "workload", "board": board, "image": row["image"],
                   "machine": row["machine"], "workload": row["workload"],
                   "arena": row["arena"], "call": call, "calls": 1,
                   "median": median, "p999": p999, "max": most}


def merged_fill(rows):
    for shape, arena in figures.ordered((row["shape"], row["arena"]) for row in
                                        figures.pick(rows, bench="fill")):
        some = figures.pick(rows, bench="fill", shape=shape, arena=arena)
        percents = [100.0 * row["live"] / arena for row in some]
        yield {"bench": "fill", "build": "own", "shape": shape, "arena": arena,
               "seeds": len(some), "least": round(min(percents), 2),
               "percent": round(sum(percents) / len(percents), 2)}


def needless(row):
    """Merged below, or what a build that does not count has no figure for."""
    return (row["bench"] == "workload" or "live" in row or
            row["bench"] == "served" and "-s2-" not in row["image"])


def compact(rows):
    rest = [row for row in rows if not needless(row)]
    live = [row for row in rows if "live" in row]
    for row in rest + list(merged_calls(rows)) + list(merged_fill(live)):
        yield {key: value for key, value in row.items()
               if key != "board" and (key not in DROPPED or
                                      row["bench"] != "size")}


def write(name, rows):
    os.makedirs(FOLDER, exist_ok=True)
    lines = figures.ordered(json.dumps(row, separators=(",", ":"))
                            for row in compact(rows))
    with open(os.path.join(FOLDER, name + ".jsonl"), "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def load():
    """All boards' rows."""
    rows = []
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.jsonl"))):
        board = os.path.basename(path)[:-len(".jsonl")]
        with open(path, encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["bench"] == "calls":
                    rows += split_calls(row, board)
                else:
                    rows.append(row if board == HOST else dict(row, board=board))
    return rows


def main():
    rows = figures.load()
    for board in sys.argv[1:]:
        some = figures.pick(rows, board=board)
        if not figures.pick(some, bench="fast"):
            sys.exit("store.py: %s was not measured" % board)
        write(board, some)
    write(HOST, [row for row in rows if "board" not in row])


if __name__ == "__main__":
    main()
