#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Settings out of range do not compile, and the compiler says which.

Every _Static_assert of core/geometry.h is made to fail once, by the settings
below, and settings at the ends of the ranges compile. Prints TAP.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TAG = {"MICA_LAYOUT": "MICA_LAYOUT_TAG", "MICA_GRANULE_SHIFT": "3"}

# What the compiler must say, and the settings that make it; sizes of
# pointers differ, so each is tried on the machine that it is about.
BAD = [
    ("MICA_GRANULE_SHIFT: 3 or 4", "i686", {"MICA_GRANULE_SHIFT": "5"}),
    ("a block must hold a link", "", {**TAG, "MICA_GRANULE_SHIFT": "2"}),
    ("tag layout: MICA_SLICE_SHIFT is 0", "i686",
     {**TAG, "MICA_SLICE_SHIFT": "3"}),
    ("table layout: MICA_SLICE_SHIFT is 16", "",
     {"MICA_SLICE_SHIFT": "15"}),
    ("table layout: the smallest page is a slice", "",
     {"MICA_PAGE_SHIFT": "15"}),
    ("tag layout: MICA_PAGE_SHIFT is 8 to 14", "i686",
     {**TAG, "MICA_PAGE_SHIFT": "7"}),
    ("tag layout: MICA_PAGE_SHIFT is 8 to 14", "i686",
     {**TAG, "MICA_PAGE_SHIFT": "15"}),
    ("MICA_REGION_SHIFT: 10 to", "i686", {**TAG, "MICA_REGION_SHIFT": "9"}),
    ("MICA_REGION_SHIFT: 10 to", "i686", {**TAG, "MICA_REGION_SHIFT": "29"}),
    ("MICA_UNIT_SHIFT: 22 to 30", "", {"MICA_UNIT_SHIFT": "21"}),
    ("MICA_UNIT_SHIFT: 22 to 30", "", {"MICA_UNIT_SHIFT": "31"}),
    ("MICA_REGIONS_MAX: 1 to 8", "i686", {**TAG, "MICA_REGIONS_MAX": "0"}),
    ("MICA_REGIONS_MAX: 1 to 8", "i686", {**TAG, "MICA_REGIONS_MAX": "9"}),
    ("MICA_PROVIDERS_MAX: 1 to 32", "", {"MICA_PROVIDERS_MAX": "0"}),
    ("MICA_PROVIDERS_MAX: 1 to 32", "", {"MICA_PROVIDERS_MAX": "33"}),
    ("MICA_LINE_SHIFT: 0 to 12", "", {"MICA_LINE_SHIFT": "13"}),
    ("MICA_CORES: at least 1", "", {"MICA_CORES": "0"}),
    ("MICA_CONTEXT: 0 to 2", "", {"MICA_CONTEXT": "3"}),
    ("MICA_HEAPS: 0 to 65535", "", {"MICA_HEAPS": "65536"}),
    ("one core on the tag layout: MICA_HEAPS is 0 to 255", "i686",
     {**TAG, "MICA_CONTEXT": "MICA_CONTEXT_SINGLE", "MICA_HEAPS": "256"}),
    ("MICA_CLASS_SHIFT: 3 to 5", "", {"MICA_CLASS_SHIFT": "6"}),
    ("MICA_INDEX_SHIFT: 2 to 4", "i686", {**TAG, "MICA_INDEX_SHIFT": "5"}),
    ("MICA_KEEP_PAGES: 0 with MICA_HEAPS", "i686",
     {**TAG, "MICA_CONTEXT": "MICA_CONTEXT_SINGLE", "MICA_HEAPS": "1",
      "MICA_KEEP_PAGES": "1"}),
    ("MICA_HEAP_DEPTH: 1 to 32", "", {"MICA_HEAP_DEPTH": "33"}),
    ("MICA_DEFERRED: 0 or 1", "", {"MICA_DEFERRED": "2"}),
    ("MICA_STATS: 0 to 2", "", {"MICA_STATS": "3"}),
    ("MICA_RARE_BYTES: 0 to 2^24", "i686", {**TAG, "MICA_RARE_BYTES": "-1"}),
    ("MICA_HARDEN: 0 to 3", "", {"MICA_HARDEN": "4"}),
    ("MICA_FREE_ZERO: 0, or 1 with", "", {"MICA_FREE_ZERO": "1"}),
    ("MICA_TRACE: 0 or 1", "", {"MICA_TRACE": "2"}),
    ("MICA_ANNOTATE: 0 to 2", "", {"MICA_ANNOTATE": "3"}),
    ("MICA_ANNOTATE: table layout, MICA_HARDEN 2, MICA_FREE_ZERO 0", "",
     {"MICA_ANNOTATE": "2", "MICA_HARDEN": "1"}),
    ("MICA_SAMPLE_SLOTS: a power of two, 8 to 2^20", "",
     {"MICA_SAMPLE_SLOTS": "24"}),
    ("MICA_QUARANTINE: 0 to 4096", "", {"MICA_QUARANTINE": "5000"}),
    ("MICA_POISON_BYTES: 0 to 2^20", "", {"MICA_POISON_BYTES": "-1"}),
    ("MICA_CARVE_BLOCKS: at least 1", "", {"MICA_CARVE_BLOCKS": "0"}),
]

