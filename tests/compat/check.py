#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build the firmware of compat/adapters.mk and run it in QEMU. Prints TAP.

An image either prints TAP itself, which is passed on under new numbers, or
is an example, which must print one line and end well. Of the libc's own
allocator nothing may be linked: its names are looked for in the image.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BOARD = "mps2-an385"
TIMEOUT = 60
QUIET = ("-display none -monitor none -serial none -icount shift=5,sleep=off "
         "-semihosting-config enable=on,target=native")
ARM = f"qemu-system-arm -M mps2-an385 {QUIET}"
RISCV = "qemu-system-riscv{} -M virt -bios none " + QUIET

# What newlib, newlib-nano and picolibc keep their own heaps by.
FOREIGN = {"_sbrk", "_sbrk_r", "sbrk", "__malloc_av_", "__malloc_free_list",
           "__malloc_sbrk_start", "__malloc_current_mallinfo"}

# image, command (None: the board's), what an example prints (None: TAP)
LIST = "reading 100; 20 blocks live, all mica's: yes\n"
BANKS = """\
[H#######]  40 small blocks live
[H.......]  collected: what is empty is off
[H###....]  20 buffers: banks came back as they were needed
[H######.]  8 larger ones
[H..####.]  the buffers are gone, collected
[H.......]  the larger ones, too
[H#######]  one block of 50000 bytes
[H.......]  nothing lives: all but the heap's own is off
banks: no faults
"""
IMAGES = [
    ("example-newlib", None, LIST),
    ("example-newlib-nano", None, LIST),
    ("newlib", None, None),
    ("newlib-nano", None, None),
    ("example-cxx", None, "100 is the last square; all mica's: yes\n"),
    ("cxx", None, None),
    ("example-banks", None, BANKS),
    ("freertos", None, None),
    ("freertos-application", None, None),
    ("freertos-regions", None, None),
    ("rtx", None, None),
    ("threadx", None, None),
    ("zephyr", None, None),
    ("zephyr-rest", None, None),
    ("example-picolibc-cortex-m3", ARM, LIST),
    ("example-picolibc-rv32", RISCV.format(32), LIST),
    ("example-picolibc-rv64", RISCV.format(64), LIST),
    ("picolibc-cortex-m3", ARM, None),
    ("picolibc-rv32", RISCV.format(32), None),
    ("picolibc-rv64", RISCV.format(64), None),
]
LIBCS = [
    ("newlib", "arm-none-eabi", "-print-file-name=libc.a"),
    ("newlib-nano", "arm-none-eabi", "-print-file-name=libc_nano.a"),
    ("picolibc, Arm", "arm-none-eabi", "-print-file-name=../../../picolibc/"
     "arm-none-eabi/lib/libc.a"),
    ("picolibc, RISC-V", "riscv64-unknown-elf", "-print-file-name="
     "../../../picolibc/riscv64-unknown-elf/lib/libc.a"),
]
# Settings of a kernel that its adapter compiles with, or refuses with a line.
FREERTOS = ("-Itests/compat/freertos compat/freertos/heap_mica.c "
            "-DconfigNUMBER_OF_CORES=")
ZEPHYR = ("-Icompat/zephyr/include -Iport/zephyr port/zephyr/port.c "
          "-Itests/compat/zephyr/include -Itests/kernel/cortex-m "
          "-DCONFIG_MICA_GRANULE_SHIFT=3 "
          "-DCONFIG_MICA_REGION_SHIFT=20 -DCONFIG_MICA_REGIONS_MAX=4 "
          "-DCONFIG_MICA_STATS=1 -DCONFIG_MICA_HARDEN=1 ")
