#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write docs/cost.md from bench/chip/counted (`make cost`, `make cost-page`)."""
import json
import os

import bars
import curves
import figures
import store
from figures import markdown, pick

PAGE = os.path.join(figures.ROOT, "docs", "cost.md")
PEERS = os.path.join(figures.ROOT, "bench", "chip", "peers.json")

INTRO = """# What mica costs on a chip

`make cost` measures and writes this page (`BOARDS="a b"`: only these anew); `make bench BOARD=<name>` and `make size BOARD=<name>`
print one board's part of it. All figures are counts and bytes: they repeat exactly.

- **Instructions** are counted by QEMU with `-icount`, from the first of the function to its return; each image proves on itself first
  that counting is exact. Workloads are those of `bench/chip/workload.h`: *small* is sizes 8..63, *mixed* 8..511, *iot* nodes, packets and
  buffers, *adversarial* what breaks allocators. The median is that of the middle of three seeds at `-O2` in context core (elsewhere, and on arenas over
  256 KiB, there is one), 99.9 % and maximum are the worst. *Forced* are the directed scenes of `bench/chip/slow.c` and `slow_remote.c`: each slow path, and frees from above the guard where
  the CPU has such interrupts and the board a second timer. Realloc is counted without `memcpy`.
- **Configuration**: context `core` (interrupts allocate, the guard is held) or `single`; hardening level 0 or 1; `MICA_STATS=0`, 8-byte
  alignment (16 on rv64) and one region (`MICA_REGIONS_MAX=1`) unless it is said.
- **Making a region** of a span happens once for each: the call clears a byte for each KiB. It is shown apart: *first malloc*, and
  *another region* where the arena comes in four spans (`MICA_REGIONS_MAX=4`); the other figures of these builds are of the calls
  that found what they needed in the regions that there were.
- **Flash** is what the linker keeps of mica with only these functions called, `-Os`, the port and its messages included, the
  board's console not.
"""


def peers():
    with open(PEERS, encoding="utf-8") as f:
        return json.load(f)


def section(title, *tables):
    lines = ["", "## " + title, ""]
    for table in tables:
        lines += [table] if isinstance(table, str) else markdown(*table)
        lines.append("")
    return lines[:-1]


def limits(rows):
    heads, lines, good = bars.table(rows)
    return section(
        "Against its limits",
        "`bench/bars` states them, for a Cortex-M3 (`mps2-an385`); `make bench-check` fails when one is not held. "
        + ("All are held." if good else "**Not all are held.**")
        + " Words: context, level, optimization, workload, arena in KiB, call.",
        (heads, lines))


def boards_of(rows, bench):
    return figures.ordered(row["board"] for row in pick(rows, bench=bench))


def flash(rows):
    gated = pick(rows, bench="size", board=figures.GATED_BOARD)
    table, added, names = [], [], []
    for board in boards_of(rows, "size"):
        some = pick(rows, bench="size", board=board, called="plain")
        by_image = {row["image"]: row for row in some}
        first = by_image["core-0-s0-r1"]
        calls = {row["called"]: row["flash"] - first["flash"] for row in
                 pick(rows, bench="size", board=board, image="core-0-s0-r1")}
        table.append(["`%s`" % board, "`%s`" % first["cpu"].split()[0].split("=")[1]]
                     + [by_image.get(image, {}).get("flash") for image in
                        ("core-0-s0-r1", "single-0-s0-r1", "core-1-s0-r1",
                         "single-1-s0-r1")]
                     + ["%+d" % calls[name] for name in ("realloc", "calloc", "aligned")]
                     + [first["ram"], ", ".join(first["helpers"]) or "none"])
        options = figures.option_table(pick(rows, bench="size", board=board))[1]
        added.append(["`%s`" % board] + ["%s, %s" % tuple(line[1:])
                                         for line in options])
        names = [line[0] for line in options]
    return section(
        "Flash and static RAM, bytes",
        "Cortex-M3 (`%s`), malloc + free, and what else is called adds; the last but one column is all four together:"
        % figures.GATED_BOARD,
        figures.size_table(gated),
        "An option adds to malloc + free in context core at level 0:",
        figures.option_table(gated),
        "Every board, malloc + free; what realloc, calloc and aligned add to the first, whose static RAM it is. Helpers: functions of the compiler's library, such as division or a "
        "software `clz`, that the objects of malloc's and free's fast path call:",
        (["board", "CPU", "core, level 0", "single, level 0", "core, level 1",
          "single, level 1", "realloc adds", "calloc", "aligned", "static RAM",
          "helpers"], table),
        "What an option adds on every board, flash, static RAM:",
        (["board"] + names, added))


