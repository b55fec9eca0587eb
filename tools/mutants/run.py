#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Replay seeded faults: every patch in this folder must be caught by a test.

    tools/mutants/run.py [part of a name ...]

A patch begins with two lines:

    Fault: what is wrong, in a few words
    Caught-by: VARIANT TEST [TEST ...]

It is applied to a copy of the tree under build/mutants, the variant's test
program is built (tests/tests.mk lists the variants) and the tests named are
run. The fault is caught when they fail, crash or take too long. Before that,
the same tests must pass without the patch. Ends with `N of N caught`.
"""

import concurrent.futures
import glob
import os
import queue
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TREES = os.path.join(ROOT, "build", "mutants")
SECONDS = 60


class Mutant:
    """One patch and what it says of itself."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-len(".patch")]
        with open(path, encoding="utf-8") as patch:
            text = patch.read()
        head = dict(re.findall(r"^(Fault|Caught-by): (.*)$", text, re.M))
        self.fault = head["Fault"]
        self.variant, *self.tests = head["Caught-by"].split()
        self.files = re.findall(r"^\+\+\+ b/(\S+)", text, re.M)


def run(command, tree, timeout=600):
    """Return (status, output); the status is None after a timeout."""
    try:
        done = subprocess.run(command, cwd=tree, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout,
                              check=False)
        return done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired:
        return None, ""


def copy_tree(tree):
    """Copy what git knows, or would take; keep what was built there."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT,
        stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
    for name in filter(None, listed):
        source, copy = os.path.join(ROOT, name), os.path.join(tree, name)
        if not os.path.isfile(source):
            continue
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        if not os.path.exists(copy) or \
                open(source, "rb").read() != open(copy, "rb").read():
            shutil.copy(source, copy)


def build(tree, variant):
    program = f"build/check/{variant}/mica-tests"
    return program, *run(["make", "-s", program], tree)


def tests_pass(tree, mutant):
    """Return (built, passed, what came out)."""
    program, status, output = build(tree, mutant.variant)
    if status:
        return False, False, output
    status, output = run([program, *mutant.tests], tree, SECONDS)
    ran = output.count("\nok ") + output.count("\nnot ok ")
    complete = ran >= len(mutant.tests) and " # SKIP " not in output
    return True, status == 0 and complete, output


def replay(mutant, tree):
    """Return (verdict, detail)."""
    built, passed, output = tests_pass(tree, mutant)
    if not built or not passed:
        return "BROKEN", "fails without the fault:\n" + output[-2000:]
    status, output = run(["git", "apply", "--directory",
                          os.path.relpath(tree, ROOT), "--unsafe-paths",
                          mutant.path], ROOT)
    if status:
        return "STALE", output
    try:
        built, passed, output = tests_pass(tree, mutant)
    finally:
        for name in mutant.files:
            shutil.copy(os.path.join(ROOT, name), os.path.join(tree, name))
    if not built:
        return "BROKEN", "does not build:\n" + output[-2000:]
    return ("MISSED", "") if passed else ("caught", "")


def main():
    wanted = sys.argv[1:]
    mutants = [Mutant(p) for p in sorted(glob.glob(HERE + "/*.patch"))]
    mutants = [m for m in mutants
               if not wanted or any(w in m.name for w in wanted)]
    trees = queue.Queue()
    for i in range(os.cpu_count() or 1):
        tree = os.path.join(TREES, str(i))
        copy_tree(tree)
        trees.put(tree)

    def job(mutant):
        tree = trees.get()
        try:
            return mutant, *replay(mutant, tree)
        finally:
            trees.put(tree)

    caught = 0
    mutants.sort(key=lambda m: m.variant)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutant, verdict, detail in pool.map(job, mutants):
            caught += verdict == "caught"
            print(f"  {verdict:<8}{mutant.name:<28}{mutant.variant:<13}"
                  f"{mutant.fault}")
            for line in detail.splitlines():
                print("      " + line)
            sys.stdout.flush()
    print(f"{caught} of {len(mutants)} caught")
    return 0 if mutants and caught == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
