# SPDX-License-Identifier: MIT
"""Python at work: objects, dictionaries, text, a tree; prints a checksum."""


class Node:
    __slots__ = ("key", "left", "right", "tags")

    def __init__(self, key):
        self.key, self.left, self.right = key, None, None
        self.tags = [str(key), (key, key * 2)]


def numbers(count, state=12345):
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7fffffff
        yield state


def insert(root, key):
    while root.key != key:
        side = "left" if key < root.key else "right"
        below = getattr(root, side)
        if below is None:
            setattr(root, side, Node(key))
            return
        root = below


def tree(count):
    root = Node(1 << 30)
    for key in numbers(count):
        insert(root, key)
    total, todo = 0, [root]
    while todo:
        node = todo.pop()
        total += len(node.tags[0]) + node.tags[1][1] % 7
        todo += [n for n in (node.left, node.right) if n]
    return total


def index(count):
    table = {}
    for n in numbers(count):
        table.setdefault(f"k{n % 5000}", []).append({"n": n, "half": n / 2})
    return sum(len(v) for v in table.values()) + len(" ".join(sorted(table)))


def text(count):
    parts = []
    for n in numbers(count):
        parts.append(("%x" % n).upper() + "-" * (n % 40))
        if len(parts) > 1000:
            parts = ["".join(parts)[-5000:]]
    return sum(map(ord, "".join(parts)))


print(tree(90000), index(500000), text(600000))
