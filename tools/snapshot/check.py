#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Have programs write snapshots, on each layout and a board. Prints TAP.

What each says that it allocated must lie where the snapshot has it; and
MICA_SNAPSHOT=FILE is tried with a program that knows nothing of mica.
"""
import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from snapshot import Wrong, load  # noqa: E402

WARNING = "mica: warning: cannot write the snapshot "


class Tap:
    def __init__(self):
        self.number = self.failed = 0

    def check(self, good, name, note=""):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - snapshot: {name}")
        if not good:
            for line in str(note)[:4000].splitlines():
                print(f"# {line}")
        sys.stdout.flush()
        return good


def run(command, **env):
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          timeout=60, env={**os.environ, **env})


def areas(document):
    """(first address, bytes a block, blocks, used, whose) of each."""
    for region in document["regions"]:
        for r in region["runs"]:
            if r["kind"] in ("page", "block"):
                yield (region["base"] + r["at"] + r["first"], r["block_bytes"],
                       r.get("blocks", 1), r.get("used", 1), r["heap"])


def misplaced(document, blocks):
    """Blocks that are not in exactly one area, or are of another size there."""
    rows = list(areas(document))
    for address, usable in blocks:
        found = [row for row in rows
                 if 0 <= address - row[0] < row[1] * row[2]]
        if len(found) != 1 or (address - found[0][0]) % found[0][1] or \
                not usable <= found[0][1] <= usable + 8:
            yield f"{address:#x} of {usable} bytes in {found}"


def overfull(document, blocks):
    """Areas in which more of the blocks lie than live there."""
    for start, size, count, used, _ in areas(document):
        told = sum(0 <= a - start < size * count for a, _ in blocks)
        if told > used:
            yield f"{told} in {start:#x}, {used} used"


def program(tap, where, command):
    """Run one, and hold its snapshot against what it said. Return: it."""
    done = run(command)
    text = done.stdout + done.stderr
    blocks = [(int(a), int(n)) for a, n in
              re.findall(r"^block (\d+) (\d+)$", text, re.M)]
    try:
        document = load(text[text.index("{\n"):])
    except (ValueError, Wrong) as wrong:
        tap.check(False, f"{where}: adds up", f"{wrong}\n{text}")
        return None
    tap.check(done.returncode == 0 and len(blocks) > 60,
              f"{where}: adds up", text)
    wrong = [*misplaced(document, blocks), *overfull(document, blocks)]
    tap.check(not wrong, f"{where}: the program's blocks are there", wrong)
    live = document["counters"]["live_blocks"]
    tap.check(live == len(blocks), f"{where}: and no others", live)
    return document


def heaps(tap, where, document):
    named = [h for h in document["heaps"] if h["name"] == "task"]
    mine = [row for row in areas(document)
            if named and row[4] == named[0]["number"]]
    tap.check(named and sum(row[3] for row in mine) == 10 and
              named[0]["hard_quota"] == 1 << 24,
              f"{where}: what a heap has is marked as its own",
              document["heaps"])


def environment(tap, libmica, folder):
    python = [sys.executable, "-c", "x = [bytes(3000) for _ in range(999)]"]

    def snapshot(name, command=python, cwd=folder):
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60,
            cwd=cwd, env={**os.environ, "MICA_SNAPSHOT": name,
                          "LD_PRELOAD": str(libmica)})

    def sound(path):
        try:
            return load(path.read_text("ascii"))["regions"]
        except (OSError, Wrong) as wrong:
            return print(f"# {wrong}")

    done = snapshot("heap.json")
    tap.check(done.returncode == 0 and sound(folder / "heap.json"),
              "MICA_SNAPSHOT=FILE at a program's end", done.stderr)
    nested = f"import subprocess; subprocess.run({python!r}); raise SystemExit(3)"
    done = snapshot("of-%p.json", [sys.executable, "-c", nested])
    files = sorted(folder.glob("of-*.json"))
    tap.check(done.returncode == 3 and len(files) == 2 and
              all(re.fullmatch(r"of-\d+\.json", f.name) and sound(f)
                  for f in files), "%p: a file for each process", files)
    snapshot("1")
    files = list(folder.glob("mica.*.json"))
    tap.check(len(files) == 1 and sound(files[0]),
              "MICA_SNAPSHOT=1: into a file named by the process", files)
    before = set(folder.iterdir())
    done = snapshot("off")
    tap.check(set(folder.iterdir()) == before and done.stderr == "",
              "MICA_SNAPSHOT=off: none", done.stderr)
    for name in "no/such/folder", "x" * 5000:
        done = snapshot(name)
        tap.check(done.returncode == 0 and WARNING in done.stderr and
                  set(folder.iterdir()) == before,
                  f"a file that cannot be: {name[:14]}", done.stderr)
    done = run(["true"], MICA_VERBOSE="2", MICA_SNAPSHOT=f"{folder}/of.json",
               LD_PRELOAD=str(libmica))
    tap.check(re.search(r"^snapshot +1 file", done.stderr, re.M) and
              "no such option: MICA_SNAPSHOT" not in done.stderr,
              "it is listed among the options", done.stderr)


def reader(tap, folder):
    """tools/snapshot.py sees what is not as docs/snapshot.md says."""
    tool = Path(__file__).resolve().parent.parent / "snapshot.py"
    page = (tool.parent.parent / "docs/snapshot.md").read_text("utf-8")
    try:
        load(re.search(r"```json\n(.*?)```", page, re.S).group(1))
        tap.check(True, "the example of docs/snapshot.md is one")
    except Wrong as wrong:
        tap.check(False, "the example of docs/snapshot.md is one", wrong)
    good = folder / "heap.json"
    done = run([tool, good])
    tap.check(done.returncode == 0 and "region 0x" in done.stdout,
              "the reader tells of a good one", done.stderr)
    text = good.read_text("ascii")
    for what, spoilt in (
            ("cut short", text[:-40]),
            ("a counter", re.sub(r'("live_blocks": )\d+', r"\g<1>7", text)),
            ("a kind", text.replace('"kind": "free"', '"kind": "none"', 1)),
            ("a gap", re.sub(r'(\{"at": \d+, "bytes": )\d+', r"\g<1>65535",
                             text, count=1)),
            ("a heap", re.sub(r'("heap": )0', r"\g<1>99", text, count=1)),
            ("a version", text.replace('"mica_snapshot": 1',
                                       '"mica_snapshot": 2'))):
        try:
            load(spoilt)
            tap.check(spoilt == text, f"the reader sees {what}", "it does not")
        except Wrong as wrong:
            tap.check(True, f"the reader sees {what}", wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", required=True)
    parser.add_argument("--tag", required=True)
    parser.add_argument("--libmica", type=Path, required=True)
    parser.add_argument("--board", required=True, help="QEMU's command line")
    args = parser.parse_args()
    tap = Tap()
    host = program(tap, "host", [args.host])
    if host:
        heaps(tap, "host", host)
    tag = program(tap, "tag layout", [args.tag])
    if tag:
        heaps(tap, "tag layout", tag)
        tap.check(len(tag["regions"]) == 2, "tag layout: both spans")
    program(tap, "board", shlex.split(args.board))
    with tempfile.TemporaryDirectory() as folder:
        environment(tap, args.libmica.resolve(), Path(folder))
        reader(tap, Path(folder))
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
