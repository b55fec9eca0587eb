#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the counting images under QEMU and print what they counted.

usage: count.py [--gate] <board> <images> <qemu command> <json lines> [quick]

Every measurement is a boot of its own. Each workload runs with three seeds
(one if quick): the median shown is the middle one's, 99.9 % and the maximum
are the worst. With --gate, a figure over its bar is a failure.
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys

FLAVOURS = (
    ("O2", "-O2, layout tag, context core (BASEPRI guard), MICA_REGIONS_MAX=1, MICA_STATS=1"),
    ("Os", "-Os, layout tag, context core (BASEPRI guard), MICA_REGIONS_MAX=1, MICA_STATS=1"),
    ("O2-single", "-O2, layout tag, context single, MICA_REGIONS_MAX=1, MICA_STATS=1"),
)
GATED = "O2"
WORKLOADS = ("mixed", "iot", "adversarial")
ARENAS = (16, 64, 256)
FAST_SIZES = (8, 16, 24, 48, 64)
SHAPES = ("small", "mixed", "packets")
BARS = {"fast": (40, 40), "max": (250, 220)}
# Mechanisms that one core with a fixed arena does not have.
FOREIGN = {"pages_listed", "pages_abandoned", "pages_claimed", "contexts_begun",
           "contexts_ended", "locks_busy", "grown_in_place", "shrunk_in_place",
           "moved", "zero_known", "regions_released", "huge_allocated",
           "purges", "purged_bytes", "committed_bytes",
           "regions_reserved", "provider_failures"}


class Runner:
    def __init__(self, board, images, qemu):
        self.board, self.images, self.qemu = board, images, qemu

    def __call__(self, flavour, words):
        command = shlex.split(self.qemu) + [
            "-kernel", os.path.join(self.images, flavour, "chip"),
            "-append", words]
        run = subprocess.run(["timeout", "60"] + command,
                             stdout=subprocess.PIPE, text=True)
        if run.returncode:
            raise SystemExit("count.py: %s, %s: status %d\n%s"
                     % (flavour, words, run.returncode, run.stdout))
        rows = [json.loads(line) for line in run.stdout.splitlines()]
        return [dict(row, board=self.board, flavour=flavour,
                     configuration=dict(FLAVOURS)[flavour]) for row in rows]


def jobs(seeds):
    for flavour, _ in FLAVOURS:
        for size in FAST_SIZES:
            yield flavour, "fast %d" % size
        for workload in WORKLOADS:
            for arena in ARENAS:
                for seed in range(seeds):
                    yield flavour, "%s %d %d" % (workload, arena, seed)
        for arena in ARENAS[:2]:
            yield flavour, "slow %d" % arena
    for shape in SHAPES:
        yield GATED, "fill %s 64 0" % shape


def show(title, heads, rows):
    print(title)
    widths = [max(len(str(row[i])) for row in [heads] + rows)
              for i in range(len(heads))]
    for row in [heads] + rows:
        print("  " + "  ".join(
            str(cell).ljust(width) if i < 1 else str(cell).rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
    print()


def pick(rows, **wanted):
    return [row for row in rows
            if all(row.get(key) == value for key, value in wanted.items())]


def cells(rows, call):
    rows = pick(rows, call=call)
    medians = sorted(row["median"] for row in rows)
    return [medians[len(medians) // 2], max(row["p999"] for row in rows),
            max(row["max"] for row in rows)]


def show_flavour(rows, title):
    fast = pick(rows, bench="fast")
    show("Page fast path, instructions  [%s]" % title,
         ["bytes", "malloc", "free"],
         [[row["size"], row["malloc"], row["free"]] for row in fast])
    print("  The very first malloc, which takes the arena, is counted apart: "
          "%d\n" % max(row["malloc"] for row in pick(rows, bench="first")))
    table = []
    for workload in WORKLOADS:
        for arena in ARENAS:
            some = pick(rows, workload=workload, arena=arena << 10)
            table.append(["%s, %d KiB" % (workload, arena)]
                         + cells(some, "malloc") + cells(some, "free")
                         + [sum(row.get("failed", 0) for row in some)])
    show("Workloads, instructions  [%s]" % title,
         ["workload", "malloc", "99.9 %", "max", "free", "99.9 %", "max",
          "failed"], table)


def show_slow(rows, title):
    paths = {}
    for row in pick(rows, bench="slow"):
        old = paths.setdefault(row["path"], [0, 0, 0, 0])
        new = [row["mallocs"], row["malloc_max"], row["frees"], row["free_max"]]
        paths[row["path"]] = [old[0] + new[0], max(old[1], new[1]),
                              old[2] + new[2], max(old[3], new[3])]
    show("Slow paths, forced: calls in which a counter moved  [%s]" % title,
         ["counter", "mallocs", "max", "frees", "max"],
         [[path] + numbers for path, numbers in paths.items()
          if numbers[0] + numbers[2]])
    never = [path for path, numbers in paths.items()
             if not numbers[0] + numbers[2] and path not in FOREIGN]
    if never:
        print("  Never taken: %s\n" % ", ".join(never))


def bars(rows):
    """(what, figure, bar) of the gated flavour."""
    rows = pick(rows, flavour=GATED)
    fast = pick(rows, bench="fast")
    work = pick(rows, bench="workload")
    whole = pick(rows, bench="slow", path="any")
    for i, call in enumerate(("malloc", "free")):
        yield ("fast path of " + call, max(row[call] for row in fast),
               BARS["fast"][i])
        yield ("worst %s of any workload" % call,
               max(row["max"] for row in pick(work, call=call)), BARS["max"][i])
        yield ("worst %s of the forced paths" % call,
               max(row[call + "_max"] for row in whole), BARS["max"][i])


def main():
    words = sys.argv[1:]
    gate = words[:1] == ["--gate"]
    if len(words) - gate < 4:
        sys.exit(__doc__)
    board, images, qemu, path, *quick = words[gate:]
    runner = Runner(board, images, qemu)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows = sum(pool.map(lambda job: runner(*job),
                            jobs(1 if quick else 3)), [])
    with open(path, "w") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    for flavour, title in FLAVOURS:
        show_flavour(pick(rows, flavour=flavour), title)
    title = dict(FLAVOURS)[GATED]
    show_slow(pick(rows, flavour=GATED), title)
    show("64 KiB filled on the board, seed 0, percent  [%s]" % title,
         ["shape", "live"],
         [[row["shape"], "%.2f" % (100 * row["live"] / row["arena"])]
          for row in pick(rows, bench="fill")])
    verdicts = list(bars(rows))
    show("Bars  [%s, %s]" % (board, title), ["figure", "instructions", "bar", ""],
         [[what, figure, bar, "within" if figure <= bar else "OVER"]
          for what, figure, bar in verdicts])
    sys.exit(1 if gate and any(f > b for _, f, b in verdicts) else 0)


if __name__ == "__main__":
    main()