def memory(rows):
    return section(
        "Memory",
        "Counted by the chip's core built for i686 and run natively, where blocks lie exactly as on the chip. *Lost* is what an arena has "
        "less than its largest first block: mica's control structure at the region's head, and rounding; with the static RAM above it is all that "
        "mica keeps. The tiny configuration is `bench/chip/arena/1/mica_config.h`.",
        figures.arena_table(rows), figures.serve_table(rows),
        "Live bytes at the first failure, percent of the arena, two mallocs to one free of a random block; average of 20 seeds (least):",
        figures.fill_table(rows),
        HELD.rstrip("\n"),
        figures.hold_table(rows),
        "### Each board, with its own settings",
        "Counted on the board itself, `-O2`, context core, level 0, and the board's `mica_config.h`, whatever the arena: pages of 1 KiB. "
        "Fill: small / mixed / packets, average of 3 seeds; failures: likewise, in 64 KiB or the largest arena below; served by pages: "
        "small / mixed / iot (counted with `MICA_STATS=2`, level 1).",
        figures.own_table(rows))


HELD = """### Holding three quarters of 64 KiB

How many mallocs fail while 75 % of the arena is held live, under two workloads of the same sizes. *hold* asks 500000 times for a size and frees random
blocks until it fits below the level. *redraw* draws a size a million times and either mallocs it or frees one block, so that a size that does not
fit is given up; nothing is freed after a failure, so where overhead keeps small blocks below the level, every malloc from then on fails. Below mica is
what an ideal fit does, which looks at every free block and keeps nothing in the arena but a word before each block (`bench/chip/ideal.c`). Even best fit
fails in *hold* with packets more often than the limit of 10 in `bench/bars` allows: an allocator that does not move blocks cannot meet it. The limit
stays, and its verdict is what it is; in *redraw* packets of the same sizes are within it:
"""


def overview(rows, board):
    some = [row for row in pick(rows, board=board) if "image" in row]
    machine = some[0]["machine"]
    note = "" if machine == board else \
        " Its own build, run in the larger RAM of `%s`." % machine
    sizes = figures.ordered(sorted(row["arena"] >> 10 for row in
                                   pick(some, bench="workload")))
    return ["### `%s`" % board, "", "Arenas of %s KiB.%s Worst: of all "
            "workloads; forced: of the directed scenes."
            % (", ".join(map(str, sizes)), note), ""] \
        + markdown(*figures.overview_table(some)) + [""]


def instructions(rows):
    lines = section("Instructions, every board", "The fast path is a page's: "
                    "pop or push of a free list, sizes 8 to 64.")
    lines.append("")
    for board in boards_of(rows, "fast"):
        lines += overview(rows, board)
    return lines[:-1]


def workloads(rows, board, images):
    lines = []
    for image in images:
        some = pick(rows, board=board, image=image)
        if some:
            lines += ["`%s`, %s:" % (board, figures.image_title(image)), ""]
            lines += markdown(*figures.work_table(some)) + [""]
    return lines


def thorough(rows):
    lines = section("Instructions, workload by workload", "Median, 99.9 percentile, maximum of each call.")
    lines.append("")
    for board in boards_of(rows, "fast"):
        images = figures.ordered(row["image"] for row in pick(rows, board=board,
                                                              bench="fast"))
        if board != figures.GATED_BOARD:
            images = [i for i in images if i in ("core-0-O2-s0-r1", "core-1-Os-s0-r1")]
        lines += workloads(rows, board, images)
    return lines[:-1]


TURNS = """**A turn**: a malloc that would fail first frees for good what interrupts above the guard have deferred, one block after another. It leaves the
guard after each, so that whatever waits comes in between, enters it again and looks for memory. So it takes one turn for each block that is
deferred, until one serves it, and the one before them; what interrupts wait for is a turn, whatever their number. The maxima above, *forced* too, are of
calls of one turn; here is what more of them take, the whole call and, rounded up, a turn of it:
"""


