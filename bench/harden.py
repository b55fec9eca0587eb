#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What each level of hardening costs, against level 0.

For each level: the instructions of a malloc(16) + free pair; those of whole
workloads, both under callgrind; their processor time and peak memory, best of
so many turns in which the levels take turns; those of the real programs of
`make bench` likewise, by the median; and the flash of malloc and free on a
Cortex-M3. Counts repeat; times want a quiet machine.

    bench/harden.py [--reps N] [--no-times]
"""
import argparse
import glob
import json
import os
import statistics
import subprocess
import sys
import tempfile

import measure
import pair
import peers
import programs
import report

LEVELS = (0, 1, 2, 3)
# Percent of the work that is counted, and that is timed.
COUNTED, TIMED = ["1"], ["30"]
WORK = ["simple", "alloc_test", "larson", "cubes"]
CHIP = ("-std=gnu11 -Os -ffreestanding -fno-common -fvisibility=hidden "
        "-ffunction-sections -fdata-sections -mcpu=cortex-m3 -mthumb "
        "-Iboards/common -Iinclude -Iport/arena -Iboards/mps2-an385 "
        "-DMICA_STATS=0").split()


def program(name):
    return os.path.join(peers.ROOT, "build", "host", "bench", name)


def peer(level):
    so = os.path.join(peers.ROOT, "build", f"harden{level}", "libmica.so")
    return peers.Peer(f"level {level}", "", os.path.realpath(so))


def counted(level, name):
    """Instructions of a whole run, start and end of the program included."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
             program(name), *COUNTED], env=peers.environment(peer(level)),
            capture_output=True, text=True, check=True)
    return int(done.stderr.split("Collected : ")[1].split()[0])


def timed(name, reps):
    best = {}
    for _ in range(reps):
        for level in LEVELS:
            with tempfile.TemporaryDirectory() as folder:
                result = os.path.join(folder, "result")
                done = measure.start(peer(level), [program(name), *TIMED],
                                     result, stdout=subprocess.DEVNULL)
                done.wait()
                _, user, system, peak, _ = measure.read_result(result)
            was = best.get(level, (1e9, 1 << 60))
            best[level] = (min(was[0], user + system), min(was[1], peak))
    return best


def real(program, reps):
    """Of each level: median processor time and peak memory."""
    program.prepare()
    runs = {level: [] for level in LEVELS}
    for _ in range(reps):
        for level in LEVELS:
            runs[level].append(measure.run(peer(level), program.argv, program.env,
                                           program.folder, program.stdin))
    return {level: (statistics.median(r.cpu for r in some),
                    statistics.median(r.peak for r in some))
            for level, some in runs.items()}


def real_rows(reps, records):
    """A row a program and figure, and the geometric mean of each figure."""
    found = [p for p in programs.programs() if p.argv[0]]
    all_of = records["programs"] = {p.name: real(p, reps) for p in found}
    for k, what in ((0, "processor time"), (1, "peak memory")):
        for name, of in all_of.items():
            yield [f"{name}, {what}",
                   f"{of[0][0]:.2f} s" if k == 0 else f"{of[0][1]:.0f} KiB",
                   *(change(of[n][k], of[0][k]) for n in LEVELS[1:])]
        yield [f"programs, {what}, geometric mean", "",
               *(change(statistics.geometric_mean(
                   of[n][k] / of[0][k] for of in all_of.values()), 1)
                 for n in LEVELS[1:])]


def flash(level):
    """Bytes of malloc, free and all that they call."""
    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for source in glob.glob(os.path.join(peers.ROOT, "core", "*.c")) + \
                glob.glob(os.path.join(peers.ROOT, "port", "arena", "*.c")):
            objects.append(os.path.join(folder, f"{len(objects)}.o"))
            subprocess.run(["arm-none-eabi-gcc", *CHIP,
                            f"-DMICA_HARDEN={level}", "-c", source, "-o",
                            objects[-1]], cwd=peers.ROOT, check=True)
        elf = os.path.join(folder, "elf")
        subprocess.run(
            ["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb", "-nostdlib",
             "-Wl,--gc-sections,-e,mica_malloc,-u,mica_free",
             "-Wl,--defsym=board_console=0,--defsym=board_exit=0", "-o", elf,
             *objects, "--specs=nano.specs", "-lc", "-lgcc"], check=True)
        size = subprocess.run(["arm-none-eabi-size", elf], text=True,
                              capture_output=True, check=True).stdout
    return int(size.splitlines()[1].split()[0])


def change(value, base):
    return f"{100 * (value / base - 1):+.1f} %"


def main():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--reps", type=int, default=5)
    parse.add_argument("--no-times", action="store_true")
    args = parse.parse_args()
    found = pair.measure(program("pair"), [peer(level) for level in LEVELS])
    rows = [["pair, instructions", *(f"{r['library']:.1f}" for r in found)],
            ["flash, Cortex-M3", *(str(flash(level)) for level in LEVELS)]]
    records = {"pair": [r["library"] for r in found], "flash": rows[1][1:]}
    for name in WORK:
        counts = [counted(level, name) for level in LEVELS]
        records[name] = counts
        rows.append([name + ", instructions", str(counts[0]),
                     *(change(c, counts[0]) for c in counts[1:])])
        if args.no_times:
            continue
        best = timed(name, args.reps)
        records[name + " time"] = best
        for k, what in ((0, "processor time"), (1, "peak memory")):
            rows.append([f"{name}, {what}",
                         f"{best[0][k]:.2f} s" if k == 0 else f"{best[0][k]} KiB",
                         *(change(best[n][k], best[0][k]) for n in LEVELS[1:])])
    if not args.no_times:
        rows += real_rows(args.reps, records)
    report.table(["", *(f"level {level}" for level in LEVELS)], rows)
    out = os.path.join(peers.ROOT, "build", "bench")
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "harden.json"), "w", encoding="utf-8") as f:
        json.dump(records, f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
