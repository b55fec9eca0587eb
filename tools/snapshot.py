#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Say whether a file is a heap's snapshot that adds up, and what is in it.

    tools/snapshot.py FILE

docs/snapshot.md has the format; what must hold of it is looked at here. Prints
a line for each region and heap; exit status 1: what does not hold is printed.
"""
import json
import sys

COUNTERS = ["live_bytes", "live_blocks", "used_bytes", "peak_bytes",
            "committed", "reserved", "largest_free", "regions", "pages"]
SHAPE = {"mica_snapshot": int, "version": str, "layout": str, "contexts": str,
         "cores": int, "harden": int, "word_bytes": int, "granule_bytes": int,
         "slice_bytes": int, "page_bytes": int, "counters": dict,
         "heaps": list, "regions": list}
HEAP = {"number": int, "name": str, "parent": (int, type(None)),
        "used_bytes": int, "total_bytes": int, "peak_bytes": int,
        "soft_quota": int, "hard_quota": int}
REGION = {"base": int, "bytes": int, "head_bytes": int, "runs_at": int,
          "committed": int, "attributes": int, "provider": (str, type(None)),
          "heap": (int, type(None)), "exclusive": bool, "huge": bool,
          "runs": list}
RUN = {"at": int, "bytes": int, "kind": str}
BLOCK = {"block_bytes": int, "first": int, "settled": bool, "heap": int}
KINDS = {"page": {**BLOCK, "capacity": int, "blocks": int, "used": int,
                  "abandoned": bool},
         "block": BLOCK, "free": {"committed": int}, "held": {}}


class Wrong(Exception):
    """The document is not what docs/snapshot.md says."""


def need(good, what):
    if not good:
        raise Wrong(what)


def shaped(row, shape, what):
    """Has @row the members of @shape? A bool is no number here."""
    need(isinstance(row, dict), f"{what} is no object")
    for name, kind in shape.items():
        need(name in row, f"{what} has no {name}")
        value = row[name]
        good = isinstance(value, kind) and \
            isinstance(value, bool) == (kind is bool)
        need(good, f"{what}: {name} is {value!r}")
        need(kind is not int or value >= 0, f"{what}: {name} is negative")
    return row


def check_run(run, region, heaps, where):
    need(run["kind"] in KINDS, f"{where}: kind {run['kind']}")
    shaped(run, KINDS[run["kind"]], where)
    if "heap" in KINDS[run["kind"]]:
        need(run["heap"] in heaps, f"{where}: no heap {run['heap']}")
        blocks = run.get("capacity", 1)
        need(run["first"] + blocks * run["block_bytes"] <= run["bytes"],
             f"{where}: blocks leave it")
    if run["kind"] == "page":
        need(run["used"] <= run["blocks"] <= run["capacity"],
             f"{where}: {run['used']} of {run['blocks']} used")
    if run["kind"] == "free":
        need(run["committed"] <= run["bytes"], f"{where}: committed")
    need(run["at"] + run["bytes"] <= region["bytes"], f"{where}: too long")


def check_region(region, heaps):
    shaped(region, REGION, "a region")
    where = f"region {region['base']:#x}"
    need(region["heap"] is None or region["heap"] in heaps, f"{where}: heap")
    at, before = region["runs_at"], None
    for run in region["runs"]:
        here = f"{where}, run at {at}"
        shaped(run, RUN, here)
        need(run["at"] == at and run["bytes"] > 0, f"{here}: begins elsewhere")
        need(not run["kind"] == before == "free", f"{here}: free beside free")
        check_run(run, region, heaps, here)
        at, before = at + run["bytes"], run["kind"]
    need(at - region["runs_at"] + region["head_bytes"] == region["bytes"],
         f"{where}: runs and head are not all of it")


def live(region):
    """Blocks and bytes, as the counters have them."""
    used = [(run.get("used", 1), run["block_bytes"]) for run in region["runs"]
            if run["kind"] in ("page", "block")]
    bytes_ = region["bytes"] if region["huge"] else \
        sum(n * size for n, size in used)
    return sum(n for n, _ in used), bytes_


def check(document):
    """Raises Wrong. All that docs/snapshot.md says of a heap that stands."""
    shaped(document, SHAPE, "the document")
    need(next(iter(document)) == "mica_snapshot", "begins with something else")
    need(document["mica_snapshot"] == 1, "of another version")
    counters = shaped(document["counters"], dict.fromkeys(COUNTERS, int),
                      "counters")
    heaps = {shaped(h, HEAP, "a heap")["number"] for h in document["heaps"]}
    need(document["heaps"][:1] and document["heaps"][0]["number"] == 0,
         "the main heap is not the first")
    for heap in document["heaps"]:
        need(heap["parent"] is None or heap["parent"] in heaps, "a parent")
    regions = document["regions"]
    for region in regions:
        check_region(region, heaps)
    found = {"regions": len(regions),
             "reserved": sum(r["bytes"] for r in regions),
             "pages": sum(run["kind"] == "page" for r in regions
                          for run in r["runs"]),
             "live_blocks": sum(live(r)[0] for r in regions),
             "live_bytes": sum(live(r)[1] for r in regions)}
    for name, value in found.items():
        need(counters[name] == value,
             f"{name}: counted {counters[name]}, found {value}")
    return document


def load(text):
    """The document in @text, checked."""
    try:
        return check(json.loads(text))
    except ValueError as error:
        raise Wrong(f"no JSON: {error}") from error


def show(document):
    print(f"mica {document['version']}, {document['layout']} layout, "
          f"{document['contexts']} contexts: "
          f"{document['counters']['live_blocks']} blocks live")
    for region in document["regions"]:
        kinds = [run["kind"] for run in region["runs"]]
        print(f"region {region['base']:#x} {region['bytes']} bytes: " +
              ", ".join(f"{kinds.count(kind)} {kind}"
                        for kind in KINDS if kind in kinds))
    for heap in document["heaps"]:
        print(f"heap {heap['number']} {heap['name']}: "
              f"{heap['used_bytes']} bytes")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="ascii") as file:
        try:
            show(load(file.read()))
        except Wrong as wrong:
            sys.exit(f"{sys.argv[1]}: {wrong}")


if __name__ == "__main__":
    main()
