#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does what docs/porting.md says about adding a board, word for word.

In a copy of the tree every block of code that follows a bold file name
becomes that file, and the commands of the block that follow are run, one by
one. Each file and each command is a TAP line.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECTION = re.compile(r"^## A board\n(.*?)^### ", re.M | re.S)
FILE = re.compile(r"^\*\*`(boards/[^`]+)`\*\*[^\n]*\n+```\w+\n(.*?)^```", re.M | re.S)
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)
SECONDS = 300


# As typed by a person: nothing of the make that may have started this.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.startswith(("MAKE", "MFLAGS", "BOARD", "CROSS"))}


def run(command, tree):
    done = subprocess.run(command, shell=True, cwd=tree, timeout=SECONDS,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, env=ENVIRONMENT)
    lines = done.stdout.splitlines()
    good = done.returncode == 0
    if "check" in command or "run.py" in command:
        good = good and re.fullmatch(r"[1-9]\d* passed, 0 failed", lines[-1])
    return good, lines


def main():
    text = (ROOT / "docs" / "porting.md").read_text()
    section = SECTION.search(text).group(1)
    files = FILE.findall(section)
    commands = [line for block in COMMANDS.findall(section)
                for line in block.splitlines()]
    failed = 0
    print(f"1..{len(files) + len(commands)}")
    with tempfile.TemporaryDirectory(prefix="mica-porting-") as copy:
        tree = Path(copy) / "mica"
        shutil.copytree(ROOT, tree, symlinks=True,
                        ignore=shutil.ignore_patterns("build", ".git"))
        for number, (name, content) in enumerate(files, 1):
            path = tree / name
            known = path.exists()
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
            failed += known
            print(f"{'not ok' if known else 'ok'} {number} - porting: {name}")
        for number, command in enumerate(commands, len(files) + 1):
            good, lines = run(command, tree)
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - porting: {command}")
            for line in [] if good else lines[-20:]:
                print(f"# {line}")
            sys.stdout.flush()
    return 1 if failed or not files or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
