#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Put the last measurements into docs/benchmarks.md, between its markers.

Reads build/bench/host.jsonl and pair.jsonl as `make bench` leaves them. A text
file given as TITLE=FILE goes in as it is: what `make bench BOARD=...` printed.
"""
import json
import math
import os
import statistics
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "docs", "benchmarks.md")
MARKS = "<!-- results begin -->\n", "<!-- results end -->\n"


def lines_of(name):
    path = os.path.join(ROOT, "build", "bench", name)
    try:
        with open(path, encoding="utf-8") as f:
            return [json.loads(line) for line in f]
    except FileNotFoundError:
        sys.exit(f"results.py: no {name}: run `make bench` first")


def markdown(head, rows):
    rule = "|---|" + "---:|" * (len(head) - 1)
    return "\n".join(["| " + " | ".join(head) + " |", rule]
                     + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def pair_table(rows):
    return markdown(["allocator", "library", "with PLT"],
                    [[f"{r['allocator']} {r['version']}", f"{r['library']:.1f}",
                      f"{r['with_plt']:.1f}"] for r in rows])


def ratio_table(rows, field, unit, factor):
    names = list(dict.fromkeys(r["allocator"] for r in rows))
    works = list(dict.fromkeys(r["bench"] for r in rows))
    value = {(r["bench"], r["allocator"]): r[field] for r in rows}
    reference = rows[0]["reference"]
    ratio = {n: [value[w, n] / value[w, reference] for w in works] for n in names}
    table = [[w, f"{value[w, reference] * factor:.2f}"]
             + [f"{ratio[n][i]:.2f}" for n in names] for i, w in enumerate(works)]
    means = [math.exp(statistics.fmean(map(math.log, ratio[n]))) for n in names]
    table.append(["**geometric mean**", ""] + [f"**{m:.2f}**" for m in means])
    table.append(["worst", ""] + [f"{max(ratio[n]):.2f}" for n in names])
    return markdown(["workload", f"{reference}, {unit}"] + names, table)


def host_part():
    rows = lines_of("host.jsonl")
    versions = dict.fromkeys(f"{r['allocator']} {r['version']}" for r in rows)
    return "\n".join([
        "### Instructions for one malloc(16) + free pair\n", pair_table(lines_of("pair.jsonl")),
        "### Time, ratio to mimalloc\n", ratio_table(rows, "wall_s", "s", 1),
        "### Peak resident memory, ratio to mimalloc\n",
        ratio_table(rows, "peak_kib", "MiB", 1 / 1024),
        f"{rows[0]['machine']}; median of {rows[0]['runs']}; {rows[0]['time'][:10]}; "
        f"{', '.join(versions)}.\n"])


def text_part(argument):
    title, _, path = argument.partition("=")
    with open(path, encoding="utf-8") as f:
        return f"### {title}\n\n```\n{f.read().strip()}\n```\n"


def main():
    with open(PAGE, encoding="utf-8") as f:
        before, rest = f.read().split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    parts = [host_part()] + [text_part(a) for a in sys.argv[1:]]
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(before + MARKS[0] + "\n" + "\n".join(parts) + "\n" + MARKS[1] + after)


if __name__ == "__main__":
    main()
