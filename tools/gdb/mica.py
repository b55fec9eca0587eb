# SPDX-License-Identifier: MIT
"""mica in gdb: what lives in a program, a core file, or a board's memory.

    (gdb) source tools/gdb/mica.py
    (gdb) mica stats            bytes, blocks and pages, as mica_stats() has them
    (gdb) mica regions          the memory there is
    (gdb) mica block ADDRESS    what lies at an address
    (gdb) mica check            the first invariant that does not hold
    (gdb) mica heaps            the heaps: what each uses, and may use
    (gdb) mica snapshot FILE    all that lies there, as JSON: docs/snapshot.md

Nothing of the program runs: memory is read, so this works on a process that
is stopped anywhere, on a core file, and through a stub on a board. What is
needed of the build is debug information (-g) of the core. Where a thread is in
the middle of an operation, what it is at may look broken.
"""
import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mica_memory import BLOCK, FREE, META, PAGE, Broken, Core  # noqa: E402
from mica_snapshot import snapshot  # noqa: E402


def statistics(core):
    stats = dict.fromkeys("live_bytes live_blocks used_bytes peak_bytes "
                          "committed reserved largest_free regions "
                          "pages".split(), 0)
    used = 0
    for region in core.numbered():
        stats["regions"] += 1
        stats["reserved"] += region.bytes
        stats["committed"] += region.committed()
        largest = region.largest() << region.shift
        stats["largest_free"] = max(stats["largest_free"], largest and
                                    largest - (0 if core.table else 4))
        for i, kind, slices, _ in region.walk():
            used += (kind in (PAGE, BLOCK, META)) * slices << region.shift
            if kind == PAGE:
                page = region.page(i)
                stats["pages"] += 1
                stats["live_blocks"] += page.live
                stats["live_bytes"] += page.live * page.block_bytes
            elif kind == BLOCK:
                stats["live_blocks"] += 1
                stats["live_bytes"] += region.block(i, slices)[1]
    stats["committed"] -= core.asleep()
    huge, blocks = (core.variable(f"mica_huge_{what}")
                    for what in ("bytes", "blocks"))
    for name in ("live_bytes", "committed", "reserved"):
        stats[name] += huge
    stats["live_blocks"] += blocks
    stats["regions"] += blocks
    stats["used_bytes"] = core.variable("mica_used_bytes") \
        if core.accounts else used
    stats["peak_bytes"] = max(core.variable("mica_peak_bytes"),
                              stats["used_bytes"]) if core.accounts else 0
    return stats


def check(core):
    """Raises Broken. Runs, their neighbours and pages: invariants 1 to 3."""
    for region in core.numbered():
        before = None
        for i, kind, _, prev_free in region.walk():
            where = f"run at {region.run_address(i):#x}"
            if prev_free != (before == FREE):
                raise Broken(1, f"{where}: is the one before it free?")
            if kind == FREE and before == FREE:
                raise Broken(2, f"{where}: free beside a free one")
            if kind == PAGE:
                region.page(i).check()
            before = kind
        if core.table and not region.end > region.first:
            raise Broken(1, f"region at {region.base:#x} has no run")


def describe(core, address):
    for region in [*core.numbered(), *core.huge()]:
        if region.is_huge:
            start, size = region.block(1, 1)
            if start <= address < start + size:
                return f"huge block {start:#x}, {size} bytes, live" + \
                    of_heap(core, region.heap_of_run(1, 1))
        if region.is_huge or address not in region:
            continue
        for i, kind, slices, _ in region.walk():
            at = region.run_address(i)
            if at <= address < at + (slices << region.shift):
                return describe_in(region, i, kind, slices, address)
        return f"in the head of the region at {region.base:#x}"
    return "not mica's"


def of_heap(core, number):
    return f", of {core.heap_name(number)}" if number else ""


