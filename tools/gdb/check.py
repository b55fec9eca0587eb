#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare what mica.py says with what mica itself says. Prints TAP.

Three ways to look at the same program, which stops in gdb_stop(): a process, the
core file that gdb writes of it, and a board through QEMU's stub. Calling
functions of the program is forbidden to gdb meanwhile.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from snapshot import Wrong, load  # noqa: E402

HERE = Path(__file__).resolve().parent
HEAP = ["used", "total", "peak", "soft", "hard", "pages", "runs"]
NAMES = ["live_bytes", "live_blocks", "used_bytes", "peak_bytes", "committed",
         "reserved", "largest_free", "regions", "pages"]
LOOK = ["echo [stats]\\n", "mica stats",
        *[f"printf \"said {n} %lu\\n\", (unsigned long)gdb_stats.{n}"
          for n in NAMES],
        "echo [sound]\\n", "print gdb_sound", "mica check",
        "echo [small]\\n", "mica block gdb_small",
        "echo [freed]\\n", "mica block gdb_freed",
        "echo [run]\\n", "mica block gdb_run",
        "echo [inside]\\n", "mica block (char *)gdb_run + 100",
        "echo [huge]\\n", "mica block gdb_huge",
        "echo [foreign]\\n", "mica block (void *)16",
        "echo [regions]\\n", "mica regions",
        "echo [heap_small]\\n", "mica block gdb_heap_small",
        "echo [heap_run]\\n", "mica block gdb_heap_run",
        "echo [stripped]\\n", "mica block gdb_stripped",
        "echo [heaps]\\n", "mica heaps",
        "echo [said]\\n",
        *[f"printf \"{h} %lu\\n\", (unsigned long)gdb_{h}.{n}"
          for h in ("outer", "inner") for n in HEAP]]
# A link of a free block; a run's own word, on the tag layout.
BREAK_PAGE = ["echo [page]\\n", "set {unsigned long}gdb_freed = 0x1234",
              "mica check", "echo [end]\\n"]
BREAK_RUN = ["echo [broken]\\n",
             "set {unsigned int}((char *)gdb_run - 4) = 0xfffffff0",
             "mica check", "echo [end]\\n"]


def snapshots(folder):
    """Have gdb write both: its own, and what mica_snapshot() wrote."""
    return ["echo [snapshot]\\n", f"mica snapshot {folder}/gdb.json",
            f"dump binary memory {folder}/own.json &gdb_snapshot[0] "
            "&gdb_snapshot[gdb_snapshot_len]", "mica snapshot",
            "echo [end]\\n"]


def without_settled(document):
    """gdb sees all stand still, so that each page is settled."""
    for region in document["regions"]:
        for run in region["runs"]:
            run.pop("settled", None)
    return document


def judge_snapshot(tap, where, folder, said):
    own = seen = None
    try:
        own, seen = (without_settled(
            load(Path(f"{folder}/{name}.json").read_text("ascii")))
            for name in ("own", "gdb"))
    except (OSError, Wrong) as wrong:
        tap.check(False, f"{where}: snapshots that add up", f"{wrong}\n"
                  + said["all"])
        return
    tap.check(True, f"{where}: snapshots that add up")
    tap.check(own == seen, f"{where}: gdb's is mica's own",
              f"{json.dumps(own)}\n{json.dumps(seen)}")
    tap.check("mica snapshot FILE" in said["all"],
              f"{where}: a snapshot into nowhere", said["all"])


class Tap:
    def __init__(self):
        self.number = self.failed = 0

    def check(self, good, name, note=""):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - gdb: {name}")
        if not good:
            for line in note.splitlines():
                print(f"# {line}")
        sys.stdout.flush()


def gdb(program, before, commands, *more, tool="gdb-multiarch"):
    """gdb's output, cut into sections by [name]."""
    words = [tool, "-q", "-nx", "--batch"]
    for command in ["set pagination off", "set debuginfod enabled off",
                    f"source {HERE}/mica.py", *before,
                    "set may-call-functions off", *commands]:
        words += ["-ex", command]
    done = subprocess.run([*words, str(program), *more], text=True,
                          capture_output=True, timeout=120, check=False)
    parts = re.split(r"^\[(\w+)\]\n", done.stdout, flags=re.M)
    sections = dict(zip(parts[1::2], parts[2::2]))
    sections["all"] = done.stdout + done.stderr
    return sections


def numbers(text, pattern):
    return {n: int(v) for n, v in re.findall(pattern, text, re.M)}


