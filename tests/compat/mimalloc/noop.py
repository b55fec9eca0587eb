# SPDX-License-Identifier: MIT
"""Each function in turn does nothing and returns 0: do the tests see it?

Programs are linked once more for each, statically, with the function wrapped;
calls of mica's own stay what they are.
"""
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

TIMEOUT = 20


def stub(compiler, names, where):
    source = where / "stub.c"
    source.write_text("".join(f"void *__wrap_{name}(void) {{ return 0; }}\n"
                              for name in names))
    subprocess.run([*compiler.split(), "-c", "-w", str(source), "-o",
                    str(where / "stub.o")], check=True)
    return where / "stub.o"


def seen(name, programs, without, where):
    """Does a program that calls the function fail without it?"""
    for program in programs:
        if not re.search(rf"\b{name}\(", program.text):
            continue
        path = where / f"noop-{name}-{program.name}"
        subprocess.run([*program.linker.split(), str(program.object), without,
                        *program.libs(static=True), f"-Wl,--wrap={name}", "-o",
                        str(path)], check=True)
        try:
            bad = subprocess.run([path], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, timeout=TIMEOUT,
                                 env={**program.env, "MICA_NOOP": "1"},
                                 ).returncode
        except subprocess.TimeoutExpired:
            bad = True
        path.unlink()
        if bad:
            return True
    return False


def unseen(names, programs, compiler, where):
    """The names of the functions that nobody misses."""
    without = str(stub(compiler, names, where))
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda n: seen(n, programs, without, where), names)
        return [n for n, good in zip(names, found) if not good]