SETTINGS = [
    ("freertos: two cores", FREERTOS + "2 -DMICA_CORES=2 "
     "-DMICA_CORE_ID=0xd0000000", None),
    ("freertos: more cores than mica has", FREERTOS + "2",
     "MICA_CORES is less than configNUMBER_OF_CORES"),
    ("freertos: a context for no interrupts",
     FREERTOS + "1 -DMICA_CONTEXT=MICA_CONTEXT_SINGLE",
     "MICA_CONTEXT is MICA_CONTEXT_CORE"),
    ("freertos: no statistics", FREERTOS + "1 -DMICA_STATS=0", None),
    ("freertos: no dynamic allocation",
     FREERTOS + "1 -DconfigSUPPORT_DYNAMIC_ALLOCATION=0",
     "configSUPPORT_DYNAMIC_ALLOCATION is 0"),
    ("zephyr: two CPUs", ZEPHYR + "-DCONFIG_MICA_HEAP_SIZE=4096 "
     "-DCONFIG_SMP -DCONFIG_MP_MAX_NUM_CPUS=2", None),
    ("zephyr: memories of the application",
     ZEPHYR + "-DCONFIG_MICA_HEAP_SIZE=0", None),
    ("freertos: blocks aligned to 32", FREERTOS + "1 -DportBYTE_ALIGNMENT=32",
     None),
]
TAP = re.compile(r"^(not )?ok \d+ - (.*)$")


class Check:
    def __init__(self):
        self.number = self.failed = 0

    def report(self, name, wrong=None):
        self.number += 1
        self.failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {self.number} - {name}",
              flush=True)
        for line in (wrong or "").splitlines():
            print(f"# {line}")


def run(command, timeout=900):
    """Return (status, output); a status of None says that it was ended."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout, check=False)
        return done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode(errors="replace")


def pass_on(check, image, status, output):
    """The image's TAP; what it planned and did not print has failed."""
    planned = re.search(r"^1\.\.(\d+)$", output, re.M)
    seen = failed = 0
    comments = []
    for line in output.splitlines():
        match = TAP.match(line)
        if not match:
            comments.append(line)
            continue
        seen += 1
        failed += bool(match[1])
        check.report(f"{image}: {match[2]}",
                     "\n".join(comments[-20:]) if match[1] else None)
        comments = []
    if not planned or seen != int(planned[1]) or not seen or \
            (status != 0 and not failed):
        check.report(f"{image}: all its tests ran and it ended",
                     f"status {status}\n" + "\n".join(comments[-20:]))


def deaths(check, image, command):
    """Each death test stops the firmware with its message and no more."""
    _, listing = run([*command, "-append", "list"], TIMEOUT)
    for name, message in re.findall(r"^# test (\S+) (.*)$", listing, re.M):
        if message == "-":
            continue
        status, output = run([*command, "-append", name], TIMEOUT)
        said = re.search(r"^# dies: ([^\n]*\n)(.*)\Z", output,
                         re.M | re.S)
        shape = re.escape(message + "\n").replace("%p", "0x[0-9a-f]+")
        good = said and said[1] == said[2] and status == 1 and \
            re.fullmatch(shape, said[1])
        check.report(f"{image}: {name}",
                     None if good else f"status {status}\n{output}")


def names_of(path, prefix):
    _, output = run([f"{prefix}-nm", path])
    return {line.split()[-1] for line in output.splitlines() if line.split()}


def no_foreign_heap(check, image, path, prefix):
    names = names_of(path, prefix)
    wrong = sorted(names & FOREIGN)
    if "mica_malloc" not in names:
        wrong = [f"{len(names)} names, and mica_malloc is not one of them"]
    check.report(f"{image}: no heap but mica's is linked", "\n".join(wrong))


def settings_are_judged(check):
    for name, words, refusal in SETTINGS:
        status, output = run(
            ["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb", "-std=gnu11",
             "-O2", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
             *words.split(), "-I.", "-Iinclude", "-Iport/arena",
             "-Itests/compat/config"])
        good = status != 0 and refusal in output if refusal else status == 0
        check.report(name + (", refused" if refusal else ", compiles"),
                     None if good else f"status {status}\n{output}")


