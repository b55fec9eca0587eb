#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The layers of mica, proven: who includes whom, who calls whom, what shows.

Every rule is a function from a tree to a list of findings, "place: what is
wrong"; an empty list is a pass. tools/layers_seeds.py holds a violation for
each rule; after the rules every seed is planted in a copy of the tree and
must be found, so no rule can pass by looking at nothing. The output is TAP.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

# The ladder, lowest first; each core file includes and calls only its own
# layer and those below it.
LADDER = [
    ("base", "compiler prefix bits list atomic geometry size_class harden block count "
     "text output option plain note"),
    ("run", "layout layout_table layout_table_commit layout_tag "
            "layout_tag_commit layout_tag_check layout_grow layout_tag_abandoned layout_tag_heap page_solo run tally"),
    ("region", "region region_lock roster moat reserve run_list space report heartbeat"),
    ("page", "remote part kept rare large purge own page settle abandon ring page_ring "
             "locate grow solo_reserve provider bank held shuffle fence "
             "broken quarantine heap heap_bind heap_solo strip frees owned"),
    ("heap", "context solo shared engine guarded armed heap_part heap_word"),
    ("api", "alloc resize aligned collect check check_solo check_shared walk "
             "check_heaps stats turn usage span arena huge attribute failure reason largest "
            "sheet snapshot process look visit deferred tick heap_new heap_alloc "
            "heap_end heap_solo_end heap_info trace sample wrap note_heap"),
]
LEVEL = {stem: level for level, (_, stems) in enumerate(LADDER)
         for stem in stems.split()}

FREESTANDING = {"float.h", "iso646.h", "limits.h", "stdalign.h", "stdarg.h",
                "stdbool.h", "stddef.h", "stdint.h", "stdnoreturn.h"}
CORE_NEEDS = {"memcpy", "memmove", "memset"}
LINKER_OWN = {"_GLOBAL_OFFSET_TABLE_"}
SOURCES = {".c", ".h", ".cc", ".py", ".mk", ".S", ".ld", ".sh"}
LINES_MAX = 500

# What the hosted libraries show besides mica_*: libc's names, and C++'s
# operators (new, new[], delete, delete[]).
LIBC_NAMES = set("""
    malloc calloc realloc free cfree reallocarray aligned_alloc
    posix_memalign memalign valloc pvalloc malloc_usable_size malloc_trim
    mallinfo mallinfo2 strdup strndup realpath __strdup __strndup
    __libc_malloc __libc_calloc __libc_realloc __libc_free __libc_memalign
    __libc_valloc __libc_pvalloc __libc_mallinfo
    """.split())
CXX_NAME = re.compile(r"_Z(n[wa][mj](St11align_val_t)?(RKSt9nothrow_t)?|"
                      r"d[la]Pv[mj]?(St11align_val_t)?(RKSt9nothrow_t)?)$")
PERSONALITY = "DW.ref.__gxx_personality_v0"	# the compiler's, in code that catches

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Tree:
    """A source tree, what was built from it, and the tools to look at it."""

    def __init__(self, root, objects=(), so=None, archives=(), cc="gcc",
                 cxx="g++", nm="nm"):
        self.root = Path(root)
        self.objects = [Path(o) for o in objects]
        self.so = so
        self.archives = list(archives)
        self.cc, self.cxx, self.nm = cc, cxx, nm
        self.chip = None	# the same tree, with the objects of a chip

    def files(self, *folders, suffixes=(".c", ".h")):
        found = []
        for folder in folders:
            found += [p for p in (self.root / folder).rglob("*")
                      if p.suffix in suffixes and p.is_file()]
        return sorted(found)

    def includes(self, path):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match:
                yield (f"{path.relative_to(self.root)}:{number}",
                       match[1] == "<", match[2])

    def symbols(self, path, *options):
        """Pairs of type letter and name, as nm prints them."""
        out = subprocess.run([self.nm, *options, str(path)], check=True,
                             capture_output=True, text=True).stdout
        for line in out.splitlines():
            words = line.split()
            if len(words) >= 2 and len(words[-2]) == 1:
                yield words[-2], words[-1].split("@")[0]


