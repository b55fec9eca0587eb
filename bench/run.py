#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Time and peak memory of workloads on several allocators.

Each workload runs on each allocator in turn, again and again (interleaved, so
that a slow minute of the machine hits all alike), and the medians count: wall
time, and the largest resident memory of the process. Ratios are to mimalloc;
the last lines are geometric means. Outputs are compared too: an allocator on
which a program prints something else is an error.
"""
import argparse
import math
import os
import statistics
import sys

import chart
import measure
import peers
import programs
import report

REFERENCE = "mimalloc"
WORST = 1.3	# what no workload may exceed
NOISY = 0.25	# gaps between runs that are worth a remark
OUT = os.path.join(peers.ROOT, "build", "bench")
BUILT = os.path.join(peers.ROOT, "build", "host", "bench")

# Our own: name, program under bench/host, further arguments.
OWN = [
    ("larson", "larson", []),
    ("xmalloc", "xmalloc", []),
    ("alloc-test", "alloc_test", []),
    ("alloc-test-2", "alloc_test", ["2"]),
    ("mstress", "mstress", []),
    ("simple", "simple", []),
    ("grow", "grow", []),
    ("large", "large", []),
    ("threads", "threads", []),
    ("rho", "rho", []),
    ("cubes", "cubes", []),
]
REAL = ["python", "perl", "lua", "gcc", "sqlite"]


class Workload:
    def __init__(self, name, argv, env=None, stdin=None, cwd=None):
        self.name, self.argv, self.env = name, argv, env
        self.stdin, self.cwd = stdin, cwd
        self.runs = {}

    def run(self, peer):
        run = measure.run(peer, self.argv, self.env, self.cwd, self.stdin)
        self.runs.setdefault(peer.name, []).append(run)

    def median(self, peer, field):
        return statistics.median(getattr(r, field) for r in self.runs[peer.name])

    def spread(self, field):
        """The widest gap between the runs on one allocator, by the median."""
        times = [[getattr(r, field) for r in rs] for rs in self.runs.values()]
        return max((max(t) - min(t)) / statistics.median(t) for t in times)

    def sound(self):
        """Did every run succeed, and print the same?"""
        runs = [r for rs in self.runs.values() for r in rs]
        return (all(r.status == 0 for r in runs)
                and len({r.output for r in runs}) == 1)


def own_workloads(scale):
    return [Workload(name, [os.path.join(BUILT, program), str(scale), *more])
            for name, program, more in OWN]


def real_workloads(names):
    found = []
    for name in names:
        program = programs.find(name)
        if program:
            program.prepare()
            found.append(Workload(name, program.argv, program.env,
                                  program.stdin, program.folder))
        else:
            print(f"{name} is left out: not on this machine; "
                  "`tools/setup bench` installs it")
    return found


def choose(args):
    only = [n for n in args.only.split(",") if n] if args.only else []
    known = [w[0] for w in OWN] + REAL
    for name in only:
        if name not in known:
            raise SystemExit(f"no workload '{name}': one of {', '.join(known)}")
    chosen = [w for w in own_workloads(args.scale) if not only or w.name in only]
    return chosen + real_workloads([n for n in REAL if not only or n in only])


def run_all(workloads, found, reps):
    total, done = reps * len(workloads) * len(found), 0
    for rep in range(reps):
        for workload in workloads:
            turn = rep % len(found)
            for peer in found[turn:] + found[:turn]:
                done += 1
                report.progress(f"{done}/{total}  {workload.name} on {peer.name}")
                workload.run(peer)
    report.progress("")


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(v) for v in values))


def shade(peer, ratio):
    """Only our own column is judged by colour."""
    if peer.name != "mica":
        return None
    return report.bad if ratio > WORST else report.good if ratio <= 1 else None


def ratio_table(title, unit, field, factor, workloads, found, reference):
    """Print one table; return {peer name: [ratio of each workload]}."""
    ratios = {p.name: [w.median(p, field) / w.median(reference, field)
                       for w in workloads] for p in found}
    head = ["workload", f"{reference.name} {unit}"] + [p.name for p in found]
    rows = []
    for i, w in enumerate(workloads):
        cells = [(f"{ratios[p.name][i]:.2f}", shade(p, ratios[p.name][i]))
                 for p in found]
        rows.append([w.name, f"{w.median(reference, field) * factor:.2f}"] + cells)
    for name, how in (("geometric mean", geometric_mean), ("worst", max)):
        cells = [(f"{how(ratios[p.name]):.2f}", shade(p, how(ratios[p.name])))
                 for p in found]
        rows.append([name, ""] + cells)
    print("\n" + report.bold(title) + report.dim(f"   ratio to {reference.name}"
          f" {reference.version}; smaller is better"))
    report.table(head, rows, rules=(len(workloads),))
    return ratios


def show(workloads, found, reps, clock):
    reference = next((p for p in found if p.name == REFERENCE), found[0])
    print("\n" + report.dim(report.machine() + f"; median of {reps}"))
    time = ratio_table(f"Time, {clock}", "s", clock, 1, workloads, found, reference)
    memory = ratio_table("Peak resident memory", "MiB", "peak", 1 / 1024,
                         workloads, found, reference)
    print("\n" + report.dim("  versions: " + ", ".join(
        f"{p.name} {p.version}" for p in found)))
    noisy = [f"{w.name} {w.spread(clock):.0%}" for w in workloads
             if w.spread(clock) > NOISY]
    if noisy:
        print(report.dim(f"  spread between runs over {NOISY:.0%}: " + ", ".join(noisy)))
    return reference, time, memory


def records(workloads, found, reference):
    for w in workloads:
        for p in found:
            yield {"bench": w.name, "allocator": p.name, "version": p.version,
                   "wall_s": w.median(p, "wall"), "user_s": w.median(p, "user"),
                   "system_s": w.median(p, "system"),
                   "peak_kib": w.median(p, "peak"),
                   "wall_min_s": min(r.wall for r in w.runs[p.name]),
                   "wall_max_s": max(r.wall for r in w.runs[p.name]),
                   "runs": len(w.runs[p.name]), "reference": reference.name,
                   "machine": report.machine()}


def arguments():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--only", help="workloads, by name, with commas between")
    parse.add_argument("--libs", default=",".join(peers.ALL),
                       help="allocators, or paths of libraries to preload")
    parse.add_argument("--mica", help="libmica.so to measure")
    parse.add_argument("--reps", type=int, default=5)
    parse.add_argument("--scale", type=int, default=100,
                       help="our own workloads, in percent of their usual work")
    parse.add_argument("--clock", choices=["wall", "cpu"], default="wall",
                       help="what counts as time; cpu (user + system) bears a "
                            "machine that others use too")
    parse.add_argument("--name", default="host", help="of the files written")
    return parse.parse_args()


def main():
    args = arguments()
    if args.reps < 1:
        raise SystemExit("--reps: at least one")
    found = peers.find_all(args.libs.split(","), args.mica)
    workloads = choose(args)
    run_all(workloads, found, args.reps)
    reference, time, memory = show(workloads, found, args.reps, args.clock)
    base = os.path.join(OUT, args.name)
    report.write_lines(base + ".jsonl", records(workloads, found, reference))
    chart.write(base + ".svg", workloads, found, reference, time, memory)
    print(report.dim(f"  written: {os.path.relpath(base)}.jsonl, "
                     f"{os.path.relpath(base)}.svg"))
    unsound = [w.name for w in workloads if not w.sound()]
    if unsound:
        print(report.bad("FAILED, or printed something else on one allocator "
                         "than on another: " + ", ".join(unsound)))
    return 1 if unsound else 0


if __name__ == "__main__":
    sys.exit(main())