GOOD = [
    ("", {}),
    ("i686", {}),
    ("", {"MICA_GRANULE_SHIFT": "3"}),
    ("", {"MICA_UNIT_SHIFT": "22"}),
    ("", {"MICA_UNIT_SHIFT": "30"}),
    ("i686", TAG),
    ("i686", {**TAG, "MICA_PAGE_SHIFT": "8", "MICA_REGION_SHIFT": "10"}),
    ("i686", {**TAG, "MICA_REGION_SHIFT": "32"}),
    ("i686", {**TAG, "MICA_PAGE_SHIFT": "14"}),
    ("i686", {**TAG, "MICA_REGIONS_MAX": "8"}),
    ("i686", {**TAG, "MICA_CONTEXT": "MICA_CONTEXT_SINGLE",
              "MICA_STATS": "0"}),
]


def compile_geometry(machine, settings):
    """Return (compiled, what the compiler said)."""
    gcc = machine + "-linux-gnu-gcc" if machine else "gcc"
    command = [gcc, "-std=gnu11", "-ffreestanding", "-Iinclude",
               "-Iport/linux", "-fsyntax-only", "-x", "c", "-"]
    command += [f"-D{name}={value}" for name, value in settings.items()]
    done = subprocess.run(command, cwd=ROOT, text=True, check=False,
                          input='#include "core/geometry.h"\n',
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0, done.stdout


def spoken(settings):
    return " ".join(f"{n}={v}" for n, v in settings.items()) or "defaults"


def asserted():
    """The messages of all asserts, as written."""
    with open(os.path.join(ROOT, "core/geometry.h"), encoding="utf-8") as text:
        return set(re.findall(r'_Static_assert\([^;]*?"([^"]*)"\);',
                              text.read(), re.S))


def main():
    results = []
    for message, machine, settings in BAD:
        compiled, said = compile_geometry(machine, settings)
        results.append((not compiled and message in said,
                        "refused: " + spoken(settings)))
    for machine, settings in GOOD:
        compiled, said = compile_geometry(machine, settings)
        results.append((compiled and not said,
                        f"compiles: {machine or 'here'} {spoken(settings)}"))
    tried = [message for message, _, _ in BAD]
    for message in sorted(asserted()):
        if message == "classes end too early" or \
                message == "a class is one byte":
            continue	# follow from the ranges above
        results.append((any(message.startswith(t) for t in tried),
                        f"the assert is made to fail: {message}"))
    print(f"1..{len(results)}")
    for number, (good, name) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
    return 0 if all(good for good, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
