#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold what was measured last against the limits in bench/bars.

usage: bars.py [--show] [<figures>...]

Only limits whose figures match one of the patterns count; without a pattern,
all do. A figure over its limit, or one that was not measured, is a failure.
--show never fails, and takes the whole run of `make bench`, not the quick one.
"""
import fnmatch
import os
import sys

import figures

BARS = os.path.join(figures.ROOT, "bench", "bars")


def read_bars():
    """[(figure, relation, limit)]"""
    bars = []
    with open(BARS, encoding="utf-8") as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if not words:
                continue
            if len(words) < 3 or words[-2] not in ("<=", ">="):
                sys.exit("bars.py: what is this? %s" % line.strip())
            bars.append((" ".join(words[:-2]), words[-2], float(words[-1])))
    return bars


def verdict(bar, named):
    """(value, where it is worst, word) for one bar."""
    figure, relation, limit = bar
    found = [(value, name) for name, value in named
             if fnmatch.fnmatchcase(name, figure)]
    if not found:
        return None, "", "NOT MEASURED"
    value, name = max(found) if relation == "<=" else min(found)
    within = value <= limit if relation == "<=" else value >= limit
    over = "OVER" if relation == "<=" else "UNDER"
    return value, name if name != figure else "", "within" if within else over


def number(value):
    return None if value is None else "%g" % value


def table(rows, patterns=()):
    """Lines of cells, one a bar; whether all are within."""
    named = figures.named(rows)
    lines, good = [], True
    for bar in read_bars():
        figure, relation, limit = bar
        if patterns and not any(fnmatch.fnmatchcase(figure, pattern)
                                for pattern in patterns):
            continue
        value, where, word = verdict(bar, named)
        good = good and word == "within"
        lines.append([figure, number(value), relation + " " + number(limit),
                      word, where])
    return ["figure", "measured", "limit", "verdict", "where it is worst"], \
        lines, good


def main():
    words = sys.argv[1:]
    show = words[:1] == ["--show"]
    heads, lines, good = table(figures.load(gate=not show), words[show:])
    print("\n".join(figures.plain(heads, lines)))
    sys.exit(0 if good or show else 1)


if __name__ == "__main__":
    main()