def paths(rows):
    some = [row for row in pick(rows, board=figures.GATED_BOARD)
            if "-s2-" in row.get("image", "")]
    turns = [row for bench in figures.TURNS
             for row in pick(rows, bench=bench, board=figures.GATED_BOARD)
             if figures.context_of(row["image"])]
    table = [[figures.image_title(row["image"]),
              "finds it" if row["bench"] == "starved" else "fails",
              row["deferred"], row["malloc"], figures.turn(row)]
             for row in figures.ordered(map(freeze, turns))]
    return section(
        "Slow paths, mechanism by mechanism",
        "Calls of the forced scenes in which a counter moved, and the costliest of these; counted with `MICA_STATS=2`, which adds "
        "some instructions to each, %s." % (figures.image_title(some[0]["image"]) if some else ""),
        figures.path_table(some),
        "Percent of the requests of a workload that a page served, not a run:",
        figures.served_table(some),
        TURNS.rstrip("\n"),
        (["configuration", "malloc", "deferred blocks", "instructions", "a turn"], table))


class freeze(dict):
    """A row that can be told from others."""

    def __hash__(self):
        return hash(tuple(sorted((k, v) for k, v in self.items()
                                 if k not in ("arena",))))


def guarded(rows):
    some = pick(rows, bench="guarded")
    if not some:
        return []
    keys = [key for key in figures.ordered(sum((list(row) for row in some), []))
            if key != "bench"]
    keys.sort(key=lambda key: key != "board")
    return section("Longest guarded section",
                   "Instructions from masking to unmasking.",
                   (keys, [[row.get(key) for key in keys] for row in some]))


def mica_instructions(rows):
    gated = [row for row in pick(rows, board=figures.GATED_BOARD) if "image" in row]
    table = []
    size = {row["image"]: row["flash"] for row in
            pick(rows, bench="size", board=figures.GATED_BOARD, called="plain")}
    for context in ("core", "single"):
        name = context + "-0-%s-s0-r1"
        fast, small = (pick(gated, image=name % o) for o in ("O2", "Os"))
        mixed = pick(fast, workload="mixed", arena=64 << 10)
        line = ["**mica**, context %s, level 0" % context,
                size.get(context + "-0-s0-r1")]
        for call in figures.CALLS[:2]:
            median, _, most = figures.call_cells(mixed, call)
            breaking = figures.call_cells(pick(fast, workload="adversarial", arena=64 << 10), call)
            line.append("%s / %s (%s)" % (median, most, breaking[2]))
        iot = pick(small, workload="iot", arena=64 << 10)
        line.append("%s, %s" % tuple(figures.call_cells(iot, call)[0]
                                     for call in figures.CALLS[:2]))
        table.append(line + [8])
    return table


def mica_fill(rows):
    line = ["**mica**"]
    for arena in (16 << 10, 64 << 10, 256 << 10):
        some = pick(rows, bench="fill", build="board", arena=arena)
        line.append("/".join("%.1f" % row["percent"] for shape in figures.SHAPES
                             for row in pick(some, shape=shape)))
    for bench in ("hold", "redraw"):
        some = pick(figures.host(rows), bench=bench)
        line.append("/".join(str(row["failures"]) for shape in figures.SHAPES
                             for row in pick(some, shape=shape)))
    return line


def ideal_fill(rows):
    some = pick(rows, bench="ideal")
    return [["ideal %s, no control structure" % policy, None, None, None]
            + ["-/" + "/".join(str(row["failures"]) for row in
                               pick(some, policy=policy, workload=bench))
               for bench in ("hold", "redraw")]
            for policy in figures.ordered(row["policy"] for row in some)]


def mica_control(rows):
    named = dict(figures.named_bytes(rows))
    return [["**mica**, context %s, level 0" % context,
             named.get("control %s 0 64" % context)] for context in ("core", "single")]


