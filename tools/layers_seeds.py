# SPDX-License-Identifier: MIT
"""One violation, or more, for each rule of tools/layers.py.

A seed is a function that spoils a copy of the tree; what the rule then finds
must contain the seed's note. Rules that look at objects get the seed's own,
compiled on the spot, beside the true ones.
"""
import shutil
import subprocess
import tempfile
from pathlib import Path

import layers
from layers import Tree

COPIES = []	# kept until the program ends


def plant(tree, seed):
    copy = tempfile.TemporaryDirectory(prefix="mica-layers-")
    COPIES.append(copy)
    root = Path(copy.name)
    for folder in ("core", "port", "include", "compat", "boards"):
        shutil.copytree(tree.root / folder, root / folder)
    spoilt = Tree(root, tree.objects, tree.so, tree.archives, tree.cc,
                  tree.cxx, tree.nm)
    if tree.chip:
        spoilt.chip = Tree(root, tree.chip.objects, cc=tree.chip.cc,
                           nm=tree.chip.nm)
    seed(spoilt)
    return spoilt


def append(path, text):
    def seed(tree):
        with open(tree.root / path, "a") as file:
            file.write(text)
    return seed


def both(first, second):
    def seed(tree):
        first(tree)
        second(tree)
    return seed


def create(path, text):
    def seed(tree):
        (tree.root / path).parent.mkdir(parents=True, exist_ok=True)
        (tree.root / path).write_text(text)
    return seed


def replace(path, old, new):
    def seed(tree):
        text = (tree.root / path).read_text()
        assert old in text, f"{path} has no {old!r}"
        (tree.root / path).write_text(text.replace(old, new, 1))
    return seed


def compiled(tree, name, code, *options):
    source = tree.root / f"{name}.c"
    target = tree.root / f"{name}.o"
    source.write_text(code)
    subprocess.run([tree.cc, "-w", *options, "-o", str(target), str(source)],
                   check=True)
    return target


def with_object(name, code):
    """A further core object, as if core/<name>.c had been built."""
    def seed(tree):
        tree.objects = tree.objects + [compiled(tree, name, code, "-c")]
    return seed


def with_chip_object(name, code):
    def seed(tree):
        with_object(name, code)(tree.chip)
    return seed


def with_library(code):
    def seed(tree):
        tree.so = compiled(tree, "spoilt", code, "-shared", "-fPIC")
    return seed


def with_archive(code):
    def seed(tree):
        tree.archives = [compiled(tree, "spoilt", code, "-c")]
    return seed


PUBLIC = "include/mica/mica.h"

SEEDS = [
    (layers.core_includes, "stdio.h",
     append("core/bits.h", "#include <stdio.h>\n")),
    (layers.core_includes, "../port/generic.h",
     append("core/bits.h", '#include "../port/generic.h"\n')),
    (layers.port_includes, "core/bits.h",
     append("port/generic.h", '#include "../core/bits.h"\n')),
    (layers.port_includes, "bits.h",
     append("port/generic.h", '#include "bits.h"\n')),
    (layers.compat_includes, "core/bits.h",
     append("compat/libc/names.h", '#include "core/bits.h"\n')),
    (layers.table_is_complete, "core/nowhere.c",
     create("core/nowhere.c", "")),
    (layers.includes_go_down, "page.h is above",
     append("core/run.h", '#include "page.h"\n')),
    (layers.calls_go_down, "mica_malloc of alloc is above",
     with_object("run", "void *mica_malloc(); "
                        "void *up(void) { return mica_malloc(1); }\n")),
    (layers.core_needs, "needs puts",
     with_object("alloc2", "int puts(); void f(void) { puts(\"\"); }\n")),
    (layers.core_names, "core/alloc2.c: stray",
     with_object("alloc2", "int stray;\n")),
    (layers.static_names, "twice: core/alloc.c, core/free.c",
     both(append("core/alloc.c", "static int twice(void) { return 1; }\n"),
          append("core/free.c", "static void\ntwice(int a) {}\n"))),
    (layers.only_its_names_show, "spoilt.o: stray",
     with_archive("int stray;\n")),
    (layers.only_its_names_show, "spoilt.o: stray",
     with_library("int stray;\n")),
    (layers.every_call_is_there, "lacks mica_malloc",
     with_library("void malloc(void) {}\n")),
    (layers.headers_compile, "c++11",
     append(PUBLIC, "#ifdef __cplusplus\nint class;\n#endif\n")),
    (layers.headers_compile, "c99",
     append("include/mica/stats.h", "typedef int int32_t[2];\n")),
    (layers.documentation, "mica_silent: no kernel-doc",
     append(PUBLIC, "\nMICA_API void mica_silent(void);\n")),
    (layers.documentation, "mica_free: @p is not described",
     replace(PUBLIC, " * @p: a live block, or NULL (nothing happens)\n", "")),
    (layers.documentation, "mica_owns: no Return",
     replace(PUBLIC, " * Return: true inside any region", " * True inside any")),
    (layers.documentation, "no Context and Cost",
     replace(PUBLIC, " * Context: ", " * ")),
    (layers.short_files, "core/bits.h",
     append("core/bits.h", "\n" * 500)),
    (layers.licence_lines, "core/bits.h",
     create("core/bits.h", "#define BIT 1\n")),
    (layers.bodies_without_if, "#if A",
     append("core/bits.h", "int f(void)\n{\n#if A\n#endif\n}\n")),
    (layers.boards_are_data, "microbit: start.c is missing or too much",
     create("boards/microbit/start.c", "")),
    (layers.boards_are_data, "nowhere: board.mk is missing or too much",
     create("boards/nowhere/board.h", "")),
    (layers.boards_are_data, "microbit: 60 lines",
     append("boards/microbit/board.h", 40 * "\n")),
]

CHIP_SEEDS = [
    (layers.chip_calls_go_down, "mica_malloc of alloc is above",
     with_chip_object("run", "void *mica_malloc(); "
                             "void *up(void) { return mica_malloc(1); }\n")),
    (layers.chip_names, "core/alloc2.c: stray",
     with_chip_object("alloc2", "int stray;\n")),
    (layers.chip_needs, "needs __aeabi_ldivmod",
     with_chip_object("alloc2", "long long div(long long a, long long b) "
                                "{ return a / b; }\n")),
]
