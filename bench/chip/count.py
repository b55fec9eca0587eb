#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the counting images under QEMU; write and print what they counted.

usage: count.py [--gate] <board> <machine> <images> <qemu> <json lines>
                "<arenas, KiB>" <image>...

Every measurement is a boot of its own. At -O2 in context core each workload
runs with three seeds on arenas of up to 256 KiB; elsewhere with one. --gate
leaves out what bench/bars has no limit for.
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import figures  # noqa: E402

FAST_SIZES = (8, 16, 24, 48, 64)
COUNTED_MOST = 16       # KiB: builds that count walk all runs at each call
FORCED_MOST = 256       # KiB: there the scenes take seconds
SEEDED = ("core-0-O2-s0-r1", "core-1-O2-s0-r1")
BYTES = SEEDED[0]       # the build that tells how full arenas get
HELD = 64               # KiB: the arena that is held 75 % full
USABLE_MOST = 2048      # bytes: some arena up to this serves a block
INEXACT = 4
JOBS = int(os.environ.get("COUNT_JOBS", "2"))


class Runner:
    def __init__(self, board, machine, images, qemu):
        self.board, self.machine = board, machine
        self.images, self.qemu = images, qemu

    def __call__(self, image, words):
        command = shlex.split(self.qemu) + [
            "-kernel", os.path.join(self.images, image, "chip"),
            "-append", words]
        run = subprocess.run(["timeout", "120"] + command,
                             stdout=subprocess.PIPE, text=True)
        if run.returncode == INEXACT:
            raise SystemExit("count.py: %s, %s: counting is not exact"
                             % (self.board, image))
        if run.returncode:
            raise SystemExit("count.py: %s, %s: status %d\n%s"
                             % (image, words, run.returncode, run.stdout))
        rows = [json.loads(line) for line in run.stdout.splitlines()]
        return [dict(row, board=self.board, machine=self.machine, image=image)
                for row in rows]


def jobs(images, arenas, gate):
    for image in images:
        counted = "-s2-" in image
        for size in FAST_SIZES:
            yield image, "fast %d" % size
        for arena in arenas:
            if arena > 256 and image not in SEEDED:
                continue
            if arena <= (COUNTED_MOST if counted else FORCED_MOST):
                yield image, "slow %d" % arena
            seeds = 3 if image in SEEDED and not gate and arena <= 256 else 1
            for work in figures.WORKLOADS:
                for seed in range(seeds):
                    yield image, "%s %d %d" % (work, arena, seed)
                if not gate and not counted:
                    yield image, "realloc %s %d 0" % (work, arena)
    if not gate and BYTES in images:
        yield from byte_jobs(arenas)


def byte_jobs(arenas):
    """How full arenas get with the board's own settings."""
    held = HELD if HELD in arenas else max(arenas)
    for arena in arenas:
        yield BYTES, "lost %d 0" % (arena << 10)
        if arena <= FORCED_MOST:
            for shape in figures.SHAPES:
                for seed in range(3):
                    yield BYTES, "fill %s %d %d" % (shape, arena, seed)
    for shape in figures.SHAPES:
        yield BYTES, "hold %s %d 0" % (shape, held)


def usable(runner):
    """The smallest arena that serves a block: more memory never serves less."""
    low, high = 0, USABLE_MOST // 8
    while high - low > 1:
        half = (low + high) // 2
        row, = [row for row in runner(BYTES, "lost %d 0" % (half * 8))
                if row["bench"] == "lost"]
        low, high = (low, half) if row["serves"] else (half, high)
    return dict(row, bench="usable", arena=high * 8)


def main():
    words = sys.argv[1:]
    gate = words[:1] == ["--gate"]
    if len(words) - gate < 7:
        sys.exit(__doc__)
    board, machine, images, qemu, path, sizes, *names = words[gate:]
    arenas = [int(size) for size in sizes.split()]
    runner = Runner(board, machine, images, qemu)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        rows = sum(pool.map(lambda job: runner(*job),
                            jobs(names, arenas, gate)), [])
    if not gate and BYTES in names:
        rows.append(usable(runner))
    with open(path, "w") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    print("\n".join(figures.chip_text(rows)))


if __name__ == "__main__":
    main()
