#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the counting images under QEMU; write and print what they counted.

usage: count.py [--gate] <board> <machine> <images> <qemu> <json lines>
                "<arenas, KiB>" <image>...

Every measurement is a boot of its own. Each workload runs with three seeds
on arenas of up to 256 KiB, with one on larger ones. --gate leaves out what
bench/bars has no limit for.
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
COUNTED_MOST = 64       # KiB: builds that count walk all runs at each call
FORCED_MOST = 256       # KiB: there the scenes take seconds
INEXACT = 4


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
        for size in FAST_SIZES:
            yield image, "fast %d" % size
        for arena in arenas:
            counted = "-s2-" in image
            if arena <= (COUNTED_MOST if counted else FORCED_MOST):
                yield image, "slow %d" % arena
            for seed in range(1 if gate or counted or arena > 256 else 3):
                for work in figures.WORKLOADS:
                    yield image, "%s %d %d" % (work, arena, seed)
                    if not gate and not counted:
                        yield image, "realloc %s %d %d" % (work, arena, seed)


def main():
    words = sys.argv[1:]
    gate = words[:1] == ["--gate"]
    if len(words) - gate < 7:
        sys.exit(__doc__)
    board, machine, images, qemu, path, sizes, *names = words[gate:]
    arenas = [int(size) for size in sizes.split()]
    runner = Runner(board, machine, images, qemu)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows = sum(pool.map(lambda job: runner(*job),
                            jobs(names, arenas, gate)), [])
    with open(path, "w") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    print("\n".join(figures.chip_text(rows)))


if __name__ == "__main__":
    main()
