#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Replay seeded faults: every patch in this folder must be caught by a test.

    tools/mutants/run.py [part of a name ...]

A patch begins with these lines:

    Fault: what is wrong, in a few words
    Breaks: the invariant or the promise that no longer holds
    Caught-by: VARIANT TEST [TEST ...]

The variant's test program is built (tests/tests.mk lists the variants; a
board's steps are one, as mps2-an385-steps) in a copy of the tree under build/mutants, and the tests named must pass there.
Then each patch in turn is applied, and the program built and run again: the
fault is caught when a test fails, crashes or takes too long, or when a death
test does not end in its message. Ends with `N of N caught`.
"""

import concurrent.futures
import glob
import os
import queue
import re
import shlex
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TREES = os.path.join(ROOT, "build", "mutants")
SECONDS = 120
BATCH = 8


class Mutant:
    """One patch and what it says of itself."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-len(".patch")]
        with open(path, encoding="utf-8") as patch:
            text = patch.read()
        head = dict(re.findall(r"^(Fault|Breaks|Caught-by): (.*)$", text, re.M))
        self.fault = head["Fault"]
        self.breaks = head["Breaks"]
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


class Program:
    """A variant's tests, on this machine or on a board under QEMU."""

    def __init__(self, variant):
        self.file = f"build/check/{variant}/mica-tests"
        self.board = variant.endswith("-steps") and variant[:-len("-steps")]

    def build(self, tree):
        """Return (status, output)."""
        if not self.board:
            return run(["make", "-s", self.file], tree)
        return run(["make", "-s", f"BOARD={self.board}",
                    "check-images-steps"], tree)

    def run(self, words, tree):
        if not self.board:
            return run([self.file, *words], tree, SECONDS)
        _, listed = run(["make", "-s", f"BOARD={self.board}",
                         "check-list-steps"], tree)
        qemu, image = listed.splitlines()
        return run([*shlex.split(qemu), "-kernel", image,
                    "-append", " ".join(words)], tree, SECONDS)


def dies(program, test, tree):
    """Does the death test end in its message, the last thing it says?"""
    status, output = program.run([test], tree)
    message = re.search(r"^# dies: (.*\n)", output, re.M)
    return bool(status) and message is not None and \
        output[message.end():] == message.group(1)


def tests_pass(program, tests, tree):
    """Return (passed, what came out)."""
    _, listed = program.run(["list"], tree)
    deaths = dict(re.findall(r"^# test (\S+) (.*)$", listed, re.M))
    for test in tests:
        if deaths.get(test, "-") != "-" and not dies(program, test, tree):
            return False, f"{test} does not die as it should"
    alive = [t for t in tests if deaths.get(t, "-") == "-"]
    if not alive:
        return True, ""
    status, output = program.run(alive, tree)
    ran = output.count("\nok ") + output.count("\nnot ok ")
    complete = ran >= len(alive) and " # SKIP " not in output
    return status == 0 and complete, output


def replay(mutant, tree):
    """Return (verdict, detail)."""
    status, output = run(["git", "apply", "--directory",
                          os.path.relpath(tree, ROOT), "--unsafe-paths",
                          mutant.path], ROOT)
    if status:
        return "STALE", output
    try:
        program = Program(mutant.variant)
        status, output = program.build(tree)
        if status:
            return "BROKEN", "does not build:\n" + output[-2000:]
        passed, _ = tests_pass(program, mutant.tests, tree)
        return ("MISSED", "") if passed else ("caught", "")
    finally:
        for name in mutant.files:
            shutil.copy(os.path.join(ROOT, name), os.path.join(tree, name))


def replay_some(mutants, tree):
    """Mutants of one variant, after their tests passed without them."""
    program = Program(mutants[0].variant)
    status, output = program.build(tree)
    if status:
        return [(m, "BROKEN", output[-2000:]) for m in mutants]
    tests = sorted({t for m in mutants for t in m.tests})
    passed, output = tests_pass(program, tests, tree)
    if not passed:
        detail = "fails without the fault:\n" + output[-2000:]
        return [(m, "BROKEN", detail) for m in mutants]
    return [(m, *replay(m, tree)) for m in mutants]


def batches(mutants):
    """The mutants by variant, no more than BATCH at a time."""
    for variant in sorted({m.variant for m in mutants}):
        some = [m for m in mutants if m.variant == variant]
        for at in range(0, len(some), BATCH):
            yield some[at:at + BATCH]


def show(mutant, verdict, detail):
    print(f"  {verdict:<8}{mutant.name:<32}{mutant.variant:<18}"
          f"{mutant.fault}")
    for line in detail.splitlines():
        print("      " + line)
    sys.stdout.flush()


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

    def job(batch):
        tree = trees.get()
        try:
            return replay_some(batch, tree)
        finally:
            trees.put(tree)

    caught = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for results in pool.map(job, batches(mutants)):
            for mutant, verdict, detail in results:
                caught += verdict == "caught"
                show(mutant, verdict, detail)
    print(f"{caught} of {len(mutants)} caught")
    return 0 if mutants and caught == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
