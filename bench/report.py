# SPDX-License-Identifier: MIT
"""Tables for people, JSON lines for programs."""
import json
import os
import sys
import time

TTY = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(text, code):
    return f"\033[{code}m{text}\033[0m" if TTY else text


def bold(text):
    return paint(text, "1")


def dim(text):
    return paint(text, "2")


def good(text):
    return paint(text, "32")


def bad(text):
    return paint(text, "31;1")


def table(head, rows, left=1, rules=()):
    """Print an aligned table.

    A cell is text or (text, painter). The first `left` columns are flush
    left, numbers flush right; a rule is drawn before the rows in `rules`.
    """
    def text_of(cell):
        return cell[0] if isinstance(cell, tuple) else str(cell)

    lines = [head] + rows
    widths = [max(len(text_of(line[i])) for line in lines)
              for i in range(len(head))]

    def show(cells, painter=None):
        out = []
        for i, cell in enumerate(cells):
            text = text_of(cell)
            text = text.ljust(widths[i]) if i < left else text.rjust(widths[i])
            how = painter or (cell[1] if isinstance(cell, tuple) else None)
            out.append(how(text) if how else text)
        print("  " + "  ".join(out).rstrip())

    rule = "  " + "─" * (sum(widths) + 2 * (len(widths) - 1))
    show(head, bold)
    print(dim(rule))
    for n, row in enumerate(rows):
        if n in rules:
            print(dim(rule))
        show(row)


def progress(text):
    """What is going on, on a terminal; gone with the next line."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text)
        sys.stderr.flush()


def machine():
    """One line on where the figures come from."""
    model = "unknown CPU"
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
            for line in f:
                if line.startswith("model name"):
                    model = line.split(":", 1)[1].strip()
                    break
    except OSError:
        pass
    return f"{model}, {len(os.sched_getaffinity(0))} CPUs, Linux {os.uname().release}"


def write_lines(path, records):
    """Write records as JSON lines, each stamped."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with open(path, "w", encoding="utf-8") as f:
        for record in records:
            f.write(json.dumps({"time": stamp, **record}) + "\n")
