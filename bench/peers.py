# SPDX-License-Identifier: MIT
"""The allocators that are compared, and how a program is made to use one.

glibc is the program without a preload. Every other one is a shared library,
found through dpkg (which knows its packages' files) or the linker's cache,
never by a fixed path: distributions differ in where they put libraries.
"""
import os
import subprocess
from collections import namedtuple

Peer = namedtuple("Peer", "name version preload")

# name: (Debian package, name of the library that overrides malloc)
PACKAGES = {
    "mimalloc": ("libmimalloc2.0", "libmimalloc.so.2"),
    "jemalloc": ("libjemalloc2", "libjemalloc.so.2"),
    "tcmalloc": ("libtcmalloc-minimal4", "libtcmalloc_minimal.so.4"),
    "tbbmalloc": ("libtbbmalloc2", "libtbbmalloc_proxy.so.2"),
}
ALL = ["mica", "mimalloc", "jemalloc", "tcmalloc", "tbbmalloc", "glibc"]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def output_of(*command):
    """What a command prints; nothing when it is missing or fails."""
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def find_library(package, soname):
    """The path of a shared library, or None."""
    for line in output_of("dpkg", "-L", package).splitlines():
        if os.path.basename(line) == soname:
            return line
    for tool in ("ldconfig", "/sbin/ldconfig"):
        for line in output_of(tool, "-p").splitlines():
            if line.strip().startswith(soname + " "):
                return line.split("=>")[-1].strip()
    return None


def package_version(package):
    version = output_of("dpkg-query", "-W", "-f", "${Version}", package)
    return version.split("-")[0].split("+")[0] or "?"


def mica_version():
    version = output_of("git", "-C", ROOT, "describe", "--always", "--dirty")
    return version.strip() or "?"


def find(name, mica=None):
    """One allocator by name; None when it is not on this machine."""
    if name == "mica":
        path = mica or os.path.join(ROOT, "build", "host", "libmica.so")
        path = os.path.realpath(path)
        return Peer(name, mica_version(), path) if os.path.exists(path) else None
    if name == "glibc":
        version = os.confstr("CS_GNU_LIBC_VERSION").split()[-1]
        return Peer(name, version, None)
    if name in PACKAGES:
        path = find_library(*PACKAGES[name])
        return Peer(name, package_version(PACKAGES[name][0]), path) if path else None
    if os.path.exists(name):
        base = os.path.basename(name).split(".so")[0]
        return Peer(base, "", os.path.realpath(name))
    raise SystemExit(f"no allocator '{name}': one of {', '.join(ALL)}, "
                     "or the path of a library to preload")


def find_all(names, mica=None):
    """Those of the names that are here; says which are not."""
    found = []
    for name in names:
        peer = find(name, mica)
        if peer:
            found.append(peer)
        else:
            hint = ("`make lib` builds it" if name == "mica"
                    else "`tools/setup bench` installs it")
            print(f"{name} is left out: not on this machine; {hint}")
    if not found:
        raise SystemExit("no allocator to measure")
    return found


def environment(peer, **more):
    """The environment in which a program runs on an allocator."""
    env = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
    env.update(more, LC_ALL="C")
    if peer.preload:
        env["LD_PRELOAD"] = peer.preload
    return env
