#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the fill experiments; write and print what they found.

usage: fill.py <json lines> <seeds> (<KiB> <program> <its configuration>)...

Each arena has a program of its own, built with settings for its size. 1 KiB
is the tiny one.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import figures  # noqa: E402


def run(build, command, configuration):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("fill.py: %s ended with status %d"
                 % (command[0], done.returncode))
    return [dict(json.loads(line), build=build, configuration=configuration)
            for line in done.stdout.splitlines()]


def main():
    if len(sys.argv) < 6 or len(sys.argv) % 3:
        sys.exit(__doc__)
    path, seeds, *programs = sys.argv[1:]
    rows = []
    for kib, program, configuration in zip(*[iter(programs)] * 3):
        rows += run("tiny" if kib == "1" else "board", [program, kib, seeds],
                    configuration)
    with open(path, "w") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    print("\n".join(figures.fill_text(rows)))


if __name__ == "__main__":
    main()
