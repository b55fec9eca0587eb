#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run each program of this folder in each way of bringing mica in. Prints TAP.

The program says what it needs and what is expected of it, in its comment:

    modes: preload linked static	where it runs (default: all of MODES)
    libc: glibc				not under musl
    cpu: native				not in user-mode QEMU, nor i686
    helper: name.c			a shared library, path in $HELPER
    link: helper			link the helper rather than dlopen it
    expect: signal 6			how it ends (default: exit 0)
    stderr: text			what it must have said
    silent: text			what it must not have said
    env: NAME=value			{helper} and {libmica} are filled in
"""
import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODES = ["preload", "linked", "static"]
QEMU = {"aarch64", "arm", "riscv64", "s390x"}
TIMEOUT = 60
FLAGS = ["-O1", "-g", "-Wall", "-Wextra", "-fno-builtin", "-fno-allocation-dce",
         "-D_GNU_SOURCE",
         f"-I{ROOT}/include", "-pthread"]


def emulated(cross):
    return bool(cross) and cross.split("-")[0] in QEMU


class Program:
    """A source file of this folder and what its comment asks for."""

    def __init__(self, path):
        self.path = path
        self.wants = {}
        for key, value in re.findall(
                r"^ \* (modes|libc|cpu|helper|link|expect|stderr|silent|env): *(.+)$",
                path.read_text(), re.M):
            self.wants.setdefault(key, []).append(value.strip())

    def want(self, key, default=""):
        return self.wants.get(key, [default])[0]

    def runs(self, mode, musl, cross):
        if musl and (self.want("libc") == "glibc" or
                     self.path.suffix == ".cc"):
            return False
        if cross and self.want("cpu") == "native":
            return False
        return mode in self.want("modes", " ".join(MODES)).split()


class Case:
    """A program in one mode, on one libc and CPU."""

    def __init__(self, program, mode, args, musl):
        self.program, self.mode, self.musl = program, mode, musl
        self.cross = args.cross
        self.lib = Path(args.build).resolve() / ("musl" if musl else "")
        self.cc = args.musl if musl else args.cc
        if program.path.suffix == ".cc":
            self.cc = args.cxx
        self.helper_cc = args.musl if musl else args.cc
        self.folder = Path(args.build).resolve() / "preload" / \
            f"{'musl-' if musl else ''}{mode}"
        self.binary = self.folder / program.path.stem
        self.helper = self.folder / f"lib{program.path.stem}_helper.so"

    def name(self):
        where = "musl " if self.musl else ""
        if self.cross:
            where = self.cross.split("-")[0] + " "
        return f"{where}{self.mode}: {self.program.path.name}"

    def compile(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [*self.cc.split(), *FLAGS, str(self.program.path),
                   f"-DEXPECT_PRELOADED={int(self.mode == 'preload')}",
                   f"-DEXPECT_STATIC={int(self.mode == 'static')}",
                   f"-DEXPECT_EMULATED={int(emulated(self.cross))}",
                   "-o", str(self.binary)]
        if self.program.want("helper"):
            self.compile_helper()
        if self.program.want("link") == "helper":
            command += [str(self.helper), f"-Wl,-rpath,{self.folder}"]
        command += {
            "preload": ["-ldl"],
            "dlopen": ["-ldl"],
            "linked": [f"-L{self.lib}", f"-Wl,-rpath,{self.lib}",
                       "-Wl,--no-as-needed", "-lmica"],
            "static": ["-static", str(self.lib / "libmica.a")],
            "plain": [str(self.lib / "libmica-plain.a")],
        }[self.mode]
        subprocess.run(command, check=True, capture_output=True, text=True)

    def compile_helper(self):
        source = HERE / self.program.want("helper")
        cc = self.helper_cc if source.suffix == ".c" else \
            self.helper_cc.replace("gcc", "g++")
        subprocess.run([*cc.split(), *FLAGS, "-shared", "-fPIC", str(source),
                        "-o", str(self.helper)],
                       check=True, capture_output=True, text=True)

    def environment(self):
        env = {"HELPER": str(self.helper), "LIBMICA": f"{self.lib}/libmica.so"}
        if self.mode == "preload":
            env["LD_PRELOAD"] = env["LIBMICA"]
        for assignment in self.program.wants.get("env", []):
            key, value = assignment.split("=", 1)
            env[key] = value.format(helper=self.helper, libmica=env["LIBMICA"])
        return env

    def command(self):
        if not self.cross:
            return [str(self.binary)], {**os.environ, **self.environment()}
        sysroot, cpu = f"/usr/{self.cross}", self.cross.split("-")[0]
        if cpu not in QEMU:
            return self.native(sysroot), {**os.environ, **self.environment()}
        command = [f"qemu-{cpu}", "-L", sysroot]
        for key, value in self.environment().items():
            command += ["-E", f"{key}={value}"]
        return [*command, str(self.binary)], dict(os.environ)

    def native(self, sysroot):
        """i686 runs on an x86-64 kernel; QEMU 7.2 hangs in its threads."""
        if self.mode == "static":
            return [str(self.binary)]
        return [f"{sysroot}/lib/ld-linux.so.2", "--library-path",
                f"{sysroot}/lib", str(self.binary)]

    def run(self):
        """None when all is as expected, else what is not."""
        try:
            self.compile()
            command, env = self.command()
            done = subprocess.run(command, env=env, capture_output=True,
                                  text=True, timeout=TIMEOUT, cwd=self.folder,
                                  errors="replace")
        except subprocess.CalledProcessError as error:
            return f"does not build: {error.stderr}"
        except subprocess.TimeoutExpired:
            return f"still running after {TIMEOUT} s"
        return self.judge(done)

    def judge(self, done):
        ended = f"signal {-done.returncode}" if done.returncode < 0 else \
            f"exit {done.returncode}"
        # QEMU's own report of a target's signal comes with the signal.
        if ended != self.program.want("expect", "exit 0"):
            return f"{ended}; it said: {done.stdout}{done.stderr}"
        for text in self.program.wants.get("stderr", []):
            if not re.search(text, done.stderr, re.M):
                return f"stderr lacks '{text}': {done.stderr}"
        for text in self.program.wants.get("silent", []):
            if re.search(text, done.stderr, re.M):
                return f"stderr has '{text}': {done.stderr}"
        return None


def cases(args):
    programs = [Program(p) for p in sorted(HERE.glob("*.c")) +
                sorted(HERE.glob("*.cc")) if not p.stem.startswith("helper_")]
    if args.only:
        programs = [p for p in programs if p.path.stem in args.only]
    for musl in [False, True] if args.musl else [False]:
        for mode in MODES + ["dlopen", "plain"]:
            for program in programs:
                if program.runs(mode, musl, args.cross):
                    yield Case(program, mode, args, musl)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--cross", help="triplet of another CPU")
    parser.add_argument("--musl", help="the compiler for musl, if any")
    parser.add_argument("only", nargs="*", help="programs, without suffix")
    args = parser.parse_args()
    todo = list(cases(args))
    if not todo:
        sys.exit("run.py: no such program")
    print(f"1..{len(todo)}", flush=True)
    failed = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for number, (case, wrong) in enumerate(
                zip(todo, pool.map(Case.run, todo)), 1):
            failed += wrong is not None
            print(f"{'not ok' if wrong else 'ok'} {number} - {case.name()}")
            for line in (wrong or "").splitlines():
                print(f"# {line}")
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
