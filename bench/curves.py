# SPDX-License-Identifier: MIT
"""docs/curves.svg: what two settings trade, one panel a thing that is wanted.

Along x MICA_RARE_BYTES in eighths of a page; one colour a workload, one dash a
page size. The upright line is the default.
"""
import chart
import figures

COLOURS = {"small": "#d7263d", "mixed": "#1b6ca8", "iot": "#2e933c",
           "packets": "#b5651d"}
DASHES = {1024: "2 3", 2048: "", 4096: "8 4"}
DEFAULT = 11
PANELS = (("fill", ("small", "mixed", "packets"), "live at the first failure, %"),
          ("share", ("small", "mixed", "iot"), "served by pages, %"),
          ("malloc", ("small", "mixed", "iot"), "malloc, median instructions"),
          ("free", ("small", "mixed", "iot"), "free, median instructions"))
LEFT, TOP, WIDTH, HEIGHT, GAP = 48, 84, 300, 220, 60


class Panel:
    def __init__(self, rows, number):
        self.kind, self.works, self.title = PANELS[number]
        values = [row["%s %s" % (self.kind, work)] for row in rows
                  for work in self.works]
        self.low, self.high = min(values), max(values)
        self.x = LEFT + number % 2 * (WIDTH + GAP)
        self.y = TOP + number // 2 * (HEIGHT + GAP)
        self.columns = figures.ordered(row["eighths"] for row in rows)

    def at(self, eighths, value):
        column = self.columns.index(eighths) / (len(self.columns) - 1)
        share = (value - self.low) / ((self.high - self.low) or 1)
        return self.x + column * WIDTH, self.y + HEIGHT - share * HEIGHT

    def frame(self):
        yield chart.text(self.x, self.y - 12, self.title, size=12, bold=True)
        for value in (self.low, (self.low + self.high) / 2, self.high):
            x, y = self.at(self.columns[0], value)
            yield chart.line(x, y, x + WIDTH, y, "#e3e3e3", 1)
            yield chart.text(x - 6, y + 4, "%.4g" % value, "end", 10, "#666")
        for eighths in self.columns:
            x, y = self.at(eighths, self.low)
            yield chart.text(x, y + 16, "%d/8" % eighths, "middle", 10, "#666")
        if DEFAULT in self.columns:
            x, y = self.at(DEFAULT, self.low)
            yield chart.line(x, y, x, y - HEIGHT, "#999", 1)

    def curve(self, rows, work, page):
        points = ["%.1f,%.1f" % self.at(row["eighths"],
                                        row["%s %s" % (self.kind, work)])
                  for row in figures.pick(rows, page=page)]
        return ('<polyline points="%s" fill="none" stroke="%s" stroke-width="2" '
                'stroke-dasharray="%s"/>'
                % (" ".join(points), COLOURS[work], DASHES.get(page, "1 5")))


def legend(rows):
    x = LEFT
    for work, colour in COLOURS.items():
        yield chart.line(x, 46, x + 20, 46, colour, 3)
        yield chart.text(x + 25, 50, work)
        x += 90
    pages = figures.ordered(row["page"] for row in rows)
    for page in pages:
        yield ('<line x1="%d" y1="46" x2="%d" y2="46" stroke="#444" '
               'stroke-width="2" stroke-dasharray="%s"/>'
               % (x, x + 30, DASHES.get(page, "1 5")))
        yield chart.text(x + 35, 50, "pages of %d B" % page)
        x += 122


def write(path, rows):
    width = LEFT + 2 * WIDTH + GAP + 90
    height = TOP + 2 * HEIGHT + GAP + 36
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
           'width="%d" height="%d" font-family="Helvetica, Arial, sans-serif">'
           % (width, height, width, height),
           '<rect width="%d" height="%d" fill="#fff"/>' % (width, height),
           chart.text(LEFT, 26, "64 KiB: by MICA_RARE_BYTES, in eighths of a page",
                      size=15, bold=True), *legend(rows)]
    for number in range(len(PANELS)):
        panel = Panel(rows, number)
        out += panel.frame()
        out += [panel.curve(rows, work, page) for work in panel.works
                for page in figures.ordered(row["page"] for row in rows)]
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n</svg>\n")
