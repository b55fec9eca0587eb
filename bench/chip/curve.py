#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What cannot be had together: sweep the settings that trade one for another.

usage: curve.py <json lines> <qemu> "<native compiler>" "<native sources>"
                "<board's compiler>" "<board's sources>"

For each MICA_PAGE_SHIFT and MICA_RARE_BYTES, in 64 KiB: how full the arena
gets, failures while it is held 75 % full and the share of requests that pages
serve (natively, MICA_STATS=2), and median instructions (counted on the board,
context core, level 0, -O2, MICA_STATS=0).
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys
import tempfile

KIB, SEEDS = 64, 5
PAGE_SHIFTS = (10, 11, 12)
EIGHTHS = (1, 4, 8, 11, 16, 24)      # of a page: MICA_RARE_BYTES
WORKLOADS = ("small", "mixed", "iot")


def lines_of(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("curve.py: status %d: %s" % (done.returncode, " ".join(command)))
    return [json.loads(line) for line in done.stdout.splitlines()]


def build(compiler, sources, settings, out):
    command = shlex.split(compiler) + settings + ["-o", out] + shlex.split(sources)
    if subprocess.run(command).returncode:
        sys.exit("curve.py: does not build: %s" % " ".join(settings))


def natively(compiler, sources, settings, folder):
    out = os.path.join(folder, "fill")
    build(compiler, sources, settings, out)
    row = {}
    for found in lines_of([out, str(KIB), str(SEEDS)]):
        if found["bench"] == "fill":
            row["fill " + found["shape"]] = found["percent"]
        if found["bench"] == "hold":
            row["hold " + found["shape"]] = found["failures"]
        if found["bench"] == "share":
            row["share " + found["workload"]] = found["percent"]
    return row


def on_board(compiler, sources, settings, folder, qemu):
    out = os.path.join(folder, "chip")
    build(compiler, sources.replace("%", folder), settings, out)
    row = {}
    for work in WORKLOADS:
        command = shlex.split(qemu) + ["-kernel", out, "-append",
                                       "%s %d 0" % (work, KIB)]
        for found in lines_of(command):
            if found["bench"] == "workload":
                row["%s %s" % (found["call"], work)] = found["median"]
    return row


def point(job):
    (shift, eighths), (qemu, native, native_sources, cross, sources) = job
    rare = (1 << shift) * eighths // 8
    settings = ["-DMICA_PAGE_SHIFT=%d" % shift, "-DMICA_RARE_BYTES=%d" % rare]
    with tempfile.TemporaryDirectory() as folder:
        return dict({"bench": "curve", "page": 1 << shift, "rare": rare,
                     "eighths": eighths},
                    **natively(native, native_sources, settings, folder),
                    **on_board(cross, sources, settings, folder, qemu))


def main():
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    path, *how = sys.argv[1:]
    jobs = [((shift, eighths), how) for shift in PAGE_SHIFTS for eighths in EIGHTHS]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(point, jobs))
    with open(path, "w", encoding="utf-8") as out:
        out.write("".join(json.dumps(row) + "\n" for row in rows))
    print("%d points: %s" % (len(rows), path))


if __name__ == "__main__":
    main()