def judge(tap, where, said, huge):
    def has(section, pattern, name):
        tap.check(re.search(pattern, said.get(section, "")),
                  f"{where}: {name}", said["all"])

    stats = said.get("stats", "")
    seen = numbers(stats, r"^(\w+) +(\d+)$")
    own = numbers(stats, r"^said (\w+) (\d+)$")
    tap.check(len(own) == len(NAMES) and seen == own,
              f"{where}: the statistics are mica's own", said["all"])
    has("sound", r"= 0\nsound", "what mica_check() finds sound is")
    has("small", r"^block 0x\w+, (24|32) bytes, live, in the page", "a live block")
    has("freed", r"^block 0x\w+, (24|32) bytes, free", "a free one")
    has("run", r"^block 0x\w+, \d+ bytes, live, a run", "a run")
    tap.check(said.get("inside") == said.get("run"),
              f"{where}: an address inside it", said["all"])
    if huge:
        has("stripped", r"^block 0x\w+, \d+ bytes, free, .* stripped$",
            "a block whose memory has gone")
        has("huge", r"^huge block 0x\w+, \d+ bytes, live", "a huge block")
    has("foreign", r"^not mica's", "a pointer that is not mica's")
    tap.check(len(said.get("regions", "").splitlines()) ==
              own.get("regions"), f"{where}: all regions", said["all"])
    if where != "core file":
        has("page", r"^invariant 3: free block", "a broken free list")
    heaps(tap, where, said, own)


def heaps(tap, where, said, own):
    rows = [line.split() for line in said.get("heaps", "").splitlines()[1:]]
    told = {"outer": [], "inner": []}
    for line in said.get("said", "").splitlines():
        name, value = line.split()[:2]
        told.get(name, []).append(value)
    main = rows[0] if rows else []
    tap.check(main[:1] == ["main"] and main[2:4] == [
        str(own.get(n)) for n in ("used_bytes", "peak_bytes")],
        f"{where}: the main heap", said["all"])
    if not any(int(v) for v in told["outer"]):     # a build without
        tap.check(len(rows) == 1, f"{where}: no other heap", said["all"])
        return
    tap.check(rows[1:] == [["outer", *told["outer"]],
                           ["inner", "outer", *told["inner"]]],
              f"{where}: what each heap has is as mica says", said["all"])
    for section, what in ("heap_small", "in the page .*, of inner"), \
            ("heap_run", "a run of its own, of outer"):
        tap.check(re.search(rf"^block 0x\w+, \d+ bytes, live, {what}$",
                            said.get(section, ""), re.M),
                  f"{where}: whose {section} is", said["all"])


def attached(tap, program):
    """A process that nobody stopped before; it is at rest soon, and stays so."""
    with tempfile.TemporaryDirectory() as folder, \
            subprocess.Popen([program]) as running:
        try:
            said = {"all": ""}
            for _ in range(20):
                time.sleep(0.2)
                said = gdb(program, [f"attach {running.pid}"],
                           [f"mica snapshot {folder}/gdb.json", "print gdb_sound",
                            "print gdb_snapshot_len > 0"])
                if "= 1" in said["all"]:
                    break
        finally:
            running.kill()
        if "ptrace:" in said["all"]:
            tap.check(True, "attached: not permitted here")
            return
        try:
            load(Path(f"{folder}/gdb.json").read_text("ascii"))
            tap.check(True, "attached: a snapshot that adds up")
        except (OSError, Wrong) as wrong:
            tap.check(False, "attached: a snapshot that adds up",
                      f"{wrong}\n{said['all']}")


def host(tap, program):
    with tempfile.TemporaryDirectory() as folder:
        core = f"{folder}/core"
        run = ["break gdb_stop", "run"]
        said = gdb(program, run, [*LOOK, *snapshots(folder), f"echo [core]\\n",
                                  f"generate-core-file {core}", *BREAK_PAGE])
        judge(tap, "process", said, True)
        judge_snapshot(tap, "process", folder, said)
        said = gdb(program, [], [*LOOK, *snapshots(folder)], core)
        judge(tap, "core file", said, True)
        judge_snapshot(tap, "core file", folder, said)
    attached(tap, program)
    said = gdb("/bin/true", [], ["mica stats"])
    tap.check("is mica loaded" in said["all"], "a program without mica",
              said["all"])


def board(tap, image, machine):
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/stub"
        with subprocess.Popen(
                ["qemu-system-arm", "-M", machine, "-display", "none",
                 "-monitor", "none", "-serial", "none", "-S",
                 "-semihosting-config", "enable=on,target=native",
                 "-gdb", f"unix:{socket},server=on,wait=off",
                 "-kernel", str(image)]) as qemu:
            try:
                while qemu.poll() is None and not Path(socket).exists():
                    pass
                said = gdb(image, [f"target remote {socket}", "break gdb_stop",
                                   "continue"], [*LOOK, *snapshots(folder),
                                               *BREAK_PAGE, *BREAK_RUN])
            finally:
                qemu.kill()
        judge_snapshot(tap, f"board {machine}", folder, said)
    judge(tap, f"board {machine}", said, False)
    tap.check("invariant 1: run" in said.get("broken", ""),
              f"board {machine}: a broken run is found", said["all"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("--board", nargs=2, action="append", default=[],
                        metavar=("IMAGE", "MACHINE"))
    args = parser.parse_args()
    tap = Tap()
    host(tap, args.program)
    for image, machine in args.board:
        board(tap, image, machine)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
