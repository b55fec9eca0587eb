#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the image that times the guard through the workloads and forced paths.

usage: guarded.py <board> <image> <qemu command> <json lines> <configuration>

Prints, for each, the longest section that was guarded, in instructions.
"""
import concurrent.futures
import json
import shlex
import subprocess
import sys

SCENES = [f"{work} {kib} 0" for work in ("mixed", "iot", "adversarial")
          for kib in (16, 64, 256)] + ["slow 16", "slow 64"]


def measure(image, qemu, words):
    run = subprocess.run(["timeout", "100", *shlex.split(qemu), "-kernel", image,
                          "-append", words], stdout=subprocess.PIPE, text=True,
                         check=False)
    rows = [json.loads(line) for line in run.stdout.splitlines()
            if line.startswith('{"bench":"guarded"')]
    if run.returncode or len(rows) != 1:
        raise SystemExit(f"guarded.py: {words}: status {run.returncode}\n"
                         + run.stdout[-1000:])
    return rows[0]["instructions"]


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    board, image, qemu, path, configuration = sys.argv[1:]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda words: measure(image, qemu, words), SCENES))
    with open(path, "w", encoding="utf-8") as out:
        for words, count in zip(SCENES, counts):
            scene, kib = words.split()[:2]
            out.write(json.dumps({
                "bench": "guarded", "board": board, "scene": scene,
                "arena": int(kib) << 10, "instructions": count,
                "configuration": configuration}) + "\n")
    print(f"Longest guarded section, instructions  [{board}, {configuration}]")
    for words, count in zip(SCENES, counts):
        scene, kib = words.split()[:2]
        print(f"  {scene + ', ' + kib + ' KiB':<22}{count:>6}")
    print(f"  {'any':<22}{max(counts):>6}\n")


if __name__ == "__main__":
    main()
