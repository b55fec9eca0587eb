# SPDX-License-Identifier: MIT
"""One run of a program on an allocator: times, peak memory, output.

The work is done by host/measure.c, for the reason that stands there.
"""
import hashlib
import os
import signal
import subprocess
import tempfile
from collections import namedtuple

import peers

class Run(namedtuple("Run", "wall user system peak status output")):
    """What a run took: seconds, KiB, exit status, hash of its output."""

    @property
    def cpu(self):
        return self.user + self.system


TIMEOUT = 300


def launcher():
    return os.path.join(peers.ROOT, "build", "host", "bench", "measure")


def read_result(path):
    with open(path, encoding="ascii") as f:
        wall, user, system, peak, status = f.read().split()
    return float(wall), float(user), float(system), int(peak), int(status)


def start(peer, argv, result, env=None, **how):
    """Start a program in the background; read_result() once it ended."""
    return subprocess.Popen([launcher(), result, *argv],
                            env=peers.environment(peer, **(env or {})),
                            start_new_session=True, **how)


def run(peer, argv, env=None, cwd=None, stdin=None):
    """Run a program to its end; the output is told by its hash."""
    with tempfile.TemporaryDirectory() as folder, \
            open(stdin or os.devnull, "rb") as source:
        result = os.path.join(folder, "result")
        process = start(peer, argv, result, env, cwd=cwd, stdin=source,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise SystemExit(f"{argv[0]} on {peer.name}: no end after "
                             f"{TIMEOUT} s") from None
        if not os.path.exists(result):
            raise SystemExit(f"{argv[0]} on {peer.name}: "
                             f"{err.decode(errors='replace').strip()}")
        wall, user, system, peak, status = read_result(result)
    if status:
        last = err.decode(errors="replace").strip().splitlines()[-3:]
        print(f"{os.path.basename(argv[0])} on {peer.name} ended with status "
              f"{status}: {' | '.join(last)}")
    digest = hashlib.sha256(out).hexdigest()
    return Run(wall, user, system, peak, status, digest)
