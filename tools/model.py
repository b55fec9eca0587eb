#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Search tools/protocol.pml with spin, then its seeded faults. Prints TAP.

The model must hold in a complete search; with each fault planted, spin must
find a counterexample, so that the model cannot hold by saying nothing.
"""
import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

MODEL = Path(__file__).resolve().parent / "protocol.pml"
DEPTH = "-m200000"


def search(folder, cc, fault=None):
    """Return (complete, errors, states), or raise CalledProcessError."""
    define = [f"-D{fault}"] if fault else []
    subprocess.run(["spin", *define, "-a", str(MODEL)], cwd=folder, check=True,
                   capture_output=True, text=True)
    subprocess.run([*cc.split(), "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-o",
                    "pan", "pan.c"], cwd=folder, check=True,
                   capture_output=True, text=True)
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
    print(f"1..{1 + len(faults)}")
    complete, errors, states = search(args.folder, args.cc)
    failed = result(1, complete and not errors,
                    f"no fault in {states} states",
                    "" if complete and not errors else
                    f"complete: {complete}, errors: {errors}; "
                    "spin -t -p shows the trail")
    for number, fault in enumerate(faults, 2):
        _, errors, _ = search(args.folder, args.cc, fault)
        failed |= result(number, errors > 0, f"finds {fault}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
