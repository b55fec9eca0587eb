# SPDX-License-Identifier: MIT
"""Real programs that allocate in earnest, and what they are given to do.

Every input is generated, always the same, once; a program gets it through
its arguments or its standard input and prints something that depends on all
of it, so that two runs can be compared.
"""
import json
import os
import random
import shutil
import subprocess

import peers

FOLDER = os.path.join(peers.ROOT, "build", "bench", "input")
SCRIPTS = os.path.join(peers.ROOT, "bench", "programs")


def command(name):
    """A program's path, the system's own before any other."""
    return shutil.which(name, path=os.defpath) or shutil.which(name)


class Program:
    """A command line, and how its input comes to be."""

    def __init__(self, name, argv, env=None, stdin=None, makes=()):
        self.name, self.needs = name, argv[0]
        self.argv = [command(argv[0]), *argv[1:]]
        self.env, self.folder = env or {}, FOLDER
        self.stdin = os.path.join(FOLDER, stdin) if stdin else None
        self.makes = makes

    def prepare(self):
        """Generate what is not there yet."""
        os.makedirs(FOLDER, exist_ok=True)
        for name, generate in self.makes:
            path = os.path.join(FOLDER, name)
            if not os.path.exists(path):
                generate(path + ".new")
                os.rename(path + ".new", path)


def script(name):
    return os.path.join(SCRIPTS, name)


def words(rng, count):
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    return ["".join(rng.choices(letters, k=rng.randint(3, 11)))
            for _ in range(count)]


def make_c(path):
    """A C file of many functions over many types."""
    rng = random.Random(1)
    with open(path, "w", encoding="ascii") as f:
        f.write("#include <stddef.h>\n")
        for n in range(220):
            f.write(f"struct s{n} {{ int a; long b[{rng.randint(1, 9)}]; "
                    f"struct s{max(n - 1, 0)} *next; }};\n"
                    f"long f{n}(struct s{n} *p, long x)\n{{\n\tlong sum = {n};\n"
                    "\tfor (long i = 0; i < x; i++) {\n")
            for _ in range(rng.randint(4, 9)):
                f.write(f"\t\tif ((sum ^ i) % {rng.randint(2, 97)} == p->a)\n"
                        f"\t\t\tsum += p->b[0] * {rng.randint(1, 999)} - i;\n")
            if n:
                f.write(f"\t\tsum ^= f{rng.randint(0, n - 1)}(NULL, i >> 1);\n")
            f.write("\t}\n\treturn sum;\n}\n")


def make_sql(path):
    """Tables, indexes, joins, text; in one transaction, in memory."""
    rng = random.Random(2)
    some = words(rng, 5000)
    with open(path, "w", encoding="ascii") as f:
        f.write("PRAGMA temp_store=MEMORY; BEGIN;\n"
                "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, town INT);\n"
                "CREATE TABLE town(id INTEGER PRIMARY KEY, name TEXT);\n")
        for n in range(1000):
            f.write(f"INSERT INTO town VALUES({n},'{rng.choice(some)}');\n")
        for n in range(200000):
            f.write(f"INSERT INTO person VALUES({n},'{rng.choice(some)} "
                    f"{rng.choice(some)}',{rng.randrange(1000)});\n")
        f.write("CREATE INDEX by_name ON person(name);\nCOMMIT;\n"
                "SELECT count(*), sum(length(p.name||t.name)) FROM person p "
                "JOIN town t ON p.town=t.id;\n"
                "SELECT t.name, group_concat(p.name,';') FROM person p JOIN town t "
                "ON p.town=t.id GROUP BY t.id ORDER BY t.name LIMIT 50;\n"
                "SELECT count(*) FROM person a JOIN person b ON a.name=b.name;\n"
                "SELECT upper(name)||replace(name,'e','--') FROM person "
                "ORDER BY substr(name,3) LIMIT 2000;\n")


def make_json(path):
    """An array of nested records."""
    rng = random.Random(3)
    some = words(rng, 2000)
    rows = [{"id": n, "name": rng.choice(some), "tags": rng.sample(some, 4),
             "at": {"x": rng.randrange(1000), "y": rng.random()}}
            for n in range(100000)]
    with open(path, "w", encoding="ascii") as f:
        json.dump(rows, f)


def make_text(path):
    """Lines of words, 24 MB."""
    rng = random.Random(4)
    some = words(rng, 20000)
    with open(path, "w", encoding="ascii") as f:
        for _ in range(300000):
            f.write(" ".join(rng.choices(some, k=10)) + "\n")


def make_repository(path):
    """A git repository: some hundred files, a long history."""
    rng = random.Random(5)
    some = words(rng, 3000)
    files = [[" ".join(rng.choices(some, k=7)) for _ in range(rng.randint(50, 400))]
             for _ in range(150)]
    git = [command("git"), "-C", path]
    subprocess.run([command("git"), "init", "-q", "-b", "main", path], check=True)
    with subprocess.Popen([*git, "fast-import", "--quiet"],
                          stdin=subprocess.PIPE) as importer:
        for n in range(2500):
            importer.stdin.write(commit(rng, some, files, n).encode("ascii"))
        importer.stdin.close()
    if importer.returncode:
        raise SystemExit("git fast-import failed")


def commit(rng, some, files, n):
    """One commit of a fast-import stream: a few lines of a few files change."""
    out = [f"commit refs/heads/main\ncommitter A <a@example.org> {10**9 + n} +0000\n"
           f"data 8\nn {n:05}\n\n"]
    for idx in (range(len(files)) if n == 0 else rng.sample(range(len(files)), 4)):
        for _ in range(rng.randint(1, 12)):
            line = rng.randrange(len(files[idx]))
            files[idx][line] = " ".join(rng.choices(some, k=7))
        body = "\n".join(files[idx]) + "\n"
        out.append(f"M 100644 inline d{idx % 12}/f{idx}.txt\n"
                   f"data {len(body)}\n{body}\n")
    return "".join(out)


def programs():
    return [
        Program("python", ["python3", "-S", script("objects.py")],
                {"PYTHONMALLOC": "malloc", "PYTHONHASHSEED": "0"}),
        Program("perl", ["perl", script("words.pl")], {"PERL_HASH_SEED": "0"}),
        Program("lua", ["lua5.4", script("tables.lua")]),
        Program("gcc", ["gcc", "-O1", "-S", "-o", "-", "large.c"],
                makes=[("large.c", make_c)]),
        Program("sqlite", ["sqlite3", ":memory:"], stdin="people.sql",
                makes=[("people.sql", make_sql)]),
        Program("git", ["git", "-C", "repository", "log", "-p", "-M", "--stat"],
                {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
                makes=[("repository", make_repository)]),
        Program("ruby", ["ruby", script("records.rb")]),
        Program("gawk", ["gawk", "-f", script("columns.awk"), "text.txt"],
                makes=[("text.txt", make_text)]),
        Program("jq", ["jq", "-c", "group_by(.name) | map({n: .[0].name, "
                       "t: (map(.tags) | add | unique), x: (map(.at.x) | add)})",
                       "records.json"], makes=[("records.json", make_json)]),
        Program("xz", ["xz", "--lzma2=preset=0,dict=64MiB", "-T1", "-c", "text.txt"],
                makes=[("text.txt", make_text)]),
    ]


def find(name):
    """A program by name; None when this machine has it not."""
    program = next(p for p in programs() if p.name == name)
    return program if program.argv[0] else None
