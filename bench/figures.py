# SPDX-License-Identifier: MIT
"""Figures of a chip: read back from JSON lines, named, laid out as tables.

A figure's name is words, as bench/bars writes them. Rows come from
bench/chip/count.py, bench/chip/fill.py and tools/size.py.
"""
import glob
import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
JSON = os.path.join(ROOT, "build", "bench")
GATED_BOARD = "mps2-an385"
LIKEWISE = ("microbit", "virt-rv32imac")    # a Cortex-M0, an rv32
SEVERAL = ("mps2-an521",)                   # two cores: the shared engine
WORKLOADS = ("small", "mixed", "iot", "adversarial")
SHAPES = ("small", "mixed", "packets")
CALLS = ("malloc", "free", "realloc")
CALLED = (("realloc", "+ realloc"), ("calloc", "+ calloc"),
          ("aligned", "+ aligned"), ("all", "all of it"))


def load(gate=False):
    """All rows of the last runs; on boards those of the quick run if @gate."""
    kinds = ("gate-" if gate else "chip-", "size-", "guarded-", "fill", "curve")
    rows = []
    for path in sorted(glob.glob(os.path.join(JSON, "*.jsonl"))):
        if not os.path.basename(path).startswith(kinds):
            continue
        with open(path, encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    return rows


def pick(rows, **wanted):
    return [row for row in rows
            if all(row.get(key) == value for key, value in wanted.items())]


def host(rows):
    """Those that this machine tells of every board."""
    return [row for row in rows if "board" not in row]


def ordered(values):
    return list(dict.fromkeys(values))


def middle(values):
    return sorted(values)[len(values) // 2] if values else None


def worst(values):
    return max(values) if values else None


# ---- layout ---------------------------------------------------------------------

def cell(value):
    return "-" if value is None else str(value)


def plain(heads, rows):
    """Lines of a table for a terminal: first column left, others right."""
    rows = [[cell(value) for value in row] for row in [heads] + rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    return ["  " + "  ".join(
        text.ljust(width) if i < 1 else text.rjust(width)
        for i, (text, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows]


def markdown(heads, rows):
    """The same as Markdown, columns aligned in the source, too."""
    rows = [[cell(value) for value in row] for row in [heads] + rows]
    widths = [max(3, *(len(row[i]) for row in rows)) for i in range(len(heads))]
    lines = ["| " + " | ".join(
        text.ljust(width) if i < 1 else text.rjust(width)
        for i, (text, width) in enumerate(zip(row, widths))) + " |"
        for row in rows]
    lines.insert(1, "|" + "|".join(
        "-" * (width + 2) if i < 1 else "-" * (width + 1) + ":"
        for i, width in enumerate(widths)) + "|")
    return lines


# ---- configurations --------------------------------------------------------------

def image_words(image):
    """core-1-O2-s0-r1 as (context, level, optimization, stats, regions)"""
    context, level, optimization, stats, regions = image.split("-")
    return context, level, optimization, stats[1:], regions[1:]


def image_title(image):
    context, level, optimization, stats, regions = image_words(image)
    return ("-%s, context %s, level %s, MICA_STATS=%s, MICA_REGIONS_MAX=%s"
            % (optimization, context, level, stats, regions))


def size_title(row):
    context, level, stats, regions = row["image"].split("-")
    return ("-Os, %s, context %s, level %s, MICA_STATS=%s, MICA_REGIONS_MAX=%s"
            % (row["board"], context, level, stats[1:], regions[1:]))


# ---- instructions ----------------------------------------------------------------

def call_cells(rows, call):
    """Median, 99.9 percentile and maximum: the middle seed's, the worst's."""
    rows = [row for row in pick(rows, bench="workload", call=call)
            if row["calls"]]
    return [middle([row["median"] for row in rows]),
            worst([row["p999"] for row in rows]),
            worst([row["max"] for row in rows])]


def work_table(rows):
    """One line a workload and arena, of one image's rows."""
    heads = ["workload"]
    for call in CALLS:
        heads += [call, "99.9 %", "max"]
    table = []
    arenas = ordered(sorted(row["arena"] for row in rows if "workload" in row))
    for work in WORKLOADS:
        for arena in arenas:
            some = pick(rows, workload=work, arena=arena)
            if some:
                table.append(["%s, %d KiB" % (work, arena >> 10)]
                             + sum((call_cells(some, call) for call in CALLS), []))
    return heads, table


def forced_cells(rows):
    rows = pick(rows, bench="slow", path="any")
    return [worst([row[call + "_max"] for row in rows]) for call in CALLS]


def fast_cells(rows):
    rows = pick(rows, bench="fast")
    return [worst([row[call] for row in rows]) for call in CALLS[:2]]


def path_table(rows):
    """By mechanism: what took part in the costliest calls."""
    table = []
    for path in ordered(row["path"] for row in pick(rows, bench="slow")):
        some = pick(rows, bench="slow", path=path)
        line = [path]
        for call in CALLS:
            calls = sum(row[call + "s"] for row in some)
            line += [calls, worst([row[call + "_max"] for row in some])
                     if calls else None]
        if any(line[1::2]):
            table.append(line)
    return ["counter", "mallocs", "max", "frees", "max", "reallocs", "max"], table


def served_table(rows):
    """Percent of the served requests that a page served."""
    rows = pick(rows, bench="served")
    arenas = ordered(sorted(row["arena"] for row in rows))
    return ["workload"] + ["%d KiB" % (arena >> 10) for arena in arenas], [
        [work] + [served_percent(pick(rows, workload=work, arena=arena))
                  for arena in arenas] for work in WORKLOADS]


def overview_table(rows):
    """One line an image: fast path and what was worst."""
    table = []
    for image in ordered(row["image"] for row in pick(rows, bench="fast")):
        some = pick(rows, image=image)
        work = [worst([row["max"] for row in pick(some, bench="workload",
                                                  call=call)])
                for call in CALLS]
        table.append([image_title(image)] + fast_cells(some) + work
                     + forced_cells(some)
                     + [worst([row["malloc"] for row in pick(some, bench="first")]),
                        worst([row["max"] for row in pick(some, bench="began")])])
    return ["configuration", "fast malloc", "free", "worst malloc", "free",
            "realloc", "forced malloc", "free", "realloc", "first malloc",
            "another region"], table


def chip_text(rows):
    text = ["Instructions on %s, counted on %s"
            % (rows[0]["board"], rows[0]["machine"])]
    text += plain(*overview_table(rows)) + [""]
    for image in ordered(row["image"] for row in rows):
        some = pick(rows, image=image)
        text += [image_title(image)] + plain(*work_table(some)) + [""]
        if image_words(image)[3] == "2":
            text += ["Forced paths, by the counter that moved  [%s]"
                     % image_title(image)] + plain(*path_table(some)) + [""]
            text += ["Percent of requests served by pages"]
            text += plain(*served_table(some)) + [""]
    return text


# ---- bytes -----------------------------------------------------------------------

def fill_table(rows):
    rows = pick(rows, bench="fill", build="board")
    return ["arena"] + list(SHAPES), [
        ["%d KiB" % (arena >> 10)]
        + ["%.1f (%.0f)" % (row["percent"], row["least"]) for shape in SHAPES
           for row in pick(rows, arena=arena, shape=shape)]
        for arena in ordered(row["arena"] for row in rows)]


HELD = (("hold", "hold: the size stays"), ("redraw", "redraw: drawn again"))


def hold_table(rows):
    """mica's failures under both workloads, the ideal fits' below them."""
    table = []
    for bench, title in HELD:
        some = pick(host(rows), bench=bench)
        if some:
            table.append([title, "mica"] + [row["failures"] for shape in SHAPES
                         for row in pick(some, shape=shape)])
        for policy in ordered(row["policy"] for row in
                              pick(rows, bench="ideal", workload=bench)):
            table.append([title, "ideal " + policy, None]
                         + [row["failures"] for row in
                            pick(rows, bench="ideal", workload=bench,
                                 policy=policy)])
    return ["workload", "allocator"] + list(SHAPES), table


def arena_table(rows):
    """What an arena loses before its first block; what the smallest is."""
    table = []
    rows = host(rows)
    for row in pick(rows, bench="lost"):
        usable = pick(rows, bench="usable", build=row["build"])
        table.append(["%d KiB" % (row["arena"] >> 10),
                      "tiny" if row["build"] == "tiny" else "board",
                      row["bytes"], usable[0]["arena"] if usable else None])
    return ["arena", "configuration", "lost", "smallest that serves"], table


def own_table(rows):
    """One line a board and arena: bytes, as its own settings have them."""
    table = []
    for board in ordered(row["board"] for row in pick(rows, bench="usable")
                         if "board" in row):
        some = pick(rows, board=board)
        usable = pick(some, bench="usable")[0]["arena"]
        for lost in sorted(pick(some, bench="lost"), key=lambda row: row["arena"]):
            arena = lost["arena"]
            fill = [pick(some, bench="fill", shape=shape, arena=arena)
                    for shape in SHAPES]
            hold = [pick(some, bench="hold", shape=shape, arena=arena)
                    for shape in SHAPES]
            served = [served_percent(pick(some, workload=work, arena=arena))
                      for work in WORKLOADS[:3]]
            table.append(["`%s`" % board, arena >> 10, lost["bytes"], usable,
                          joined("%.1f" % row[0]["percent"] for row in fill if row),
                          joined(row[0]["failures"] for row in hold if row),
                          joined(value or "-" for value in served)
                          if any(served) else None])
    return ["board", "KiB", "lost", "smallest arena that serves",
            "fill, percent", "failures at 75 %", "served by pages, percent"], table


def joined(values):
    return "/".join(map(str, values)) or None


def served_percent(rows):
    """Percent of the served requests that a page served: builds that count."""
    rows = [row for row in pick(rows, bench="served") if "-s2-" in row["image"]]
    served = sum(row["mallocs"] - row["failed"] for row in rows)
    runs = sum(row["runs"] for row in rows)
    return "%.1f" % abs(100 - 100 * runs / served) if served else None


def serve_table(rows):
    rows = pick(rows, bench="fill", build="tiny")
    return ["bytes live at the first failure in 1 KiB", "average", "least"], [
        [row["shape"], "%.0f" % (row["percent"] / 100 * row["arena"]),
         "%.0f" % (row["least"] / 100 * row["arena"])] for row in rows]


def fill_text(rows):
    seeds = pick(rows, bench="fill")[0]["seeds"]
    named = ordered((row["build"], row["configuration"]) for row in rows)
    return (["%s: %s" % pair for pair in named]
            + ["", "Live bytes at the first failure, percent of the arena, "
               "average of %d seeds (least)" % seeds]
            + plain(*fill_table(rows))
            + ["", "Failed mallocs while 75 % of 64 KiB is live; hold: of 500000, redraw: in a million operations"]
            + plain(*hold_table(rows)) + [""] + plain(*arena_table(rows))
            + [""] + plain(*serve_table(rows)) + [""])


def size_table(rows):
    """Main configurations: malloc + free, and what else is called adds."""
    table = []
    for row in pick(rows, called="plain"):
        if not row["image"].endswith("-s0-r1"):
            continue
        context, level, _, _ = row["image"].split("-")
        others = [pick(rows, image=row["image"], called=name)
                  for name, _ in CALLED]
        table.append(["%s, level %s" % (context, level), row["flash"]]
                     + [other[0]["flash"] - row["flash"] if other else None
                        for other in others[:-1]]
                     + [others[-1][0]["flash"] if others[-1] else None,
                        row["ram"]])
    return ["configuration", "malloc + free"] + [title for _, title in CALLED] \
        + ["static RAM"], table


def option_table(rows):
    """What each option adds to malloc + free in context core, level 0."""
    plain_rows = {row["image"]: row for row in pick(rows, called="plain")}
    base = plain_rows.get("core-0-s0-r1")
    options = (("MICA_HARDEN=1", "core-1-s0-r1"), ("MICA_STATS=1", "core-0-s1-r1"),
               ("MICA_STATS=2", "core-0-s2-r1"),
               ("MICA_REGIONS_MAX=4", "core-0-s0-r4"),
               ("MICA_CONTEXT_SINGLE", "single-0-s0-r1"))
    return ["option", "flash", "static RAM"], [
        [name, "%+d" % (plain_rows[image]["flash"] - base["flash"]),
         "%+d" % (plain_rows[image]["ram"] - base["ram"])]
        for name, image in options if base and image in plain_rows]


def size_text(rows):
    helpers = ordered(sum((row["helpers"] for row in rows), []))
    library = ordered(sum((row["library"] for row in rows), []))
    return (["Bytes at -Os, MICA_STATS=0, one region  [%s, %s]"
             % (rows[0]["board"], rows[0]["cpu"])]
            + plain(*size_table(rows))
            + ["", "An option adds, in context core at level 0"]
            + plain(*option_table(rows))
            + ["", "Helpers of the compiler that the fast path calls: "
               + (", ".join(helpers) or "none"),
               "Parts of libgcc linked: " + (", ".join(library) or "none")])


# ---- names, for bench/bars -------------------------------------------------------

def context_of(image):
    """"core 1 O2", "core/4 1 O2" with four regions; None: it counts too."""
    context, level, optimization, stats, regions = image_words(image)
    if stats != "0":
        return None
    return "%s%s %s %s" % (context, "" if regions == "1" else "/" + regions,
                           level, optimization)


def named_chip(rows):
    for image in ordered(row["image"] for row in pick(rows, bench="fast")):
        context, some = context_of(image), pick(rows, image=image)
        if not context:
            continue
        for call, value in zip(CALLS, fast_cells(some)):
            yield "fast %s %s" % (context, call), value
        for call, value in zip(CALLS, forced_cells(some)):
            yield "worst %s forced all %s" % (context, call), value
        keys = ordered((row["workload"], row["arena"])
                       for row in pick(some, bench="workload"))
        for work, arena in keys:
            for call in CALLS:
                median, _, most = call_cells(
                    pick(some, workload=work, arena=arena), call)
                tail = "%s %s %d %s" % (context, work, arena >> 10, call)
                yield "median " + tail, median
                yield "worst " + tail, most


def named_bytes(rows):
    ram = {}
    for row in pick(rows, bench="size", called="plain", board=GATED_BOARD):
        context, level, stats, regions = row["image"].split("-")
        if (stats, regions) == ("s0", "r1"):
            yield "flash %s %s" % (context, level), row["flash"]
            ram[context, level] = row["ram"]
    for row in pick(rows, bench="fill", build="board"):
        yield "fill %d %s" % (row["arena"] >> 10, row["shape"]), row["percent"]
    for row in pick(rows, bench="fill", build="tiny"):
        yield ("serves %d %s" % (row["arena"] >> 10, row["shape"]),
               round(row["percent"] / 100 * row["arena"]))
    for row in pick(host(rows), bench="hold"):
        yield "hold %d %s" % (row["arena"] >> 10, row["shape"]), row["failures"]
    for row in pick(rows, bench="lost", build="board"):
        for (context, level), static in ram.items():
            yield ("control %s %s %d" % (context, level, row["arena"] >> 10),
                   row["bytes"] + static)


def named_helpers(rows):
    """Functions of the compiler's library that the fast path calls."""
    for board in (GATED_BOARD,) + LIKEWISE:
        some = pick(rows, bench="size", board=board, called="plain")
        if some:
            yield ("helpers " + board,
                   len(ordered(sum((row["helpers"] for row in some), []))))


def named_began(rows):
    for image in ordered(row["image"] for row in pick(rows, bench="began")):
        if context_of(image):
            yield ("region %s" % context_of(image), worst(
                [row["max"] for row in pick(rows, bench="began", image=image)]))


TURNS = ("starved", "pending")


def turn(row):
    """Instructions of one turn: one for each deferred block, and the first."""
    turns = row["deferred"] + 1
    return (row["malloc"] + turns - 1) // turns


def named_turns(rows):
    for bench in TURNS:
        some = pick(rows, bench=bench)
        for image in ordered(row["image"] for row in some):
            if context_of(image):
                yield ("turn %s %s" % (context_of(image), bench),
                       worst([turn(row) for row in pick(some, image=image)]))


def named_guarded(rows):
    for row in pick(rows, bench="guarded", board=GATED_BOARD):
        yield ("guarded %s %d" % (row["scene"], row["arena"] >> 10),
               row["instructions"])


def named(rows):
    """[(name, value)] of all that a bar can speak of; others after a colon."""
    pairs = list(named_bytes(rows)) + list(named_helpers(rows))
    for board in (GATED_BOARD,) + LIKEWISE + SEVERAL:
        chip = [row for row in pick(rows, board=board) if "image" in row]
        before = "" if board == GATED_BOARD else board + ": "
        pairs += [(before + name, value) for name, value in
                  list(named_chip(chip)) + list(named_began(chip))
                  + list(named_turns(chip))]
    pairs += list(named_guarded(rows))
    return [pair for pair in pairs if pair[1] is not None]
