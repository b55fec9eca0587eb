#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Set options of compat/zephyr/Kconfig, as prj.conf would; write the header.

    configure.py HEADER [NAME=VALUE ...]

Debian's python3-kconfiglib is what Zephyr's own is made from. An option that
does not get the value it was set to, for its dependencies, is an error.
"""
import os
import sys

import kconfiglib

HERE = os.path.dirname(os.path.abspath(__file__))


def main(header, *settings):
    os.chdir(os.path.join(HERE, "..", "..", ".."))
    kconf = kconfiglib.Kconfig(os.path.join(HERE, "Kconfig"))
    wanted = [word.split("=", 1) for word in settings]
    for name, value in wanted:
        kconf.syms[name].set_value(value)
    for name, value in wanted:
        got = kconf.syms[name].str_value
        if got != value:
            sys.exit(f"{name}: set to {value}, is {got}")
    if kconf.warnings:
        sys.exit("\n".join(kconf.warnings))
    kconf.write_autoconf(header)


if __name__ == "__main__":
    main(*sys.argv[1:])