def zephyr_module(check):
    """The module's files are where it says, and so are the sources."""
    text = (ROOT / "zephyr/module.yml").read_text()
    cmake, kconfig = (re.search(rf"^  {word}: (\S+)$", text, re.M)[1]
                      for word in ("cmake", "kconfig"))
    good = (ROOT / cmake / "CMakeLists.txt").is_file() and \
        (ROOT / kconfig).is_file()
    check.report("zephyr: module.yml", None if good else text)
    core = {str(p) for p in ROOT.glob("core/*.c")} | \
        {str(ROOT / "port/zephyr/port.c")}
    for libc, extra in (
            ("PICOLIBC", ["picolibc/picolibc.c"]),
            ("NEWLIB_LIBC", ["newlib/newlib.c"]),
            ("MINIMAL_LIBC", ["baremetal/malloc.c", "baremetal/aligned.c"])):
        wrong = cmake_notes([f"-DCONFIG_{libc}=y", "-DCONFIG_MICA=y",
                             "-DCONFIG_MICA_LIBC_MALLOC=y"],
                            core | {str(ROOT / "compat" / e) for e in extra})
        check.report(f"zephyr: CMake with {libc}", wrong)
    check.report("zephyr: CMake without a libc's malloc",
                 cmake_notes(["-DCONFIG_MICA=y", "-DCONFIG_PICOLIBC=y"], core))
    check.report("zephyr: CMake without mica", cmake_notes([], set()))
    for name, words in (("Zephyr's malloc is there", "MINIMAL_LIBC=y"),
                        ("user mode", "PICOLIBC=y COMMON_LIBC_MALLOC=n "
                         "USERSPACE=y"),
                        ("no libc", "COMMON_LIBC_MALLOC=n")):
        status, output = run(["tests/compat/zephyr/configure.py", "/dev/null",
                              "MICA=y", *words.split(), "MICA_LIBC_MALLOC=y"])
        good = status and "MICA_LIBC_MALLOC: set to y, is n" in output
        check.report(f"zephyr: Kconfig: no MICA_LIBC_MALLOC when {name}",
                     None if good else f"status {status}\n{output}")


def cmake_notes(options, sources):
    folder = ROOT / "build/host/adapters/cmake"
    shutil.rmtree(folder, ignore_errors=True)
    status, output = run(["cmake", "-S", "tests/compat/zephyr", "-B", folder,
                          *options])
    if status:
        return output
    notes = [line.split() for line in
             (folder / "notes").read_text().splitlines()]
    got = {path for kind, path in notes if kind == "source"}
    missing = [path for kind, path in notes if kind in ("source", "include")
               and not Path(path).exists()]
    if got == sources and not missing:
        return None
    return f"differ: {sorted(got ^ sources)}; not there: {missing}"


def foreign_heaps_are_known(check):
    """The names that are looked for are those that the libcs have."""
    for name, prefix, archive in LIBCS:
        _, path = run([f"{prefix}-gcc", *archive.split()])
        found = FOREIGN & names_of(path.strip(), prefix)
        check.report(f"{name}: its heap would be noticed",
                     None if len(found) > 2 else f"only {sorted(found)}")


def builds(check, name, *words):
    status, output = run(["make", "-s", f"-j{os.cpu_count()}", *words,
                          "adapters"])
    check.report(f"the images of {name} build",
                 output[-4000:] if status else None)
    return status == 0


def main():
    check = Check()
    foreign_heaps_are_known(check)
    settings_are_judged(check)
    zephyr_module(check)
    _, board = run(["make", "-s", "--no-print-directory", f"BOARD={BOARD}",
                    "check-list"])
    board = board.splitlines()[0]    # then the images of its own tests
    built = {name: builds(check, name, *words) for name, *words in
             ((BOARD, f"BOARD={BOARD}"), ("host",))}
    for image, command, expected in IMAGES:
        folder = "host" if command else BOARD
        path = f"build/{folder}/adapters/{image}.elf"
        if not built[folder]:
            continue
        runs = [*shlex.split(command or board), "-kernel", path]
        status, output = run(runs, TIMEOUT)
        if expected is None:
            pass_on(check, image, status, output)
            if not command:
                deaths(check, image, runs)
        else:
            good = status == 0 and output == expected
            check.report(f"{image}: runs",
                         None if good else f"status {status}\n{output}")
        no_foreign_heap(check, image, path, "riscv64-unknown-elf"
                        if "riscv" in (command or "") else "arm-none-eabi")
    print(f"1..{check.number}")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
