#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Annotations: what memcheck and AddressSanitizer say of programs. Prints TAP.

A clean program must have them say nothing. A fault must be told with the
message that the tool has for it; tests/annotate/program.c has the cases.
"""
import argparse
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORE = ["core/*.c", "port/linux/*.c"]
FULL = CORE + ["compat/libc/*.c"]
MEMCHECK = ["valgrind", "-q", "--leak-check=full", "--error-exitcode=9",
            "--errors-for-leak-kinds=definite", "--num-callers=20"]
FLAGS = ["-std=gnu11", "-g", "-fno-builtin", "-pthread", f"-I{ROOT}",
         f"-I{ROOT}/include", f"-I{ROOT}/port/linux"]
STRICT = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wundef", "-Werror"]

FREED = r"is {} bytes inside a block of size 40 free'd"
# What memcheck says of each case: the error, then what it knows of the address.
VALGRIND = {
    "use_after_free": ["Invalid read of size 1", FREED.format(3)],
    "use_of_first_byte": ["Invalid read of size 1", FREED.format(0)],
    "use_after_other_thread": ["Invalid read of size 1", FREED.format(39)],
    "use_after_destroy": ["Invalid read of size 1", FREED.format(3)],
    "use_after_move": ["Invalid read of size 1", FREED.format(3)],
    "overflow": ["Invalid write of size 1",
                 "is 0 bytes after a block of size 40 alloc'd"],
    "overflow_of_a_class": ["Invalid read of size 1",
                            r"is 0 bytes after a block of size \d+ alloc'd"],
    "overflow_of_a_run": ["Invalid read of size 1",
                          "is 0 bytes after a block of size 300,001 alloc'd"],
    "overflow_after_shrink": ["Invalid read of size 1",
                              "is 0 bytes after a block of size 33 alloc'd"],
    "underflow": ["Invalid read of size 1",
                  "is 1 bytes before a block of size 40 alloc'd|"
                  "bytes after a block of size 40 alloc'd"],
    "uninitialised": ["Conditional jump or move depends on uninitialised"],
    "uninitialised_growth":
        ["Conditional jump or move depends on uninitialised"],
    "leak": [r"40 bytes in 1 blocks are definitely lost"],
    "leak_in_a_leak":
        [r"8 bytes in 1 blocks are definitely lost"],
}
# What it cannot see: content that nobody wrote, and leaks of an allocator
# that is not its own.
ASAN_BLIND = {"uninitialised", "uninitialised_growth", "leak", "leak_in_a_leak"}
ASAN = {case: ["AddressSanitizer: use-after-poison",
               "WRITE of size 1" if "write" in said[0] else "READ of size 1"]
        for case, said in VALGRIND.items() if case not in ASAN_BLIND}
MALLOC = {
    "u": ["Invalid read of size 1",
          "is 3 bytes inside a block of size 50 free'd"],
    "o": ["Invalid write of size 1",
          "is 0 bytes after a block of size 50 alloc'd"],
    "l": [r"50 bytes in 1 blocks are definitely lost"],
}


class Build:
    """mica as one unit, and a program with it."""

    def __init__(self, args, name, sources, program, flags, unit_flags):
        self.folder = Path(args.build).resolve()
        self.name, self.sources, self.program = name, sources, program
        self.cc, self.flags, self.unit_flags = args.cc, flags, unit_flags
        self.path = self.folder / name

    def make(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        unit, made = self.folder / f"{self.name}-mica.c", f"{self.path}-mica.o"
        files = [f for s in self.sources for f in sorted(ROOT.glob(s))]
        unit.write_text("".join(f'#include "{f}"\n' for f in files))
        for command in (
                [*self.cc, *FLAGS, *STRICT, "-O2", "-fvisibility=hidden",
                 "-fno-common", *self.unit_flags, "-c", str(unit), "-o", made],
                [*self.cc, *FLAGS, "-O1", *self.flags,
                 str(HERE / self.program), made, "-o", str(self.path)]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                return done.stderr
        return ""


def judge(command, said, status):
    """None, or what is wrong."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if not said and (done.returncode or done.stderr):
        return f"exit {done.returncode}; it said: {done.stderr}"
    if said and done.returncode not in status:
        return f"exit {done.returncode}; it said: {done.stderr}"
    for text in said:
        if not re.search(text, done.stderr):
            return f"lacks '{text}': {done.stderr}"
    return None


def cases(build, prefix, said, status):
    yield build, [*prefix, str(build.path), "clean"], [], status
    for case, texts in said.items():
        yield build, [*prefix, str(build.path), case], texts, status


def refused(args):
    """Builds that make no sense: the core says so."""
    for flags, text in (
            (["-DMICA_ANNOTATE=3"], "MICA_ANNOTATE: 0 to 2"),
            (["-DMICA_ANNOTATE=2", "-DMICA_HARDEN=1"],
             "MICA_ANNOTATE: table layout, MICA_HARDEN 2"),
            (["-DMICA_ANNOTATE=2", "-DMICA_HARDEN=3"],
             "MICA_ANNOTATE: table layout, MICA_HARDEN 2")):
        done = subprocess.run(
            [*args.cc, *FLAGS, *flags, "-fsyntax-only", str(ROOT / "core/run.c")],
            capture_output=True, text=True)
        good = done.returncode and text in done.stderr
        yield f"a build with {' '.join(flags)} is refused", \
            None if good else done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--cc", required=True)
    args = parser.parse_args()
    args.cc = shlex.split(args.cc)
    asan = ["-fsanitize=address"]
    builds = {
        "memcheck": Build(args, "memcheck", CORE, "program.c", [],
                          ["-DMICA_ANNOTATE=1"]),
        "memcheck-malloc": Build(args, "memcheck-malloc", FULL, "malloc.c", [],
                                 ["-DMICA_ANNOTATE=1"]),
        "asan": Build(args, "asan", CORE, "program.c", asan,
                      ["-DMICA_ANNOTATE=2"]),
        "asan-core": Build(args, "asan-core", CORE, "program.c", asan,
                           ["-DMICA_ANNOTATE=2", *asan]),
    }
    todo = [*cases(builds["memcheck"], MEMCHECK, VALGRIND, {9}),
            *cases(builds["memcheck-malloc"],
                   MEMCHECK + ["--soname-synonyms=somalloc=nothing"],
                   MALLOC, {9}),
            *cases(builds["asan"], [], ASAN, {1}),
            *cases(builds["asan-core"], [], ASAN, {1})]
    results = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        made = dict(zip(builds, pool.map(Build.make, builds.values())))
        results += [(f"annotate: {name} builds without a warning", why or None)
                    for name, why in made.items()]
        runs = [t for t in todo if not made[t[0].name]]
        results += [(f"annotate: {t[0].name} {t[1][-1]}", wrong)
                    for t, wrong in zip(runs, pool.map(
                        lambda t: judge(*t[1:]), runs))]
    results += [(f"annotate: {name}", wrong) for name, wrong in refused(args)]
    for number, (name, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
        for line in (wrong or "").splitlines()[:25]:
            print(f"# {line}")
    print(f"1..{len(results)}")
    return any(wrong for _, wrong in results)


if __name__ == "__main__":
    sys.exit(main())
