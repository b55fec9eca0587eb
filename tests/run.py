#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build and run the tests on every machine, and sum up.

A target is the tests on one machine: one program, or several that share them
out where memory is small. Each is built by make, run once for all its tests,
and once more for each death test. Targets run side by side, one a processor.
The last line is `N passed, N failed`, alone.

    tests/run.py [--scale N] [--skips] [target ...]

--scale   percent of the usual iterations
--skips   write the skips seen into tests/skips.txt, instead of comparing;
          the rows of targets that were not run stay
A target is given by its name or a part of it, as `make check BOARD=` does.
"""

import argparse
import concurrent.futures
import glob
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SKIPS = os.path.join(ROOT, "tests", "skips.txt")
MAKE = ["make", "-s", "--no-print-directory"]
SMALL = 128 << 10       # bytes of RAM; as in boards/common/image.mk

say_lock = threading.Lock()


class Target:
    """The tests on one machine.

    make     what builds the programs
    run      the command, to which arguments are added; of a board, the goal
             of make that prints QEMU's command and the images
    budget   seconds; a program that takes three times as long is ended
    dies     exit status of a program that mica stops
    env      more environment
    whole    what runs it runs the death tests, too, and prints TAP of all
    """

    def __init__(self, name, make, run, budget=60, dies=-6,
                 env=None, board=False, lock=None, whole=False):
        self.name, self.make, self.run = name, make, run
        self.budget, self.dies = budget, dies
        self.env, self.board, self.lock = env or {}, board, lock
        self.whole = whole


def native(name, variant=None, **more):
    program = f"build/check/{variant or name}/mica-tests"
    return Target(name, [program], [program], **more)


def wasm(name, *options):
    """A module in node; what mica stops ends with the status of an abort."""
    program = f"build/check/{name}/mica-tests.wasm"
    return Target(name, [program],
                  ["node", "tests/wasm/run.mjs", *options, program], dies=134)


def wasm64(name):
    program = f"build/check/{name}/mica-tests.wasm"
    return Target(name, [program], ["node", "--experimental-wasm-memory64",
                                    "tests/wasm/run.mjs", program], dies=134)


def workers(name):
    program = f"build/check/{name}/mica-tests.wasm"
    return Target(name, [program], ["node", "tests/wasm/workers.mjs", program],
                  dies=134)


def browser(name):
    """The module of the plain suite, in a browser without a screen."""
    program = "build/check/wasm/mica-tests.wasm"
    return Target(f"wasm-{name}", [program],
                  ["node", "tests/browser/suite.mjs", name, program],
                  lock="wasm", whole=True)


def emulated(triplet, qemu):
    program = f"build/check/{triplet}/mica-tests"
    return Target(triplet, [program], [qemu, program])


def board(name, suffix=""):
    make = [f"BOARD={name}", "WERROR=-Werror", "check-images" + suffix]
    return Target(name + suffix, make, ["check-list" + suffix],
                  budget=40, dies=1, board=name, lock=name)


def hardened(name, level):
    """A board's tests at another level of hardening, in a folder of its own."""
    more = [f"HARDEN={level}", f"build=build/{name}-harden{level}",
            f"EXTRA_CFLAGS=-DMICA_HARDEN={level} -DMICA_OUTPUT_HOOKS=1"]
    make = [f"BOARD={name}", "WERROR=-Werror", "check-images", *more]
    return Target(f"{name}-harden{level}", make, ["check-list", *more],
                  budget=40, dies=1, board=name, lock=f"{name}-harden{level}")


def board_with(name, setting):
    """A board with a setting that its own configuration leaves off."""
    suffix = setting.split("=")[0].replace("MICA_", "").lower()
    more = [f"build=build/{name}-{suffix}", f"EXTRA_CFLAGS=-D{setting}"]
    make = [f"BOARD={name}", "WERROR=-Werror", *more, "check-images"]
    return Target(f"{name}-{suffix}", make, ["check-list", *more],
                  budget=40, dies=1, board=name)


def board_text(name, file):
    path = os.path.join(ROOT, "boards", name, file)
    with open(path, encoding="utf-8") as text:
        return text.read()