def describe_in(region, i, kind, slices, address):
    if kind == BLOCK:
        start, size = region.block(i, slices)
        return f"block {start:#x}, {size} bytes, live, a run of its own" + \
            of_heap(region.core, region.heap_of_run(i, slices))
    if kind != PAGE:
        return f"{kind} run {region.run_address(i):#x}, " \
               f"{slices << region.shift} bytes"
    page = region.page(i)
    k = (address - page.start) // page.block_bytes
    if address < page.start:
        return f"in the header of the page of {page.block_bytes} bytes"
    if k >= page.carved:
        return f"not handed out yet, in the page {page.start:#x} " \
               f"of {page.block_bytes} bytes"
    start = page.start + k * page.block_bytes
    state = "free" if start in page.free() else "live"
    return f"block {start:#x}, {page.block_bytes} bytes, {state}, in the " \
           f"page {page.start:#x} with {page.live} live, " \
           f"{'stripped' if page.stripped else page.state}" + \
           of_heap(region.core, page.heap())


class Mica(gdb.Command):
    """What lives in mica: stats, regions, block, check, heaps, snapshot."""

    def __init__(self):
        super().__init__("mica", gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


class Command(gdb.Command):
    def __init__(self, name, action):
        self.__doc__ = action.__doc__
        super().__init__(f"mica {name}", gdb.COMMAND_DATA)
        self.action = action

    def invoke(self, argument, _from_tty):
        try:
            self.action(Core(), argument)
        except Broken as broken:
            print(broken)


def command_stats(core, _argument):
    """Bytes, blocks and pages, as mica_stats() has them."""
    for name, value in statistics(core).items():
        print(f"{name:<14}{value:>16}")


def command_regions(core, _argument):
    """The memory there is: base, bytes, what of it is committed."""
    for region in [*core.numbered(), *core.huge()]:
        kind = "huge" if region.is_huge else ""
        committed = region.bytes if region.is_huge else region.committed()
        print(f"{region.base:#x} {region.bytes:>12} bytes"
              f"{committed:>12} committed {kind}".rstrip())


def command_block(core, argument):
    """What lies at an address: mica block ADDRESS."""
    if not argument.strip():
        raise gdb.GdbError("mica block ADDRESS")
    value = gdb.parse_and_eval(argument)
    print(describe(core, int(value.cast(core.type("unsigned long")))))


def command_check(core, _argument):
    """The first invariant that does not hold, by its number."""
    check(core)
    print("sound")


def command_snapshot(core, argument):
    """Write all that lies there into a file, as JSON: mica snapshot FILE."""
    if not argument.strip():
        raise gdb.GdbError("mica snapshot FILE")
    with open(argument.strip(), "w", encoding="ascii") as file:
        file.write(snapshot(core, statistics(core)))


def heap_counts(core):
    """Pages, and blocks that are runs, by the heap's number."""
    pages, runs = {}, {}
    for region in core.numbered():
        for i, kind, slices, _ in region.walk():
            if kind == PAGE:
                k = region.page(i).heap()
                pages[k] = pages.get(k, 0) + 1
            elif kind == BLOCK:
                k = region.heap_of_run(i, slices)
                runs[k] = runs.get(k, 0) + 1
    for region in core.huge():
        k = region.heap_of_run(1, 1)
        runs[k] = runs.get(k, 0) + 1
    return pages, runs


def command_heaps(core, _argument):
    """The heaps: bytes, the most there ever were, quotas, pages and runs."""
    pages, runs = heap_counts(core)
    numbers = core.live_heaps()
    rows = [(core.heap_name(k), core.heap_name(parent) if parent else "",
             *figures) for k, parent, figures in
            core.heap_figures(statistics(core))]
    print(f"{'heap':<12} {'parent':<12}" + "".join(f"{t:>12}" for t in (
        "used", "total", "peak", "soft", "hard", "pages", "runs")))
    for k, row in zip([0, *numbers], rows):
        print(f"{row[0]:<12} {row[1]:<12}" + "".join(
            f"{v:>12}" for v in (*row[2:], pages.get(k, 0), runs.get(k, 0))))


Mica()
for _name in ("stats", "regions", "block", "check", "heaps", "snapshot"):
    Command(_name, globals()[f"command_{_name}"])