def stem(name):
    return Path(name).stem


def core_includes(tree):
    """core includes only its own, include/mica and freestanding headers"""
    for path in tree.files("core"):
        for place, system, name in tree.includes(path):
            own = not system and "/" not in name and \
                (tree.root / "core" / name).is_file()
            public = system and name.startswith("mica/") and \
                (tree.root / "include" / name).is_file()
            if not own and not public and not (system and name in FREESTANDING):
                yield f"{place}: {name}"


def port_includes(tree):
    """port never includes core"""
    core = {p.name for p in tree.files("core", suffixes=(".h",))}
    for path in tree.files("port"):
        here = {p.name for p in path.parent.rglob("*.h")}
        for place, system, name in tree.includes(path):
            alone = not system and name in core and name not in here
            if "core/" in name or alone:
                yield f"{place}: {name}"


def compat_includes(tree):
    """compat, examples and bench see the public headers only"""
    core = {p.name for p in tree.files("core", suffixes=(".h",))}
    for path in tree.files("compat", "examples", "bench",
                           suffixes=(".c", ".h", ".cc")):
        for place, _, name in tree.includes(path):
            if "core/" in name or (name in core and
                                   not (path.parent / name).exists()):
                yield f"{place}: {name}"


def table_is_complete(tree):
    """every core file has a place on the ladder"""
    for path in tree.files("core"):
        if path.stem not in LEVEL:
            yield f"core/{path.name}: not in LADDER"


def includes_go_down(tree):
    """no core file includes a header of a layer above its own"""
    for path in tree.files("core"):
        for place, system, name in tree.includes(path):
            if not system and LEVEL.get(stem(name), 0) > \
                    LEVEL.get(path.stem, 99):
                yield f"{place}: {name} is above"


def data_homes(tree):
    """Data belongs to the header that declares it, wherever it is defined."""
    for path in tree.files("core", suffixes=(".h",)):
        for line in re.findall(r"^extern [^;(]*;", path.read_text(), re.M):
            for name in re.findall(r"(mica_\w+)(?=\[| __internal)", line):
                yield name, path.stem


def calls_go_down(tree):
    """no core object refers to a symbol of a layer above its own"""
    home = {name: obj.stem for obj in tree.objects
            for kind, name in tree.symbols(obj) if kind in "TDBRVW"}
    home.update(data_homes(tree))
    for obj in tree.objects:
        for kind, name in tree.symbols(obj):
            if kind == "U" and LEVEL.get(home.get(name), 0) > \
                    LEVEL.get(obj.stem, 99):
                yield f"core/{obj.stem}.c: {name} of {home[name]} is above"


def core_needs(tree):
    """core needs only mica_port_*, memcpy, memmove and memset"""
    if not tree.objects:
        yield "core: no objects to look at"
    own = {name for obj in tree.objects for kind, name in tree.symbols(obj)
           if kind != "U"}
    for obj in tree.objects:
        for kind, name in tree.symbols(obj):
            if kind in "Uw" and name not in own | CORE_NEEDS | LINKER_OWN and \
                    not name.startswith("mica_port_"):
                yield f"core/{obj.stem}.c: needs {name}"


def core_names(tree):
    """every external name of the core's objects starts with mica_"""
    for obj in tree.objects:
        for kind, name in tree.symbols(obj, "-g", "--defined-only"):
            if not name.startswith("mica_"):
                yield f"core/{obj.stem}.c: {name} ({kind})"


def static_names(tree):
    """no two files of the core give a static name twice: it builds as one"""
    homes = {}
    for path in tree.files("core", suffixes=(".c",)):
        for name in re.findall(r"^static [^;={]*?\b(\w+)(?:\(|\[|;| =)",
                               path.read_text(), re.M):
            homes.setdefault(name, set()).add(f"core/{path.name}")
    for name, files in sorted(homes.items()):
        if len(files) > 1:
            yield f"{name}: {', '.join(sorted(files))}"


def shows(name):
    return name.startswith(("mica_", "mi_", PERSONALITY)) or name in LIBC_NAMES or \
        CXX_NAME.match(name)