def has_steps(name, ram):
    """Can an interrupt come at every instruction, guarded ones too?

    That takes a Cortex-M with more than one mask, one core, and 32 KiB.
    """
    cpu = re.search(r"board_cpu\s*:=\s*cortex-m(\d+)",
                    board_text(name, "board.mk"))
    return cpu and int(cpu.group(1)) >= 3 and ram >= 32 << 10 and \
        "MICA_CORES" not in board_text(name, "mica_config.h")


def boards():
    """Each board that has a folder; with two sizes of arena, if it can."""
    found = glob.glob(os.path.join(ROOT, "boards", "*", "board.mk"))
    for name in sorted(os.path.basename(os.path.dirname(f)) for f in found):
        yield board(name)
        ram = int(re.search(r"BOARD_RAM_BYTES\s+(\w+)",
                            board_text(name, "board.h")).group(1), 0)
        if ram >= SMALL:
            yield board(name, "-large")
        if has_steps(name, ram):
            yield board(name, "-steps")


TARGETS = [
    emulated("riscv64-linux-gnu", "qemu-riscv64"),
    emulated("s390x-linux-gnu", "qemu-s390x"),
    emulated("aarch64-linux-gnu", "qemu-aarch64"),
    emulated("arm-linux-gnueabihf", "qemu-arm"),
    emulated("i686-linux-gnu", "qemu-i386"),
    native("tsan"),
    native("asan", env={"ASAN_OPTIONS": "handle_abort=0"}),
    *boards(),
    board_with("mps2-an386", "MICA_DEFERRED=1"),
    board_with("mps2-an500", "MICA_HEAPS=4"),
    board_with("virt-rv64", "MICA_HEAPS=4"),
    native("host"),
    native("unity"),
    native("host-harden2", budget=20),
    native("host-harden3", budget=20),
    native("tag-harden2", budget=20, dies=1),
    native("tag-harden3", budget=20, dies=1),
    native("cores-harden2", budget=20, dies=1),
    native("cores-harden3", budget=20, dies=1),
    hardened("mps2-an385", 2),
    hardened("mps2-an385", 3),
    native("tag-core", dies=1),
    native("tag-heaps", dies=1),
    native("tag-single", dies=1),
    native("tag-pages", dies=1),
    native("tag-cores", dies=1),
    native("tag-cores-tsan", dies=1),
    native("tag-thread", dies=1),
    native("fake"),
    native("fake-eager", "fake", env={"FAKE": "committed,dirty,keep"},
           lock="fake"),
    native("fake-core"),
    native("fake-ragged", "fake-core",
           env={"FAKE": "committed,dirty,keep,ragged"}, lock="fake-core"),
    native("fake-heaps"),
    native("fake-single"),
    wasm("wasm"),
    wasm("wasm-small"),
    browser("chromium"),
    browser("firefox"),
    wasm64("wasm64"),
    wasm("wasm-grow", "--fresh"),
    wasm("wasm-grow-least", "--fresh"),
    native("trace"),
    native("trace-core", dies=1),
    native("trace-unity"),
]

# Only by name: what their threads are made of in the tests runs short of workers
# now and then.
BY_NAME = [
    workers("wasm-threads"),
]

# Suites with their own `make` target, which prints TAP.
SUITES = ["check-geometry", "check-layers", "check-preload", "check-install",
          "check-amalgamation", "check-gdb", "check-snapshot", "check-annotate",
          "check-adapters", "check-mimalloc", "check-porting", "check-sizing",
          "check-wasm", "check-wasi", "check-page",
          "model"]


class Result:
    """What came of one target."""

    def __init__(self, name):
        self.name = name
        self.passed, self.failed = 0, 0
        self.notes, self.skips = [], []
        self.seconds = 0.0

    def fail(self, what, detail=""):
        self.failed += 1
        self.notes.append(f"{self.name}: {what}")
        self.notes += ["    " + line for line in detail.splitlines()]


def run(command, timeout, env=None):
    """Run and return (status or None, output)."""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, **(env or {})},
                          start_new_session=True) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
            return process.returncode, output.decode(errors="replace")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return None, output.decode(errors="replace")


