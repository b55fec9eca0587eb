# SPDX-License-Identifier: MIT
"""What mica keeps, read from memory: geometry, regions, runs, pages, heaps.

For mica.py, which says what gdb can be asked. Structs are known by their debug
information; what lies beside them, tags and words at a run's end, is known here.
"""
import gdb

BLOCK, FREE, PAGE, INSIDE, META = "block", "free", "page", "inside", "meta"
KINDS = [META, FREE, BLOCK, PAGE, INSIDE, "deferred", "held"]   # enum run_kind
PAGE_FULL = 1                                           # enum page_flags
TAG_FREE, TAG_PREV_FREE, TAG_HELD, TAG_HEAP = 1, 2, 4, 8
REMOTE_BLOCK_AT = 15
HEAP_LIVES = 2                                          # enum heap_life
CHUNK = 4096


class Broken(Exception):
    """An invariant does not hold: its number, and where."""

    def __init__(self, number, what):
        super().__init__(f"invariant {number}: {what}")
        self.number = number


class Memory:
    """The inferior's memory, read in chunks that are kept for one command."""

    def __init__(self):
        self.chunks = {}
        self.little = "little" in gdb.execute("show endian", to_string=True)

    def bytes(self, address, size):
        got = b""
        while size:
            base = address - address % CHUNK
            if base not in self.chunks:
                self.chunks[base] = self.chunk(base)
            start = address - base
            part = self.chunks[base][start:start + size]
            if not part:
                raise gdb.MemoryError(f"cannot read {address:#x}")
            got += part
            address += len(part)
            size -= len(part)
        return got

    @staticmethod
    def chunk(base):
        """All of it, or what there is at its begin: memory may end in it."""
        inferior = gdb.selected_inferior()
        for size in (CHUNK, CHUNK // 2, CHUNK // 4, 256, 64, 16):
            try:
                return bytes(inferior.read_memory(base, size))
            except gdb.MemoryError:
                pass
        return b""

    def word(self, address, size):
        return int.from_bytes(self.bytes(address, size),
                              "little" if self.little else "big")


class Struct:
    """Fields of a C struct at an address, by the debug information."""

    def __init__(self, core, name, address):
        self.core, self.type = core, core.type(name)
        self.address = address

    def field(self, name):
        return self.core.offsets(self.type)[name]

    def __getitem__(self, name):
        offset, size = self.field(name)
        return self.core.memory.word(self.address + offset, size)

    def at(self, name):
        return self.address + self.field(name)[0]


class Core:
    """The allocator: its geometry, regions and pages."""

    def __init__(self):
        self.memory = Memory()
        self.types, self.layouts = {}, {}
        for field in self.type("enum mica_geometry").fields():
            setattr(self, field.name[len("GEOMETRY_"):].lower(), field.enumval)
        self.word_bytes = gdb.lookup_type("unsigned long").sizeof
        self.parts = list(self.find_parts())

    def type(self, name):
        if name not in self.types:
            try:
                self.types[name] = gdb.lookup_type(name)
            except gdb.error as error:
                raise gdb.GdbError(
                    f"no {name}: is mica loaded, with -g?") from error
        return self.types[name]

    def offsets(self, struct):
        key = str(struct)
        if key not in self.layouts:
            found = {}
            for field in struct.fields():
                for inner in [field] if field.name else field.type.fields():
                    base = 0 if field.name else field.bitpos
                    found[inner.name] = ((inner.bitpos + base) // 8,
                                         inner.type.sizeof)
            self.layouts[key] = found
        return self.layouts[key]

    @staticmethod
    def symbol(name):
        """Address of a variable; None: it is not in this build."""
        found = gdb.lookup_global_symbol(name) or \
            gdb.lookup_static_symbol(name)
        if not found:
            return None
        try:
            return int(found.value().address)
        except gdb.error:
            return None

    def variable(self, name):
        address = self.symbol(name)
        return self.memory.word(address, self.word_bytes) if address else 0

    def asleep(self):
        """Bytes of banks that sleep; the name is a file's own."""
        if self.table:
            return 0
        try:
            return int(gdb.parse_and_eval("'bank.c'::asleep"))
        except gdb.error:
            return 0

    def find_parts(self):
        """Addresses of the parts that are runs of a region."""
        at = self.variable("all_parts") if self.thread else 0
        while at:
            yield at
            at = Struct(self, "struct mica_part", at)["next"]

    def numbered(self):
        base = self.symbol("mica_regions")
        for k in range(self.variable("mica_nr_regions")):
            at = self.memory.word(base + k * self.word_bytes, self.word_bytes)
            if at:
                yield Region(self, at)

    def huge(self):
        """Regions of huge blocks: the map names them in foreign units."""
        if not self.table or not self.variable("mica_huge_blocks"):
            return
        base, size = self.symbol("mica_map"), self.word_bytes
        units = gdb.lookup_global_symbol("mica_map").type.range()[1] + 1
        seen = set()
        for first in range(0, units, CHUNK // size):
            chunk = self.memory.bytes(base + first * size, CHUNK)
            self.memory.chunks.pop(base + first * size, None)
            if not any(chunk):
                continue
            for k in range(CHUNK // size):
                at = int.from_bytes(chunk[k * size:(k + 1) * size], "little"
                                    if self.memory.little else "big")
                if at and at >> self.unit_shift != first + k and \
                        at not in seen:
                    seen.add(at)
                    offset = self.offsets(self.type("struct region"))["runs"][0]
                    yield Region(self, at - offset, huge=True)

    def struct(self, name, address):
        return Struct(self, name, address)

    def version_text(self):
        return f"{self.version // 10000}.{self.version // 100 % 100}." \
               f"{self.version % 100}"

    def text(self, address):
        """A string of the program's; an empty one for NULL."""
        found = b""
        while address and len(found) < 256:
            byte = self.memory.bytes(address, 1)
            if byte == b"\0":
                break
            found, address = found + byte, address + 1
        return found.decode(errors="replace")

    def heap(self, number):
        size = self.type("struct mica_heap").sizeof
        return Struct(self, "struct mica_heap",
                      self.symbol("mica_heaps") + number * size)

    def heap_number(self, address):
        """0 for NULL: the main heap."""
        if not address:
            return 0
        size = self.type("struct mica_heap").sizeof
        return (address - self.symbol("mica_heaps")) // size

    def heap_name(self, number):
        if not number:
            return "main"
        return self.text(self.heap(number)["name"]) or f"heap {number}"

    def region_heap(self, region):
        """(number of the heap that has it alone or None, exclusive)."""
        if not self.heaps:
            return None, False
        address = region.head["heap"]
        if address <= 1:                    # 1: REGION_EXCLUSIVE
            return None, address == 1
        return self.heap_number(address), False

    def live_heaps(self):
        """Numbers of the heaps beside the main one."""
        count = self.variable("mica_nr_heaps") if self.heaps else 1
        return [k for k in range(1, count)
                if self.heap(k)["life"] == HEAP_LIVES]

    def heap_figures(self, stats):
        """(number, parent's or 0, [used, total, peak, soft, hard]) of each."""
        numbers = self.live_heaps()
        used = stats["used_bytes"] - sum(self.heap(k)["bytes"] for k in numbers)
        yield 0, 0, [used, stats["used_bytes"], stats["peak_bytes"], 0, 0]
        for k in numbers:
            heap = self.heap(k)
            yield k, self.heap_number(heap["parent"]), [heap[what] for what in (
                "bytes", "total", "peak", "soft", "hard")]

    def class_bytes(self, number):
        linear = 1 << (self.linear_shift - self.granule_shift)
        if number < linear:
            return (number + 1) << self.granule_shift
        number -= linear
        step = number & ((1 << self.step_shift) - 1)
        return (step + 1 + (1 << self.step_shift)) << (
            self.linear_shift - self.step_shift + (number >> self.step_shift))


class Region:
    """A region: its runs, by either layout."""

    def __init__(self, core, address, huge=False):
        self.core, self.address, self.is_huge = core, address, huge
        self.head = Struct(core, "struct region", address)
        self.runs = Struct(core, "struct runs", self.head.at("runs"))
        span = Struct(core, "struct mica_span", self.head.at("span"))
        self.base, self.bytes = span["base"], span["bytes"]
        self.first = self.runs["first_slice"]
        if core.table:
            self.end = self.runs["nr_slices"]
            self.origin = self.runs["base"]
        else:
            self.end = self.runs["end"]
            # As wide as an index: indices are addresses.
            self.origin = 0 if core.word_bytes == 4 else self.runs["base"]
        self.shift = core.slice_shift

    def __contains__(self, address):
        return self.base <= address < self.base + self.bytes

    def run_address(self, i):
        return self.origin + (i << self.shift)

    def entry(self, i):
        return Struct(self.core, "struct page", self.runs.at("pages") +
                      i * self.core.type("struct page").sizeof)

    def tag(self, i):
        return self.core.memory.word(self.run_address(i) - 4, 4)

    def cell(self, address):
        return self.core.memory.word(
            (self.runs["cells"] + (address >> self.core.page_shift)) &
            ((1 << 8 * self.core.word_bytes) - 1), 1)

    def run(self, i):
        """(kind, slices, is the run before it free) of the run at @i."""
        if self.core.table:
            entry = self.entry(i)
            return (KINDS[entry["kind"]], entry["slices"],
                    bool(entry["prev_free"]))
        tag = self.tag(i)
        slices = tag >> (32 - self.core.region_shift)
        kind = FREE if tag & TAG_FREE else "held" if tag & TAG_HELD else \
            PAGE if self.cell(self.run_address(i)) else \
            "part" if self.run_address(i) in self.core.parts else BLOCK
        return kind, slices, bool(tag & TAG_PREV_FREE)

    def walk(self):
        """(index, kind, slices, prev_free) of each run; they must tile."""
        i = self.first
        while i < self.end:
            kind, slices, prev_free = self.run(i)
            if not slices or slices > self.end - i:
                raise Broken(1, f"run at {self.run_address(i):#x} "
                                f"of {slices} slices")
            yield i, kind, slices, prev_free
            i += slices

    def page(self, i):
        return Page(self, i)

    def heap_bytes(self, i):
        """What a block that is a run has less: the heap's word, and links."""
        core = self.core
        if core.table or not core.heaps or not self.tag(i) & TAG_HEAP:
            return 0
        return 4 + (2 * core.word_bytes if core.solo else 0)

    def heap_of_run(self, i, slices):
        core = self.core
        if not core.heaps:
            return 0
        if core.table:
            return self.entry(i)["heap"]
        if not self.heap_bytes(i):
            return 0
        return core.memory.word(self.run_address(i + slices) - 8, 4)

    def block(self, i, slices):
        """(start, usable bytes) of a run that is a block."""
        at = self.run_address(i)
        if not self.core.table:
            return at, slices - 4 - self.heap_bytes(i)
        lead = self.entry(i)["lead"]
        if self.is_huge:
            return at + lead, self.base + self.bytes - at - lead
        return at + lead, (slices << self.shift) - lead

    def committed_of(self, i, slices):
        """Bytes of the slices [i, i + slices) that are committed."""
        if not self.core.table:
            return slices << self.shift
        word = self.core.word_bytes
        n = 0
        for k in range(i, i + slices):
            bits = self.core.memory.word(
                self.runs.at("committed") + k // (8 * word) * word, word)
            n += bits >> k % (8 * word) & 1
        return n << self.shift

    def largest(self):
        """Slices of the first run of the highest list; see run.h."""
        offset, size = self.runs.field("list_map")
        for w in reversed(range(size // 4)):
            bits = self.core.memory.word(self.runs.address + offset + 4 * w, 4)
            if bits:
                k = 32 * w + bits.bit_length() - 1
                k -= 0 if self.core.table else self.core.steps
                return self.run(self.core.memory.word(
                    self.runs.at("heads") + 4 * k, 4))[1]
        return 0

    def committed(self):
        return (self.runs["nr_committed"] << self.shift) if self.core.table \
            else self.runs["bytes"]


class Page:
    """A page: header, counts and free lists, of either engine."""

    def __init__(self, region, i):
        core = self.core = region.core
        self.header = region.entry(i) if core.table else \
            Struct(core, "struct page", region.run_address(i))
        head = core.type("struct page").sizeof
        granule = 1 << core.granule_shift
        self.start = self.header["start"] if core.table else \
            region.run_address(i) + (head + granule - 1) // granule * granule
        self.space = region.run(i)[1] << region.shift     # for blocks
        if not core.table:
            self.space -= self.start - self.header.address + 4
        self.number = self.header["class"]
        if self.number >= core.classes:
            raise Broken(3, f"page at {self.start:#x} of class {self.number}")
        self.block_bytes = core.class_bytes(self.number)
        self.stripped = False
        self.solo() if core.solo else self.shared()
        self.live = self.used - self.remote

    def heap(self):
        if not self.core.heaps:
            return 0
        if self.core.solo:
            return self.header["heap"]
        part = self.header["part"]
        return self.core.heap_number(
            Struct(self.core, "struct mica_part", part)["heap"]) if part else 0

    def solo(self):
        h = self.header
        self.used = h["parked"] or h["used"]
        head = self.start - h.address
        self.carved = (h["fresh"] - head) // self.block_bytes
        self.remote, self.heads = 0, [h["free"]]
        self.full, self.state = bool(h["parked"]), "owned"

    def shared(self):
        h, core = self.header, self.core
        local, word = h.at("local"), h["remote"]
        current = h["list"] != local
        lists = Struct(core, "struct list", h["list"])
        self.carved = h["carved"]
        self.full = bool(h["flags"] & PAGE_FULL) and not current
        self.used = self.carved if self.full else \
            lists["used"] - (1 if current and core.table else 0)
        self.remote = word >> 2 & 0x1fff
        self.heads = [lists["head"]]
        nowhere = (1 << 8 * core.word_bytes) - 1 >> REMOTE_BLOCK_AT
        self.stripped = word >> REMOTE_BLOCK_AT == nowhere
        if self.remote and not self.stripped:
            self.heads.append(self.start + (word >> REMOTE_BLOCK_AT
                                            << core.granule_shift))
        self.state = ["owned", "full", "listed", "abandoned"][word & 3]

    def free(self):
        """Addresses of carved blocks that are free."""
        if self.stripped:       # all are, and none is in a list
            return {self.start + k * self.block_bytes
                    for k in range(self.carved)}
        found = set()
        for block in self.heads:
            while block:
                offset = block - self.start
                if offset % self.block_bytes or block in found or \
                        not 0 <= offset < self.carved * self.block_bytes:
                    raise Broken(3, f"free block {block:#x} of the page at "
                                    f"{self.start:#x}")
                found.add(block)
                block = self.core.memory.word(block, self.core.word_bytes)
        return found

    def check(self):
        free = len(self.free())
        if self.used + free - self.remote != self.carved or \
                self.remote > self.used:
            raise Broken(3, f"page at {self.start:#x}: {self.carved} carved, "
                            f"{self.used} used, {free} free")