def only_its_names_show(tree):
    """the libraries show mica_*, libc's and C++'s names, no others"""
    if not tree.so or not tree.archives:
        yield "no libraries to look at"
        return
    for kind, name in tree.symbols(tree.so, "-D", "--defined-only"):
        if not shows(name):
            yield f"{Path(tree.so).name}: {name} ({kind})"
    for archive in tree.archives:
        for kind, name in tree.symbols(archive, "-g", "--defined-only"):
            plain = "plain" in Path(archive).name
            if not (name.startswith("mica_") if plain else shows(name)):
                yield f"{Path(archive).name}: {name} ({kind})"


def every_call_is_there(tree):
    """the libraries have every libc name and every mica_ function"""
    public = set(declared(tree))
    for library, options in [(tree.so, ["-D"])] + \
            [(a, ["-g"]) for a in tree.archives]:
        if not library:
            yield "no library to look at"
            continue
        has = {n for _, n in tree.symbols(library, *options, "--defined-only")}
        plain = "plain" in Path(library).name
        for name in sorted((public if plain else public | LIBC_NAMES) - has):
            yield f"{Path(library).name}: lacks {name}"


LANGUAGES = [("c", "gnu11"), ("c", "c99"), ("c++", "c++11"), ("c++", "c++20")]


def headers_compile(tree):
    """each public header compiles alone, as C and as C++"""
    for path in tree.files("include/mica", suffixes=(".h",)):
        for language, standard in LANGUAGES:
            compiler = tree.cc if language == "c" else tree.cxx
            run = subprocess.run(
                [compiler, "-x", language, f"-std={standard}", "-Wall",
                 "-Wextra", "-Werror", "-fsyntax-only",
                 f"-I{tree.root}/include", f"-I{tree.root}/port/linux", "-"],
                input=f"#include <mica/{path.name}>\n",
                capture_output=True, text=True)
            if run.returncode:
                first = run.stderr.strip().splitlines()
                yield f"include/mica/{path.name}: {standard}: " + \
                    next((l for l in first if "error" in l), first[0])


DOCUMENTED = re.compile(
    r"(?P<doc>/\*\*(?:(?!\*/).)*\*/)?\s*"
    r"(?P<declaration>(?:MICA_API|extern)\b[^;{]*?\b(?P<name>mica_\w+)\s*"
    r"\((?P<parameters>[^;{]*)\)\s*;)", re.S)


def declared(tree):
    """Names of public functions: what mica.h declares with MICA_API."""
    text = (tree.root / "include/mica/mica.h").read_text()
    return [m["name"] for m in DOCUMENTED.finditer(text)]


def parameter_names(text):
    text = re.sub(r"\(\*(\w+)\)\s*\([^)]*\)", r"\1", text)
    names = [re.findall(r"\w+", p)[-1] for p in text.split(",") if p.strip()]
    return [n for n in names if n != "void"]


def documentation(tree):
    """each public function has kernel-doc: summary, parameters, Return"""
    text = (tree.root / "include/mica/mica.h").read_text()
    opening = text.split("#ifndef", 1)[0]
    if not re.search(r"^ \* Context: .*?^ \* Cost: ", opening, re.S | re.M):
        yield "mica.h: the opening comment states no Context and Cost"
    for match in DOCUMENTED.finditer(text):
        name, doc = match["name"], match["doc"] or ""
        summary = re.search(rf"^/\*\*\s*(?:\* )?{name}\(\) - (.+)", doc, re.M)
        if not summary:
            yield f"mica.h: {name}: no kernel-doc"
            continue
        if re.search(r"\bmica_\w+\(\)", summary[1]):
            continue	# documented by the function it names
        for parameter in parameter_names(match["parameters"]):
            if f"@{parameter}:" not in doc:
                yield f"mica.h: {name}: @{parameter} is not described"
        void = re.search(rf"\bvoid\s+{name}\b", match["declaration"])
        if not void and "Return:" not in doc:
            yield f"mica.h: {name}: no Return"


FOLDERS = ("core", "port", "include", "compat", "boards", "linker", "tests",
           "bench", "examples", "tools")