def how_it_ended(status):
    if status is None:
        return "took too long and was ended"
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"


TAP = re.compile(r"^(not )?ok (\d+)(?: -)? ?(.*?)(?: # SKIP (.*))?$")


def read_tap(result, status, output):
    """Count TAP lines; every planned test that has none has failed."""
    planned = seen = failed = 0
    comments = []
    for line in output.splitlines():
        match = TAP.match(line)
        plan = re.match(r"^1\.\.(\d+)$", line)
        if plan:
            planned = int(plan.group(1))
        elif not match:
            comments.append(line)
        else:
            bad, _, name, skip = match.groups()
            seen += 1
            if bad:
                failed += 1
                result.fail(name, "\n".join(comments))
            elif skip:
                result.skips.append((result.name, name, skip))
            else:
                result.passed += 1
                result.notes += [f"{result.name}: {c[2:]}" for c in comments
                                 if c.startswith("# measured: ")]
            comments = []
    tail = "\n".join(comments[-20:])
    if not planned:
        result.fail(f"no tests ran; {how_it_ended(status)}", tail)
    elif seen < planned:
        result.fail(f"{how_it_ended(status)} in test {seen + 1} "
                    f"of {planned}", tail)
        result.failed += planned - seen - 1
    elif status != (1 if failed else 0) and not failed:
        result.fail(f"all passed, then {how_it_ended(status)}", tail)


def runners(target, scale):
    """One for each program of a target."""
    if not target.board:
        return [Runner(target, target.run, scale)]
    _, listing = run([*MAKE, f"BOARD={target.board}", *target.run], 60)
    qemu, images = listing.splitlines()
    return [Runner(target, [*shlex.split(qemu), "-kernel", image], scale)
            for image in images.split()]


