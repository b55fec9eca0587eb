#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compile and run the amalgamation as its users would. Prints TAP."""
import argparse
import shutil
import subprocess
import sys
from pathlib import Path

TEST = Path(__file__).resolve().parent / "amalgamate_test.c"
WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wundef",
            "-Werror"]
# A chip's configuration, on this machine's CPU: what it costs is not asked.
CHIP = ["-DMICA_HOSTED=0", "-DMICA_REGION_SHIFT=20"]
CHIP_BOARD = """\
#include <stdio.h>
#include <stdlib.h>
#include "mica.h"
const struct mica_span *mica_arena_spans(void);
void board_console(const char *text, size_t len);
void board_exit(int status);
static unsigned long long arena[8192];
const struct mica_span *mica_arena_spans(void)
{
	static const struct mica_span spans[] = {
		{ arena, sizeof(arena) }, { NULL, 0 },
	};
	return spans;
}
void board_console(const char *text, size_t len)
{
	fwrite(text, 1, len, stderr);
}
void board_exit(int status)
{
	exit(status);
}
"""
CONFIG = "#define MICA_PURGE_DELAY_MS 77\n"
BAD_CONFIG = "#define MICA_GRANULE_SHIFT 5\n"
REFUSAL = "MICA_GRANULE_SHIFT: 3 or 4"


class Check:
    def __init__(self, folder):
        self.folder = folder
        self.work = folder / "check"
        self.work.mkdir(exist_ok=True)
        self.number = self.failed = 0

    def report(self, name, wrong):
        self.number += 1
        self.failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {self.number} - "
              f"amalgamation: {name}", flush=True)
        for line in (wrong or "").splitlines():
            print(f"# {line}")

    def run(self, name, *commands):
        for command in commands:
            done = subprocess.run([str(word) for word in command],
                                  capture_output=True, text=True)
            if done.returncode:
                self.report(name, f"{' '.join(map(str, command))}: "
                            f"{done.returncode}\n{done.stdout}{done.stderr}")
                return
        self.report(name, None)

    def build(self, name, compiler, options=(), extra=(), run=True):
        """Compile mica.c and the test, warning-free, and run it."""
        program = self.work / name.replace(" ", "_")
        self.run(name, [*compiler.split(), *WARNINGS, *options,
                        f"-I{self.folder}", self.folder / "mica.c", TEST,
                        *extra, "-pthread", "-o", program],
                 *([[program]] if run else []))


def checks(check, args):
    check.build("host", args.cc, ["-std=gnu11", "-O2"])
    check.build("host, sanitized", args.cc,
                ["-std=gnu17", "-O1", "-g", "-fsanitize=undefined",
                 "-fno-sanitize-recover=all"])
    if shutil.which("clang"):
        check.build("host, clang", "clang", ["-std=gnu11", "-O2"])
    config = check.work / "config"
    config.mkdir(exist_ok=True)
    (config / "mica_config.h").write_text(CONFIG)
    check.build("host, mica_config.h", args.cc,
                ["-std=gnu11", "-Os", f"-I{config}"])
    (config / "mica_config.h").write_text(BAD_CONFIG)
    check.report("mica_config.h, an illegal value", refused(check, args, config))
    board = check.work / "board.c"
    board.write_text(CHIP_BOARD)
    for context in (0, 1):
        check.build(f"chip's layout, context {context}", args.cc,
                    ["-std=gnu11", "-O2", *CHIP, f"-DMICA_CONTEXT={context}"],
                    [board])
    user = check.work / "user.cc"
    user.write_text('#include "mica.h"\n'
                    "int main() { mica_free(mica_malloc(1)); }\n")
    mica = check.work / "mica.o"
    check.run("used from C++",
              [*args.cc.split(), "-c", check.folder / "mica.c", "-o", mica],
              [*args.cxx.split(), "-std=c++11", "-Wall", "-Wextra", "-Werror",
               f"-I{check.folder}", user, mica, "-pthread", "-o",
               check.work / "user"], [check.work / "user"])
    check.report("names outside the prefix", strangers(mica))
    if shutil.which("arm-none-eabi-gcc"):
        check.run("firmware in QEMU", ["make", "-s", "BOARD=mps2-an385",
                                       "run-amalgamation"])
    else:
        check.report("firmware # SKIP no arm-none-eabi-gcc", None)


def refused(check, args, config):
    done = subprocess.run([*args.cc.split(), "-fsyntax-only", f"-I{config}",
                           str(check.folder / "mica.c")],
                          capture_output=True, text=True)
    if done.returncode == 0 or REFUSAL not in done.stderr:
        return f"not refused: {done.stderr}"
    return None


def strangers(path):
    out = subprocess.run(["nm", "-g", "--defined-only", str(path)], check=True,
                         capture_output=True, text=True).stdout
    names = [line.split()[-1] for line in out.splitlines()]
    if not names:
        return "no names at all"
    return "\n".join(n for n in names if not n.startswith("mica_"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--cxx", required=True)
    args = parser.parse_args()
    check = Check(args.folder.resolve())
    checks(check, args)
    print(f"1..{check.number}")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
