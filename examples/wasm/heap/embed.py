#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Put a page and all that it refers to into one file, which opens from disk.

    embed.py PAGE MODULE OUTPUT

PAGE's style sheets and scripts lie beside it; MODULE, in base64, takes the
place of the script whose type says so.
"""

import base64
import re
import sys
from pathlib import Path

STYLE = re.compile(r'<link rel="stylesheet" href="([^":]+)">')
SCRIPT = re.compile(r'<script src="([^":]+)"></script>')
MODULE = re.compile(r'(<script id="\w+" type="application/base64") src="[^":]+">')


def text_of(folder, name, end):
    """A file that may stand inside an element of HTML."""
    text = (folder / name).read_text("utf-8")
    if end in text.lower():
        sys.exit(f"{name} contains {end}, which would end the element it is put into")
    return text


def embed(page, module):
    folder = page.parent
    text = page.read_text("utf-8")
    text = STYLE.sub(lambda m: "<style>\n" + text_of(folder, m[1], "</style")
                     + "</style>", text)
    text = SCRIPT.sub(lambda m: "<script>\n" + text_of(folder, m[1], "</script")
                      + "</script>", text)
    code = base64.b64encode(module.read_bytes()).decode("ascii")
    text, places = MODULE.subn(lambda m: f"{m[1]}>{code}", text)
    if places != 1:
        sys.exit(f"{page} has {places} places for a module, not 1")
    return text


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    page, module, output = map(Path, sys.argv[1:])
    output.write_text(embed(page, module), "utf-8")


if __name__ == "__main__":
    main()
