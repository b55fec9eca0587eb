#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Search tools/protocol.pml with spin, then its seeded faults. Prints TAP.

The model must hold in a complete search, of contexts that end and of blocks
that go round; with each fault planted, spin must find a counterexample in one
of them, so that the model cannot hold by saying nothing.
"""
import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

MODEL = Path(__file__).resolve().parent / "protocol.pml"
DEPTH = "-m200000"


def search(folder, cc, *names):
    """With these names defined. Return (complete, errors, states), or raise.

    To compile takes longer than all but the one search without any name.
    """
    define = [f"-D{name}" for name in names]
    subprocess.run(["spin", *define, "-a", str(MODEL)], cwd=folder, check=True,
                   capture_output=True, text=True)
    subprocess.run([*cc.split(), "-O0" if names else "-O2", "-w", "-DSAFETY",
                    "-DCOLLAPSE", "-o", "pan", "pan.c"], cwd=folder,
                   check=True, capture_output=True, text=True)
    out = subprocess.run(["./pan", DEPTH], cwd=folder, check=True,
                         capture_output=True, text=True).stdout
    complete = "Search not completed" not in out and \
        "max search depth too small" not in out
    return (complete, int(re.search(r"errors: (\d+)", out)[1]),
            int(re.search(r"(\d+) states, stored", out)[1]))


def result(number, good, name, note=""):
    print(f"{'ok' if good else 'not ok'} {number} - model: {name}", flush=True)
    for line in note.splitlines():
        print(f"# {line}")
    return not good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="to work in")
    parser.add_argument("--cc", required=True)
    args = parser.parse_args()
    if not shutil.which("spin"):
        print("1..1\nok 1 - model # SKIP spin is not installed")
        return 0
    args.folder.mkdir(parents=True, exist_ok=True)
    faults = sorted(set(re.findall(r"^#ifn?def (FAULT_\w+)", MODEL.read_text(),
                                   re.M)))
    print(f"1..{2 + len(faults)}")
    failed = False
    for number, names in enumerate(([], ["ROUNDS"]), 1):
        complete, errors, states = search(args.folder, args.cc, *names)
        failed |= result(number, complete and not errors,
                         f"no fault in {states} states",
                         "" if complete and not errors else
                         f"complete: {complete}, errors: {errors}; "
                         "spin -t -p shows the trail")
    for number, fault in enumerate(faults, 3):
        found = search(args.folder, args.cc, "ROUNDS", fault)[1] or \
            search(args.folder, args.cc, fault)[1]
        failed |= result(number, found > 0, f"finds {fault}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
