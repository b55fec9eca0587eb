# SPDX-License-Identifier: MIT
"""The chart of a run: one row a workload, one dot an allocator, two panels.

The axes are logarithmic, so that half and twice are equally far from one. The
file stands for itself: no script, no font, no style sheet from elsewhere.
"""
import math
from html import escape

COLOURS = {"mica": "#d7263d", "mimalloc": "#1b6ca8", "jemalloc": "#2e933c",
           "tcmalloc": "#b5651d", "tbbmalloc": "#7b4ba0", "glibc": "#6c757d"}
OTHERS = ["#008891", "#a3a000", "#c04e8b"]
ROW, TOP, LABEL, PANEL, GAP, RIGHT = 24, 118, 140, 400, 56, 36
TICKS = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50]


def colour_of(found):
    rest = iter(OTHERS * len(found))
    return {p.name: COLOURS.get(p.name) or next(rest) for p in found}


class Panel:
    """A logarithmic axis over the ratios that are shown on it."""

    def __init__(self, title, x, ratios):
        values = [v for row in ratios.values() for v in row]
        self.title, self.x, self.ratios = title, x, ratios
        self.low = max([t for t in TICKS if t <= min(values)] or [TICKS[0]])
        self.high = min([t for t in TICKS if t >= max(values)] or [TICKS[-1]])
        if self.low == self.high:
            self.low, self.high = self.low / 2, self.high * 2

    def at(self, value):
        value = min(max(value, self.low), self.high)
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.x + share * PANEL

    def frame(self, bottom):
        yield text(self.x, TOP - 34, self.title, "start", 13, "#222", bold=True)
        for tick in [t for t in TICKS if self.low <= t <= self.high]:
            strong = tick == 1
            yield line(self.at(tick), TOP - 10, self.at(tick), bottom,
                       "#555" if strong else "#e3e3e3", 1.2 if strong else 1)
            yield text(self.at(tick), TOP - 16, f"{tick:g}", "middle", 10,
                       "#222" if strong else "#888")


def text(x, y, what, anchor="start", size=11, colour="#222", bold=False):
    weight = ' font-weight="600"' if bold else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'font-size="{size}" fill="{colour}"{weight}>{escape(what)}</text>')


def line(x1, y1, x2, y2, colour, width):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}" stroke-width="{width}"/>')


def dot(x, y, colour, strong, hint):
    radius, opacity = (6.5, 1) if strong else (4.5, 0.78)
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" '
            f'fill-opacity="{opacity}" stroke="#fff" stroke-width="1.2">'
            f'<title>{escape(hint)}</title></circle>')


def legend(found, colours):
    x = LABEL
    for peer in found:
        label = f"{peer.name} {peer.version}".strip()
        yield dot(x + 6, 58, colours[peer.name], peer.name == "mica", label)
        yield text(x + 17, 62, label, bold=peer.name == "mica")
        x += 34 + 6.6 * len(label)


def rows(panel, names, found, colours):
    for i, name in enumerate(names):
        y = TOP + i * ROW + ROW / 2 + (8 if i == len(names) - 1 else 0)
        values = [panel.ratios[p.name][i] for p in found]
        yield line(panel.at(min(values)), y, panel.at(max(values)), y, "#cfcfcf", 2)
        for p in sorted(found, key=lambda p: p.name == "mica"):
            value = panel.ratios[p.name][i]
            yield dot(panel.at(value), y, colours[p.name], p.name == "mica",
                      f"{name}, {p.name}: {value:.2f}")


def mean_added(ratios):
    """The geometric mean as a last row of its own."""
    return {name: row + [math.exp(sum(map(math.log, row)) / len(row))]
            for name, row in ratios.items()}


def write(path, workloads, found, reference, time, memory):
    names = [w.name for w in workloads] + ["geometric mean"]
    bottom = TOP + len(names) * ROW + 12
    width = LABEL + 2 * PANEL + GAP + RIGHT
    colours = colour_of(found)
    panels = [Panel("time", LABEL, mean_added(time)),
              Panel("peak resident memory", LABEL + PANEL + GAP, mean_added(memory))]
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
           f'height="{bottom + 14}" viewBox="0 0 {width} {bottom + 14}" '
           'font-family="Helvetica, Arial, sans-serif">',
           f'<rect width="{width}" height="{bottom + 14}" fill="#fff"/>',
           text(LABEL, 30, f"Ratio to {reference.name}; further left is better",
                size=16, bold=True), *legend(found, colours)]
    for i, name in enumerate(names):
        last = i == len(names) - 1
        y = TOP + i * ROW + ROW / 2 + (8 if last else 0)
        out.append(text(LABEL - 14, y + 4, name, "end", 12, bold=last))
    out.append(line(20, bottom - ROW - 8, width - RIGHT, bottom - ROW - 8, "#bbb", 1))
    for panel in panels:
        out += [*panel.frame(bottom), *rows(panel, names, found, colours)]
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n</svg>\n")
