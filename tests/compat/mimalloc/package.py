#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A package of Debian's, built from source with its malloc replaced. Prints TAP.

The package, awk as its authors have it, is built twice as Debian builds it: as
it is; and with mimalloc-override.h in front of each source file and libmica
behind. Its own tests, which compare it to the awk that is installed, must say
the same of both. Nothing in the source is touched.

Needs the network for the source, once, and what tools/packages.txt has under
[package].
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
PACKAGE = "original-awk"
CALLS = r"(?:malloc|calloc|realloc|free|strdup|strndup)"
number = failed = 0


def result(good, what, why=""):
    global number, failed
    number += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} - {what}")
    for line in why.splitlines()[-15:] if not good else ():
        print(f"# {line}")
    return good


def run(command, stderr=subprocess.STDOUT, **more):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE,
                          stderr=stderr, **more)


# ---- the source --------------------------------------------------------------

def archives():
    """Where this machine has packages from, as lines for their sources."""
    lines = set()
    for path in [Path("/etc/apt/sources.list"),
                 *Path("/etc/apt/sources.list.d").glob("*")]:
        text = path.read_text() if path.is_file() else ""
        for uri, suite in re.findall(r"^deb (?:\[.*?\] )?(\S*debian\S*) (\S+) .*\bmain",
                                     text, re.M):
            lines.add(f"deb-src {uri} {suite} main")
        for part in text.split("\n\n"):
            field = dict(re.findall(r"^(\w[\w-]*): *(.*)$", part, re.M))
            if "main" in field.get("Components", "").split() and \
                    "debian" in field.get("URIs", ""):
                uri, suite = field["URIs"].split()[0], field["Suites"].split()[0]
                lines.add(f"deb-src {uri} {suite} main")
    return sorted(lines)


def fetch(where):
    """Into @where, with lists of its own: the machine's stay what they are."""
    if list(where.glob("*.dsc")):
        return True
    (where / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (where / "sources.list").write_text("\n".join(archives()) + "\n")
    apt = ["apt-get", "-q", "-o", f"Dir::Etc::sourcelist={where}/sources.list",
           "-o", "Dir::Etc::sourceparts=-", "-o", f"Dir::State::lists={where}/lists",
           "-o", "APT::Sandbox::User=root"]
    for what in (["update"], ["source", "--download-only", PACKAGE]):
        ran = run([*apt, *what], cwd=where)
        if ran.returncode:
            return result(False, "the source is there", ran.stdout)
    shutil.rmtree(where / "lists")
    return True


# ---- the two builds --------------------------------------------------------------

def replaced(build):
    """What a package is built with, and nothing else, to have mica's malloc."""
    library = f"{build}/libmica.a -pthread"
    return {
        # The macros go behind libc's headers, which say what features they have.
        "DEB_CPPFLAGS_APPEND": "-D_GNU_SOURCE -include stdlib.h -include string.h "
        f"-I{ROOT}/compat/mimalloc -include mimalloc-override.h",
        "DEB_LDFLAGS_APPEND": library,
        # A tool that the build makes for itself is linked without these flags.
        "CC_FOR_BUILD": f"gcc -Wl,-u,mi_malloc {library}",
    }


def build_package(where, name, flags):
    at = where / name
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir()
    dsc = next(where.glob("*.dsc"))
    run(["dpkg-source", "-x", str(dsc), "source"], cwd=at)
    env = {**os.environ, "LC_ALL": "C", **flags}
    ran = run(["dpkg-buildpackage", "-b", "-us", "-uc"], cwd=at / "source",
              env=env)
    debs = list(at.glob(f"{PACKAGE}_*.deb"))
    if not result(ran.returncode == 0 and len(debs) == 1,
                  f"{name}: the package builds", ran.stdout):
        return None
    run(["dpkg-deb", "-x", str(debs[0]), "root"], cwd=at)
    (at / "log").write_text(ran.stdout)
    return at


# ---- what it does -----------------------------------------------------------------

def calls(at):
    """Who its object files call for memory."""
    text = "".join(run(["nm", "-u", str(o)]).stdout
                   for o in (at / "source").glob("*.o"))
    return set(re.findall(rf"^ +U ((?:mi_)?{CALLS})$", text, re.M))


def verdicts(at):
    """Its tests by name, and the words of those that were not content."""
    log = (at / "log").read_text()
    return re.findall(r"^(?:[tp]\.\w+:|T\.\w+:|BAD).*", log, re.M)


def awk(at, *args, stderr=subprocess.STDOUT, **env):
    program = at / "root" / "usr" / "bin" / PACKAGE
    return run([str(program), *args], cwd=at / "source" / "testdir",
               env={**os.environ, "LC_ALL": "C", **env}, timeout=60,
               stderr=stderr)


def output(at, program):
    # What it says of errors has the path in front.
    ran = awk(at, "-f", program, "test.countries", "test.data",
              stderr=subprocess.DEVNULL)
    return ran.returncode, ran.stdout


def compare(plain, mica):
    result(len(verdicts(mica)) > 100 and verdicts(plain) == verdicts(mica),
           f"its {len(verdicts(mica))} tests say what they say without mica",
           "\n".join(set(verdicts(mica)) ^ set(verdicts(plain))))
    programs = sorted(p.name for p in
                      (mica / "source" / "testdir").glob("p.*") if p.is_file())
    result(len(programs) > 40, "there are programs to compare")
    differ = [p for p in programs if output(plain, p) != output(mica, p)]
    result(not differ, f"{len(programs)} programs write the same", "\n".join(differ))
    load = 'BEGIN { for (i = 0; i < 200000; i++) a[i % 5000] = i "x"; print a[7] }'
    shown = [awk(at, load, MIMALLOC_SHOW_STATS="1") for at in (plain, mica)]
    result(shown[0].stdout == "195007x\n" and "195007x\n" in shown[1].stdout,
           "both do a load", shown[0].stdout + shown[1].stdout)
    found = re.search(r"live_blocks +(\d+)", shown[1].stdout)
    result(found and int(found[1]) > 5000, "its blocks are mica's", shown[1].stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    build = Path(parser.parse_args().build).resolve()
    where = build / "package"
    where.mkdir(parents=True, exist_ok=True)
    if fetch(where):
        plain = build_package(where, "plain", {})
        mica = build_package(where, "mica", replaced(build))
        if plain and mica:
            result("malloc" in calls(plain) and "mi_malloc" in calls(mica) and
                   not [c for c in calls(mica) if not c.startswith("mi_")],
                   "each call of malloc and its kin is replaced", str(calls(mica)))
            compare(plain, mica)
    print(f"1..{number}")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
