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
          for kib in (16, 64, 256)] + ["slow 16", "slow 64",
                                    "calls 16", "calls 64", "calls 256"]


def measure(image, qemu, words):
    run = subprocess.run(["timeout", "100", *shlex.split(qemu), "-kernel", image,
                          "-append", words], stdout=subprocess.PIPE, text=True,
                         check=False)
    rows = [json.loads(line) for line in run.stdout.splitlines()
            if line.startswith('{"bench":"guarded"')]
    if run.returncode or not rows:
        raise SystemExit(f"guarded.py: {words}: status {run.returncode}\n"
                         + run.stdout[-1000:])
    scene, kib = words.split()[:2]
    return [(scene if row["scene"] == "any" else row["scene"], int(kib),
             row["instructions"]) for row in rows]


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    board, image, qemu, path, configuration = sys.argv[1:]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        counts = sum(pool.map(lambda words: measure(image, qemu, words),
                              SCENES), [])
    with open(path, "w", encoding="utf-8") as out:
        for scene, kib, count in counts:
            out.write(json.dumps({
                "bench": "guarded", "board": board, "scene": scene,
                "arena": kib << 10, "instructions": count,
                "configuration": configuration}) + "\n")
    print(f"Longest guarded section, instructions  [{board}, {configuration}]")
    for scene, kib, count in counts:
        print(f"  {scene + f', {kib} KiB':<22}{count:>6}")
    print(f"  {'any':<22}{max(count for _, _, count in counts):>6}\n")


if __name__ == "__main__":
    main()