def beside(rows):
    other = peers()
    return section(
        "Beside others",
        "Others were measured once, in the same workloads, with GCC 12.2 and QEMU 7.2 on a Cortex-M3, locks and asserts off; they are not "
        "measured again here. Instructions at `-O2`, mixed, 64 KiB: median / maximum, in parentheses that of adversarial; at `-Os`, IoT, the medians of "
        "malloc and free. Flash at `-Os`.",
        (["allocator", "flash, malloc + free", "malloc", "free", "IoT medians", "alignment"],
         mica_instructions(rows) + other["instructions"]),
        "Live bytes at the first failure, percent (small / mixed / packets), and failed mallocs at 75 % of 64 KiB in the workloads hold and redraw "
        "(see *Memory*). The others' come from a program of its own with the same sizes and level; by what the ideal fits do in either, it was nearer to redraw.",
        (["allocator", "16 KiB", "64 KiB", "256 KiB", "hold", "redraw"],
         [mica_fill(rows)] + [line[:-1] + [None] + line[-1:] for line in other["fill"]]
         + ideal_fill(rows)),
        "Control structure at 64 KiB, bytes; mica's with its static RAM:",
        (["allocator", "bytes"], mica_control(rows) + other["control"]))


CURVES = """What is wanted pulls at two settings. A class of sizes gets its first page when `MICA_RARE_BYTES` of it live in runs of their own: the
lower, the more requests take the shortest way, and the more pages hold few blocks. 64 KiB, context core, level 0, `-O2`; failures are
of 500000 mallocs holding 75 %:

![Fill, share of pages and medians by MICA_RARE_BYTES](curves.svg)
"""
ARGUED = """**The default** is eleven eighths of a page: it holds the fill that is wanted at every size of arena. Against the points of the table it gives %s.
An arena of 64 KiB (`boards/mps2-an385`, `bench/chip/arena/64`) has pages of 2 KiB and eight eighths: there every fill that is wanted is held,
and more than half of *small* and *iot* take the shortest way. *mixed* cannot have both: half its requests are over 64 bytes, and are runs; to serve more
than half of all by pages takes so many pages, each of a class that has few blocks, that the arena gets a tenth less full. A small memory that is
full ends a device, and a malloc that takes eighty instructions more does not. A firmware whose sizes are few, or whose arena is roomy, sets
`MICA_RARE_BYTES` lower and has the medians of its line. Packets fail as often everywhere: they are runs, and so they do with an ideal fit, see above.
"""


def default_against(rows):
    """In words: what the lowest threshold would give instead."""
    some = figures.pick(rows, page=2048)
    mine = figures.pick(some, eighths=curves.DEFAULT)
    if not mine or len(some) < 2:
        return "what its line says"
    mine, low = mine[0], min(some, key=lambda row: row["eighths"])
    return ("%.1f %% of mixed live at the first failure where %d/8 has %.1f, and %d failures where that has %d; for it, "
            "malloc's median in iot is %d where that has %d, in mixed %d where that has %d"
            % (mine["fill mixed"], low["eighths"], low["fill mixed"],
               mine["hold mixed"], low["hold mixed"], mine["malloc iot"],
               low["malloc iot"], mine["malloc mixed"], low["malloc mixed"]))


def traded(rows):
    some = pick(rows, bench="curve")
    if len(figures.ordered(row["eighths"] for row in some)) < 2:
        return []
    curves.write(os.path.join(figures.ROOT, "docs", "curves.svg"), some)
    table = [[row["page"], "%d/8" % row["eighths"]]
             + ["/".join("%.1f" % row["%s %s" % (kind, work)] for work in works)
                for kind, works in (("fill", figures.SHAPES),
                                    ("share", figures.WORKLOADS[:3]))]
             + ["/".join(str(row["hold " + shape]) for shape in figures.SHAPES)]
             + ["/".join(str(row["%s %s" % (call, work)])
                         for work in figures.WORKLOADS[:3])
                for call in figures.CALLS[:2]] for row in some]
    return section("What cannot be had together", CURVES.rstrip(),
                   (["page", "rare, of a page", "fill small/mixed/packets",
                     "served by pages small/mixed/iot",
                     "failures small/mixed/packets",
                     "malloc small/mixed/iot", "free small/mixed/iot"], table),
                   ARGUED.rstrip() % default_against(some))


def main():
    rows = store.load()
    lines = INTRO.rstrip("\n").split("\n")
    for part in (limits, beside, traded, flash, memory, instructions, thorough, paths,
                 guarded):
        lines += part(rows)
    with open(PAGE, "w", encoding="utf-8") as page:
        page.write("\n".join(lines) + "\n")
    print("docs/cost.md: %d lines" % len(lines))


if __name__ == "__main__":
    main()