class Runner:
    """How a program is started."""

    def __init__(self, target, prefix, scale):
        self.target, self.prefix, self.scale = target, prefix, scale

    def start(self, *words):
        timeout = 3 * self.target.budget * max(1, self.scale // 100)
        words = [f"scale={self.scale}", *words]
        if self.target.board:
            words = ["-append", " ".join(words)]
        return run(self.prefix + words, timeout, self.target.env)


# What user-mode QEMU says of its guest's end.
EMULATOR = re.compile(r"^qemu: uncaught target signal .*\n", re.M)


def death(result, runner, name, message):
    """The program must print the message about the very pointer, and stop."""
    status, output = runner.start(name)
    found = re.search(r"^# dies: (.*)\n", output, re.M)
    expected = found.group(1) + "\n" if found else ""
    rest = output[found.end():] if found else output
    rest = EMULATOR.sub("", rest)
    shape = re.escape(message).replace("%p", "0x[0-9a-f]+")
    if " # SKIP " in output:
        read_tap(result, status, output)
    elif not found or not re.fullmatch(shape, found.group(1)):
        result.fail(f"{name}: no fault was made", output)
    elif rest != expected:
        result.fail(name, f"expected: {expected}got:      {rest}")
    elif status != runner.target.dies:
        result.fail(name, f"printed the message, then {how_it_ended(status)}")
    else:
        result.passed += 1


def run_program(result, runner):
    if runner.target.whole:
        read_tap(result, *runner.start())
        return
    status, listing = runner.start("list")
    if status == 0 and "# none" in listing.splitlines():
        return      # a file whose tests are for other builds
    tests = re.findall(r"^# test (\S+) (.*)$", listing, re.M)
    if not tests or any(message == "-" for _, message in tests):
        read_tap(result, *runner.start())
    for name, message in tests:
        if message != "-":
            death(result, runner, name, message)


def run_target(target, scale):
    result = Result(target.name)
    status, output = run([*MAKE, *target.make], 900)
    if status:
        result.fail("does not build", "\n".join(output.splitlines()[-20:]))
        return result
    began = time.monotonic()
    for runner in runners(target, scale):
        run_program(result, runner)
    if not result.passed and not result.failed:
        result.fail("no tests ran")
    result.seconds = time.monotonic() - began
    if result.seconds > target.budget * max(1, scale // 100):
        result.notes.append(f"{target.name}: {result.seconds:.0f} s, over "
                            f"its budget of {target.budget} s")
    return result


def run_suite(name):
    result = Result(name)
    began = time.monotonic()
    if not exists(name):
        result.fail("there is no such suite, or make cannot read its rules")
        return result
    status, output = run([*MAKE, name], 900)
    read_tap(result, status, output)
    result.seconds = time.monotonic() - began
    return result


def exists(suite):
    status, _ = run(["make", "-n", suite], 60)
    return status == 0


def report(result):
    mark = "FAIL" if result.failed else "ok"
    line = (f"  {mark:<5}{result.name:<22}{result.passed:>5} passed"
            f"{result.failed:>5} failed{len(result.skips):>5} skipped"
            f"{result.seconds:>8.1f} s")
    if sys.stdout.isatty():
        line = f"\x1b[3{1 if result.failed else 2}m{line}\x1b[0m"
    with say_lock:
        print(line)
        for note in result.notes:
            print("       " + note)
        sys.stdout.flush()


def skips_text(skips):
    rows = sorted(set(skips))
    wide = [max([len(row[i]) for row in rows] + [0]) for i in (0, 1)]
    head = ("# Tests that a target does not run: target, test, reason.\n"
            "# Compared by tests/run.py; written by tests/run.py --skips.\n")
    return head + "".join(
        f"{t:<{wide[0]}}  {n:<{wide[1]}}  {why}\n" for t, n, why in rows)


def skips_listed():
    with open(SKIPS, encoding="utf-8") as table:
        return {tuple(line.split(None, 2)) for line in
                table.read().splitlines() if line and line[0] != "#"}


def write_skips(results):
    """Replaces the rows of what ran well, and of targets that are gone."""
    ran = [r for r in results if not r.failed]
    kept = {t.name for t in TARGETS} - {r.name for r in ran}
    rows = [row for row in skips_listed() if row[0] in kept]
    with open(SKIPS, "w", encoding="utf-8") as table:
        table.write(skips_text(rows + [s for r in ran for s in r.skips]))


def compare_skips(results):
    """Every skip is in the table, and every row of the table is a skip."""
    result = Result("skips")
    ran = {r.name for r in results}
    seen = {row for r in results for row in r.skips}
    listed = skips_listed()
    # A board that is new has no row yet: it is named, and not held to any.
    boards_here = {t.name for t in TARGETS if t.board}
    for name in sorted(boards_here - {row[0] for row in listed}):
        if any(row[0] == name for row in seen):
            result.notes.append(f"{name} has no row in tests/skips.txt yet: "
                                "tests/run.py --skips writes them")
            seen = {row for row in seen if row[0] != name}
    listed = {row for row in listed if row[0] in ran}
    for row in sorted(seen - listed):
        result.fail("not in tests/skips.txt: " + " ".join(row))
    for row in sorted(listed - seen):
        result.fail("did not happen: " + " ".join(row))
    result.passed = 0 if result.failed else 1
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=100)
    parser.add_argument("--skips", action="store_true")
    parser.add_argument("targets", nargs="*")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def chosen(name):
        return not args.targets or any(t in name for t in args.targets)

    targets = [t for t in TARGETS if chosen(t.name)]
    targets += [t for t in BY_NAME if args.targets and chosen(t.name)]
    suites = [s for s in SUITES if chosen(s)]
    if not targets and not suites:
        parser.error("no such target; there are: "
                     + " ".join(t.name for t in TARGETS))
    locks = {t.lock or t.name: threading.Lock() for t in TARGETS + BY_NAME}

    def job(item):
        if isinstance(item, str):
            result = run_suite(item)
        else:
            with locks[item.lock or item.name]:
                result = run_target(item, args.scale)
        report(result)
        return result

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(job, targets))
    # The suites build in the directories of the targets: one at a time.
    results += [job(suite) for suite in suites]
    if args.skips:
        write_skips(results)
    else:
        results.append(compare_skips(results))
        report(results[-1])
    failed = sum(r.failed for r in results)
    print(f"{sum(r.passed for r in results)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
