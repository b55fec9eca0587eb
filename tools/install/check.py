#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Install a copy, build programs against it as a user would. Prints TAP."""
import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

# mica's malloc, or the libc's beside mica's own names: the program says.
PROGRAM = """\
#include <stdlib.h>
#include <mica/mica.h>
int main(void)
{
	void *mine = mica_malloc(100), *libcs = malloc(100);
	return !(mica_owns(mine) && mica_owns(libcs) == REPLACED &&
		 MICA_VERSION_MAJOR == MAJOR);
}
"""
CMAKE = """\
cmake_minimum_required(VERSION 3.18)
project(user C)
find_package(mica {version} REQUIRED)
foreach(kind mica static plain)
	add_executable(user_${{kind}} user.c)
	target_link_libraries(user_${{kind}} mica::${{kind}})
	target_compile_definitions(user_${{kind}} PRIVATE MAJOR={major}
		REPLACED=$<NOT:$<STREQUAL:${{kind}},plain>>)
endforeach()
"""


class Check:
    def __init__(self, args):
        self.cc = args.cc.split()
        self.work = Path(args.build).resolve() / "install"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.prefix = self.work / "usr"
        self.lib = self.prefix / "lib"
        self.env = {**os.environ, "PKG_CONFIG_PATH": f"{self.lib}/pkgconfig"}
        self.number = self.failed = 0

    def report(self, name, wrong=None):
        self.number += 1
        self.failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {self.number} - install: {name}",
              flush=True)
        for line in (wrong or "").splitlines():
            print(f"# {line}")

    def run(self, name, *commands, fails=None):
        """All commands succeed; or the last fails and says `fails`."""
        for number, command in enumerate(commands, 1):
            done = subprocess.run([str(word) for word in command],
                                  env=self.env, cwd=self.work,
                                  capture_output=True, text=True)
            said = done.stdout + done.stderr
            if fails and number == len(commands):
                good = done.returncode != 0 and fails in said
            else:
                good = done.returncode == 0
            if not good:
                self.report(name, f"{command}: {done.returncode}\n{said}")
                return
        self.report(name)


def make(*words):
    root = Path(__file__).resolve().parent.parent.parent
    return ["make", "-s", "-C", root, *words]


def check_layout(check):
    lib = check.lib
    missing = [p for p in ("libmica.a", "libmica-plain.a", "libmica.so",
                           "pkgconfig/mica.pc", "cmake/mica/mica-config.cmake")
               if not (lib / p).is_file()]
    out = subprocess.run(["readelf", "-d", str(lib / "libmica.so")], check=True,
                         capture_output=True, text=True).stdout
    soname = out.split("soname: [")[1].split("]")[0]
    if not (lib / soname).is_symlink():
        missing.append(soname)
    for header in ("mica.h", "config.h", "provider.h", "stats.h"):
        if not (check.prefix / "include/mica" / header).is_file():
            missing.append(header)
    check.report("all files are there", "\n".join(missing))


def pkg_config(check, name):
    out = subprocess.run(["pkg-config", "--cflags", "--libs", name],
                         env=check.env, capture_output=True, text=True)
    return out.stdout.split()


def check_pkg_config(check, major):
    for name, replaced in (("mica", 1), ("mica-plain", 0)):
        check.run(f"pkg-config {name}",
                  [*check.cc, "user.c", f"-DREPLACED={replaced}",
                   f"-DMAJOR={major}", *pkg_config(check, name),
                   f"-Wl,-rpath,{check.lib}", "-o", f"user-{name}"],
                  [f"./user-{name}"])
    check.run("pkg-config mica, static",
              [*check.cc, "-static", "user.c", "-DREPLACED=1",
               f"-DMAJOR={major}", *pkg_config(check, "mica"), "-o",
               "user-static"], ["./user-static"])


def check_cmake(check, version):
    major, minor, _ = version.split(".")
    lists = check.work / "CMakeLists.txt"
    configure = ["cmake", "-S", ".", f"-DCMAKE_PREFIX_PATH={check.prefix}",
                 f"-DCMAKE_C_COMPILER={check.cc[0]}"]
    lists.write_text(CMAKE.format(version=f"{major}.{minor}", major=major))
    check.run("cmake find_package(mica)", [*configure, "-B", "cmake"],
              ["cmake", "--build", "cmake"],
              *([f"cmake/user_{kind}"] for kind in ("mica", "static", "plain")))
    lists.write_text(CMAKE.format(version=f"{int(major) + 1}.0", major=major))
    check.run("cmake refuses another version", [*configure, "-B", "refused"],
              fails="Could not find a configuration file")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--cc", required=True)
    args = parser.parse_args()
    check = Check(args)
    version = next(Path(args.build).glob("libmica.so.*.*.*")).name.split(
        ".so.")[1]
    (check.work / "user.c").write_text(PROGRAM)
    check.run("make install", make("install", f"PREFIX={check.prefix}"))
    check_layout(check)
    check_pkg_config(check, version.split(".")[0])
    check_cmake(check, version)
    staged = check.work / "staged"
    check.run("DESTDIR", make("install", f"DESTDIR={staged}", "PREFIX=/usr"),
              ["test", "-f", staged / "usr/lib/libmica.so"],
              ["grep", "-qx", "prefix=/usr",
               staged / "usr/lib/pkgconfig/mica.pc"])
    check.run("make uninstall", make("uninstall", f"PREFIX={check.prefix}"))
    left = [str(p) for p in check.prefix.rglob("*") if not p.is_dir()]
    check.report("nothing is left", "\n".join(left))
    print(f"1..{check.number}")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
