# SPDX-License-Identifier: MIT
"""The snapshot of a heap, from memory: docs/snapshot.md has its format.

`mica snapshot` writes what mica_snapshot() would, but that every page is settled, as
nobody allocates meanwhile.
"""
import json

from mica_memory import BLOCK, FREE, PAGE

CONTEXTS = ["single", "core", "thread"]             # enum of config.h
HEAP = ["used_bytes", "total_bytes", "peak_bytes", "soft_quota", "hard_quota"]
COUNTERS = ["live_bytes", "live_blocks", "used_bytes", "peak_bytes",
            "committed", "reserved", "largest_free", "regions", "pages"]


def ascii_text(name):
    return "".join(c for c in name if " " <= c < "\x7f" and c not in "\"\\")


def page_row(page, at):
    return {"block_bytes": page.block_bytes, "first": page.start - at,
            "capacity": page.space // page.block_bytes, "blocks": page.carved,
            "used": page.live, "settled": True,
            "abandoned": page.state == "abandoned", "heap": page.heap()}


def block_row(region, i, slices, at):
    start, size = region.block(i, slices)
    return {"block_bytes": size, "first": start - at, "settled": True,
            "heap": region.heap_of_run(i, slices)}


def run_row(region, i, kind, slices):
    at = region.run_address(i)
    row = {"at": at - region.base, "bytes": slices << region.shift,
           "kind": kind if kind in (PAGE, BLOCK, FREE) else "held"}
    if kind == PAGE:
        row.update(page_row(region.page(i), at))
    elif kind == BLOCK:
        row.update(block_row(region, i, slices, at))
    elif kind == FREE:
        row["committed"] = region.committed_of(i, slices)
    return row


def rows_of(region):
    if not region.is_huge:
        return [run_row(region, i, kind, slices)
                for i, kind, slices, _ in region.walk()]
    at = region.run_address(1)
    return [{"at": at - region.base, "bytes": region.base + region.bytes - at,
             "kind": BLOCK, **block_row(region, 1, 1, at)}]


def provider_of(region):
    """(name or None, attributes) of its provider."""
    core, address = region.core, region.head["provider"]
    if not address:
        return None, 0
    provider = core.struct("struct mica_provider", address)
    name = provider["name"]
    return ascii_text(core.text(name)) if name else None, provider["attributes"]


def region_row(region):
    core, rows = region.core, rows_of(region)
    name, attributes = provider_of(region)
    heap, exclusive = core.region_heap(region)
    return {"base": region.base, "bytes": region.bytes,
            "head_bytes": region.bytes - sum(row["bytes"] for row in rows),
            "runs_at": region.run_address(region.first) - region.base,
            "committed": region.bytes if region.is_huge else region.committed(),
            "attributes": region.head["attributes"] | attributes,
            "provider": name, "heap": heap, "exclusive": exclusive,
            "huge": region.is_huge, "runs": rows}


def heap_row(core, number, parent, figures):
    name = core.text(core.heap(number)["name"]) if number else "main"
    return {"number": number, "name": ascii_text(name), "parent": parent or None,
            **dict(zip(HEAP, figures))}


def snapshot(core, stats):
    """The document as text, a row a line."""
    head = {"mica_snapshot": 1, "version": core.version_text(),
            "layout": "table" if core.table else "tag",
            "contexts": CONTEXTS[core.contexts], "cores": core.cores,
            "harden": core.harden, "word_bytes": core.word_bytes,
            "granule_bytes": 1 << core.granule_shift,
            "slice_bytes": 1 << core.slice_shift,
            "page_bytes": 1 << core.page_shift,
            "counters": {name: stats[name] for name in COUNTERS}}
    heaps = [json.dumps(heap_row(core, *heap))
             for heap in core.heap_figures(stats)]
    lines = [f"{json.dumps(name)}: {json.dumps(value)}"
             for name, value in head.items()]
    regions = []
    for region in [*core.numbered(), *core.huge()]:
        row = region_row(region)
        runs = ",\n".join(json.dumps(run) for run in row.pop("runs"))
        regions.append(f'{json.dumps(row)[:-1]}, "runs": [\n{runs}\n]}}')
    lines.append('"heaps": [\n' + ",\n".join(heaps) + "\n]")
    lines.append('"regions": [\n' + ",\n".join(regions) + "\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"
