#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Instructions for one malloc(16) + free pair, the library preloaded.

Callgrind counts the instructions of a program that runs the loop of
host/pair.c N and 2N times; (Ir(2N) - Ir(N)) / N is one turn of the loop,
start and end of the program fall out. The same is counted for a loop that
calls two functions of one instruction each, a return. From the two follow

  library	what executes inside the allocator, from the first instruction
		of malloc to its return and the same for free: turn - turn of
		the empty loop + 2 returns. In this count glibc 2.36 is 129.
  with PLT	the same plus 2 calls and 2 jumps of the PLT, which the
		allocator cannot help.

Slow paths that a fraction of the pairs take are in it: hence the decimals.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter

import peers
import report

N = 100_000
CALLS_AND_JUMPS = 4	# call malloc, its PLT jump; call free, its PLT jump
RETURNS = 2


def callgrind(peer, program, loop, count, out="/dev/null"):
    """Instructions of one run; the profile goes to `out`."""
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
               program, loop, str(count)]
    try:
        run = subprocess.run(command, env=peers.environment(peer),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, check=False)
    except FileNotFoundError:
        raise SystemExit("valgrind is missing: tools/setup bench") from None
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode or not found:
        raise SystemExit(f"callgrind failed on {peer.name}:\n{run.stderr}")
    return int(found.group(1))


def turn(peer, program, loop):
    once = callgrind(peer, program, loop, N)
    twice = callgrind(peer, program, loop, 2 * N)
    return (twice - once) / N


def self_costs(path):
    """Instructions by function from a callgrind profile, callees apart."""
    names, costs, function, skip = {}, Counter(), None, False
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            if line.startswith("fn="):
                number, _, name = line[3:].strip().partition(" ")
                function = names.setdefault(number, name)
            elif line.startswith("cfn="):
                number, _, name = line[4:].strip().partition(" ")
                names.setdefault(number, name)
            elif line.startswith("calls="):
                skip = True
            elif re.match(r"[+\-*0-9]", line):
                if not skip:
                    costs[function] += int(line.split()[1])
                skip = False
    return costs


def where(peer, program):
    """Which functions a pair's instructions are spent in."""
    profiles = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (N, 2 * N):
            out = os.path.join(folder, str(count))
            callgrind(peer, program, "pairs", count, out)
            profiles.append(self_costs(out))
    rows = [(name, (cost - profiles[0][name]) / N)
            for name, cost in profiles[1].most_common()]
    report.table(["function", "instructions a pair"],
                 [[name, f"{cost:.2f}"] for name, cost in rows if cost >= 0.005])


def measure(program, found):
    empty = turn(peers.Peer("none", "", None), program, "none")
    records = []
    for peer in found:
        inside = turn(peer, program, "pairs") - empty + RETURNS
        records.append({"bench": "pair", "allocator": peer.name,
                        "version": peer.version, "library": round(inside, 2),
                        "with_plt": round(inside + CALLS_AND_JUMPS, 2)})
    return records


def show(records):
    print("\n" + report.bold("Instructions for one malloc(16) + free pair, preloaded")
          + report.dim("   callgrind, exact"))
    report.table(["allocator", "version", "library", "with PLT"],
                 [[r["allocator"], r["version"], f"{r['library']:.1f}",
                   f"{r['with_plt']:.1f}"] for r in records], left=2)


def gate(records, limit):
    """True when mica is there and within the limit."""
    mica = [r for r in records if r["allocator"] == "mica"]
    ok = bool(mica) and mica[0]["library"] <= limit
    count = f"{mica[0]['library']:.1f}" if mica else "not measured"
    print(f"{'ok' if ok else 'FAILED'}: malloc(16)+free pair: {count} instructions, "
          f"limit {limit}")
    return ok


def main():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("program", help="the built bench/host/pair.c")
    parse.add_argument("--libs", default=",".join(peers.ALL),
                       help="allocators, or paths of libraries to preload")
    parse.add_argument("--mica", help="libmica.so to measure")
    parse.add_argument("--json", help="write JSON lines here")
    parse.add_argument("--limit", type=float,
                       help="fail when mica executes more than this")
    parse.add_argument("--where", action="store_true",
                       help="show the functions instead of the sum")
    args = parse.parse_args()
    found = peers.find_all(args.libs.split(","), args.mica)
    if args.where:
        for peer in found:
            print("\n" + report.bold(peer.name))
            where(peer, args.program)
        return 0
    records = measure(args.program, found)
    show(records)
    if args.json:
        report.write_lines(args.json, records)
    return 0 if args.limit is None or gate(records, args.limit) else 1


if __name__ == "__main__":
    sys.exit(main())