def short_files(tree):
    """no source file is over 500 lines"""
    for path in tree.files(*FOLDERS, suffixes=SOURCES):
        lines = len(path.read_text().splitlines())
        if lines > LINES_MAX:
            yield f"{path.relative_to(tree.root)}: {lines} lines"


def licence_lines(tree):
    """every source file says its licence in its first two lines"""
    for path in tree.files(*FOLDERS, suffixes=SOURCES):
        head = path.read_text().splitlines()[:2]
        if not any("SPDX-License-Identifier: MIT" in line for line in head):
            yield f"{path.relative_to(tree.root)}: no SPDX line"


def bodies_without_if(tree):
    """no function of core, port or compat has #if in its body"""
    for path in tree.files("core", "port", "compat",
                           suffixes=(".c", ".h", ".cc")):
        inside = False
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith("{"):
                inside = True
            elif line.startswith("}"):
                inside = False
            elif inside and re.match(r"\s*#\s*(if|el|endif)", line):
                yield f"{path.relative_to(tree.root)}:{number}: {line.strip()}"


BOARD_FILES = {"board.h", "board.mk", "mica_config.h"}
BOARD_LINES = 40


def boards_are_data(tree):
    """a board is three files of data, 40 lines together"""
    for folder in sorted((tree.root / "boards").iterdir()):
        if folder.name == "common":
            continue
        files = sorted(folder.iterdir())
        names = {path.name for path in files}
        for name in sorted(names ^ BOARD_FILES):
            yield f"boards/{folder.name}: {name} is missing or too much"
        lines = [line for path in files
                 for line in path.read_text().splitlines()]
        if len(lines) > BOARD_LINES:
            yield f"boards/{folder.name}: {len(lines)} lines"


def chip_calls_go_down(tree):
    """no object of the chip's core refers to a symbol of a layer above"""
    yield from calls_go_down(tree.chip)


def chip_needs(tree):
    """the chip's core needs no more than that, and nothing of libgcc"""
    yield from core_needs(tree.chip)


def chip_names(tree):
    """every external name of the chip's core starts with mica_"""
    yield from core_names(tree.chip)


RULES = [core_includes, port_includes, compat_includes, table_is_complete,
         includes_go_down, calls_go_down, core_needs, core_names,
         static_names, only_its_names_show, every_call_is_there, headers_compile,
         documentation, short_files, licence_lines, bodies_without_if,
         boards_are_data]
CHIP_RULES = [chip_calls_go_down, chip_needs, chip_names]


class Tap:
    def __init__(self, count):
        self.number = self.failed = 0
        print(f"1..{count}")

    def result(self, good, name, notes=()):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}")
        for note in notes:
            print(f"# {note}")
        sys.stdout.flush()


def main():
    from layers_seeds import CHIP_SEEDS, SEEDS, plant
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True,
                        help="where core and the libraries were built")
    parser.add_argument("--chip", help="where core was built for a chip")
    parser.add_argument("--chip-prefix", help="of the chip's compiler")
    for tool in ("cc", "cxx", "nm"):
        parser.add_argument(f"--{tool}", required=True)
    args = parser.parse_args()
    build = Path(args.build)
    tree = Tree(Path(__file__).resolve().parent.parent,
                sorted((build / "core").glob("*.o")), build / "libmica.so",
                [build / "libmica.a", build / "libmica-plain.a"],
                args.cc, args.cxx, args.nm)
    rules, seeds = RULES, SEEDS
    if args.chip:
        tree.chip = Tree(tree.root, sorted(Path(args.chip, "core").glob("*.o")),
                         cc=f"{args.chip_prefix}gcc", nm=f"{args.chip_prefix}nm")
        rules, seeds = rules + CHIP_RULES, seeds + CHIP_SEEDS
    tap = Tap(len(rules) + len(seeds))
    for rule in rules:
        findings = list(rule(tree))
        tap.result(not findings, f"layers: {rule.__doc__}", findings)
    for rule, note, seed in seeds:
        findings = list(rule(plant(tree, seed)))
        told = [f for f in findings if note in f]
        tap.result(bool(told), f"layers: seeded: {rule.__name__}: {note}",
                   [] if told else [f"found only: {findings}"])
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
