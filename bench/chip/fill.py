#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the fill experiments; write and print what they found.

usage: fill.py <json lines> <seeds> <program> <its configuration>
               <program with a tiny configuration> <its configuration>
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
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    path, seeds, program, configuration, tiny, tiny_configuration = sys.argv[1:]
    rows = run("board", [program, seeds], configuration)
    rows += run("tiny", [tiny, "tiny", seeds], tiny_configuration)
    with open(path, "w") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    print("\n".join(figures.fill_text(rows)))


if __name__ == "__main__":
    main()
