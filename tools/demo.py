#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real programs, unmodified, with mica preloaded and without.

Each program runs some times with and without in turn; medians count. One more
run, with a counter between the program and mica, tells how much it asks of its
allocator. A program belongs here when it makes a million calls or holds
100 MiB. What it prints must be the same, or the demo fails.
"""
import argparse
import hashlib
import math
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bench"))

import measure		# noqa: E402
import peers		# noqa: E402
import programs		# noqa: E402
import report		# noqa: E402

COUNTER = os.path.join(ROOT, "build", "host", "demo", "count.so")
WITHOUT = peers.Peer("without", "", None)
MILLION, MIB = 10 ** 6, 1024

WHAT = {
    "python": "objects, dictionaries, text", "perl": "hashes of lists, regexes",
    "lua": "tables, closures, strings", "gcc": "compiling a large file",
    "sqlite": "200,000 rows, joins", "git": "a log with all patches",
    "ruby": "objects, hashes, strings", "gawk": "associative arrays",
    "jq": "grouping 100,000 records", "xz": "compressing 23 MB",
    "redis": "redis-benchmark, 5 commands",
}


class Redis:
    """redis-server under redis-benchmark, on a free port of this machine.

    Time is the benchmark's, memory the server's. What is compared is the
    digest of a data set that was piped in before.
    """
    name = "redis"

    def __init__(self):
        self.server, self.cli, self.bench = (
            programs.command(n) for n in ("redis-server", "redis-cli",
                                          "redis-benchmark"))
        self.argv = [self.server and self.cli and self.bench]
        self.load = os.path.join(programs.FOLDER, "redis.txt")

    def prepare(self):
        os.makedirs(programs.FOLDER, exist_ok=True)
        with open(self.load, "w", encoding="ascii", newline="") as f:
            for n in range(60000):
                f.write(f"SET key:{n} {'v' * (n % 90 + 1)}{n}\r\n"
                        f"HSET hash:{n % 700} field:{n} {n * 17}\r\n"
                        f"SADD set:{n % 300} m{n * 31 % 9000}\r\n"
                        f"RPUSH list:{n % 200} {n}-{'x' * (n % 50)}\r\n"
                        f"ZADD sorted:{n % 100} {n % 977} e{n}\r\n")

    def client(self, port, *words, stdin=None):
        return subprocess.run([self.cli, "-p", str(port), *words], stdin=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False, timeout=60).stdout

    def await_start(self, process, port):
        for _ in range(200):
            if self.client(port, "ping").strip() == b"PONG":
                return
            if process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit("redis-server does not start")

    def work(self, port):
        """Load, digest, benchmark; the benchmark's seconds and the digest."""
        with open(self.load, "rb") as commands:
            self.client(port, "--pipe", stdin=commands)
        digest = self.client(port, "debug", "digest") + self.client(port, "dbsize")
        begun = time.monotonic()
        subprocess.run([self.bench, "-p", str(port), "-q", "-n", "250000", "-c", "20",
                        "-P", "16", "-d", "100", "-r", "100000", "-t",
                        "set,get,lpush,hset,sadd"], check=True, timeout=120,
                       stdout=subprocess.DEVNULL)
        return time.monotonic() - begun, digest

    def run(self, peer, env=None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with tempfile.TemporaryDirectory() as folder:
            result = os.path.join(folder, "result")
            argv = [self.server, "--port", str(port), "--bind", "127.0.0.1",
                    "--save", "", "--appendonly", "no", "--dir", folder,
                    "--enable-debug-command", "local"]
            process = measure.start(peer, argv, result, env,
                                    stdout=subprocess.DEVNULL)
            try:
                self.await_start(process, port)
                wall, digest = self.work(port)
                self.client(port, "shutdown", "nosave")
                process.wait(timeout=30)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
            _, user, system, peak, status = measure.read_result(result)
        return measure.Run(wall, user, system, peak, status,
                           hashlib.sha256(digest).hexdigest())


def run(program, peer, more=None):
    if isinstance(program, Redis):
        return program.run(peer, more)
    return measure.run(peer, program.argv, {**program.env, **(more or {})},
                       program.folder, program.stdin)


def count_calls(program, mica):
    """Calls of malloc, free and their family in one run."""
    counted = peers.Peer("mica, counted", "", f"{COUNTER}:{mica.preload}")
    with tempfile.NamedTemporaryFile() as f:
        f.write(bytes(8))
        f.flush()
        run(program, counted, {"MALLOC_COUNT_FILE": f.name})
        f.seek(0)
        return int.from_bytes(f.read(8), sys.byteorder)


class Result:
    """All runs of one program."""

    def __init__(self, program, mica, reps):
        self.name = program.name
        self.runs = {mica.name: [], WITHOUT.name: []}
        program.prepare()
        self.calls = count_calls(program, mica)
        for rep in range(reps):
            order = [mica, WITHOUT] if rep % 2 else [WITHOUT, mica]
            for peer in order:
                self.runs[peer.name].append(run(program, peer))

    def median(self, name, field):
        return statistics.median(getattr(r, field) for r in self.runs[name])

    def ratio(self, field):
        return self.median("mica", field) / self.median("without", field)

    def same(self):
        runs = self.runs["mica"] + self.runs["without"]
        return (len({r.output for r in runs}) == 1
                and all(r.status == 0 for r in runs))

    def earnest(self):
        return self.calls >= MILLION or self.median("mica", "peak") >= 100 * MIB

    def row(self):
        def judged(value):
            return (f"{value:.2f}", report.good if value <= 1 else None)
        return [self.name, WHAT[self.name], f"{self.calls / MILLION:.2f} M",
                f"{self.median('mica', 'peak') / MIB:.1f}",
                ("yes", report.good) if self.same() else ("NO", report.bad),
                f"{self.median('without', 'wall'):.2f}",
                f"{self.median('mica', 'wall'):.2f}", judged(self.ratio("wall")),
                judged(self.ratio("peak"))]


HEAD = ["program", "at work on", "calls", "peak MiB", "same output", "s without",
        "s with", "time", "memory"]


def mean(results, field):
    return math.exp(statistics.fmean(math.log(r.ratio(field)) for r in results))


def show(results, mica, reps):
    last = ["geometric mean", "", "", "", "", "", "", f"{mean(results, 'wall'):.2f}",
            f"{mean(results, 'peak'):.2f}"]
    print("\n" + report.bold("Unmodified programs with libmica.so preloaded, and without")
          + report.dim(f"   mica {mica.version}; median of {reps}, in turns"))
    print(report.dim("  " + report.machine()) + "\n")
    report.table(HEAD, [r.row() for r in results] + [last], left=2,
                 rules=(len(results),))
    print(report.dim("""
  calls: malloc, free and their family, counted in a run of its own; peak: the largest
  resident memory of the run with mica; ratios: with / without, below 1 is better.
  Without the preload the programs use glibc; Debian's redis uses jemalloc."""))


def main():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--only", help="programs, by name, with commas between")
    parse.add_argument("--mica", help="the library to preload")
    parse.add_argument("--reps", type=int, default=3)
    parse.add_argument("--least", type=int, default=8,
                       help="fail when fewer programs than this ran")
    args = parse.parse_args()
    mica = peers.find("mica", args.mica)
    if not mica:
        raise SystemExit("libmica.so is not built: make lib")
    wanted = args.only.split(",") if args.only else list(WHAT)
    results = []
    for program in [*programs.programs(), Redis()]:
        if program.name not in wanted:
            continue
        if not program.argv[0]:
            print(f"{program.name} is left out: not on this machine; "
                  "`tools/setup demo` installs it")
            continue
        report.progress(program.name)
        results.append(Result(program, mica, args.reps))
    report.progress("")
    if not results:
        raise SystemExit("none of these programs is on this machine")
    show(results, mica, args.reps)
    return judge(results, args.least if not args.only else 1)


def judge(results, least):
    faults = [f"{r.name} printed something else or failed" for r in results
              if not r.same()]
    faults += [f"{r.name} hardly allocates" for r in results if not r.earnest()]
    if len(results) < least:
        faults.append(f"only {len(results)} programs ran, not {least}")
    for fault in faults:
        print(report.bad("FAILED: " + fault))
    if not faults:
        print(report.good(f"\n  {len(results)} programs, every one prints the same."))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
