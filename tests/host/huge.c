/* SPDX-License-Identifier: MIT */
/*
 * Large pages by name on Linux: the port's calls with the kernel's answers put in
 * their place, and, where the tests may set some aside, the kernel itself.
 */
#include "../harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE ((size_t)2 << 20)

/* ---- the port, over a kernel of which the test says what it has ------------------- */

static unsigned int have;		/* large pages */
static bool elsewhere;			/* it maps them where it likes */
static long populates;			/* what it says to that */
static int last_flags;
static unsigned long last_node[2];	/* policy, nodes */
static unsigned int binds;
static const char *nodes_online;

static void *large_places[16];
static unsigned int nr_large;

/* In the place of syscall.h: what the port calls. */
#define MICA_PORT_LINUX_SYSCALL_H
#define MICA_LINUX_PAGE_BYTES 4096
enum {
	PROT_READ_WRITE = 3, MAP_FIXED_NOREPLACE_ = 0x100000,
	MAP_HUGETLB_ = 0x40000, MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022,
	MAP_PRIVATE_ANONYMOUS = 0x22, MADV_POPULATE_WRITE_ = 23,
	MPOL_PREFERRED = 1,
};
#undef MAP_FIXED_NOREPLACE
#undef MAP_HUGETLB
#undef MAP_HUGE_SHIFT
#undef MADV_POPULATE_WRITE
#define MAP_FIXED_NOREPLACE MAP_FIXED_NOREPLACE_
#define MAP_HUGETLB MAP_HUGETLB_
#define MAP_HUGE_SHIFT 26
#define MADV_POPULATE_WRITE MADV_POPULATE_WRITE_

static bool sys_failed(long result)
{
	return (unsigned long)result > -4096UL;
}

static long sys_mmap(void *hint, size_t bytes, int protection, int flags)
{
	void *got;

	if (flags & MAP_HUGETLB) {
		last_flags = flags;
		if (!have)
			return -ENOMEM;
		have--;
		flags &= ~(MAP_HUGETLB | (int)(63u << MAP_HUGE_SHIFT));
		if (elsewhere) {
			hint = NULL;
			flags &= ~MAP_FIXED_NOREPLACE;
		}
	}
	got = mmap(hint, bytes, protection, flags, -1, 0);
	if (hint && got == hint && nr_large < 16)
		large_places[nr_large++] = got;
	return got == MAP_FAILED ? -errno : (long)got;
}

static long sys_munmap(void *address, size_t bytes)
{
	return munmap(address, bytes) ? -errno : 0;
}

static long sys_madvise(void *address, size_t bytes, int advice)
{
	CHECK(advice == MADV_POPULATE_WRITE && bytes == PAGE &&
	      (uintptr_t)address % PAGE == 0);
	return populates;
}

static long sys_mbind(void *address, size_t bytes, int policy,
		      const unsigned long *nodes, unsigned long bits)
{
	CHECK(bytes == PAGE && (uintptr_t)address % PAGE == 0);
	CHECK(bits > 1024);
	binds++;
	last_node[0] = (unsigned long)policy;
	last_node[1] = nodes[0];
	return 0;
}

static long sys_open_to_read(const char *path)
{
	CHECK(!strcmp(path, "/sys/devices/system/node/online"));
	return nodes_online ? 100 : -ENOENT;
}

static long sys_read(int fd, char *buffer, size_t len)
{
	size_t n = strlen(nodes_online);

	CHECK(fd == 100 && n < len);
	memcpy(buffer, nodes_online, n);
	return (long)n;
}

static void sys_close(int fd)
{
	CHECK_EQ(fd, 100);
}

#define mica_port_huge(nothing) injected_port_huge(nothing)
const struct mica_port_huge *injected_port_huge(void);
#include "port/linux/huge.c"
#undef mica_port_huge

TEST(linux_maps_large_pages, .needs = TEST_TABLE)
{
	const struct mica_port_huge *port = injected_port_huge();
	struct mica_span span = { NULL, 0 }, rest;
	char *base;

	nr_large = binds = 0;
	have = 2;
	elsewhere = false;
	populates = 0;
	CHECK_EQ(port->reserve(4 * PAGE, 4 * PAGE, &span), 0);
	base = span.base;
	REQUIRE(base && (uintptr_t)base % (4 * PAGE) == 0);
	CHECK_EQ(span.bytes, 4 * PAGE);
	CHECK_EQ(port->page(base, PAGE, -1), 0);
	CHECK_EQ(binds, 0);
	CHECK_EQ(last_flags, 0x22 | MAP_FIXED_NOREPLACE | MAP_HUGETLB |
			     21 << MAP_HUGE_SHIFT);
	CHECK_EQ(port->page(base + PAGE, PAGE, 5), 0);
	CHECK_EQ(binds, 1);
	CHECK(last_node[0] == MPOL_PREFERRED && last_node[1] == 1ul << 5);
	CHECK(nr_large == 2 && large_places[0] == base &&
	      large_places[1] == base + PAGE);
	memset(base, 1, 2 * PAGE);
	/* There are no more; what is left goes back, what was filled too. */
	CHECK(port->page(base + 2 * PAGE, PAGE, 0) < 0);
	rest = (struct mica_span){ base + 3 * PAGE, PAGE };
	port->unreserve(rest);
	span.bytes = 2 * PAGE;
	CHECK_EQ(port->memory->release(port->memory->context, span), 0);
	CHECK(!port->memory->decommit && !port->memory->advise &&
	      !port->memory->commit);
}

static int page_of(unsigned int there, bool away, long populated)
{
	const struct mica_port_huge *port = injected_port_huge();
	struct mica_span span;
	int result;

	if (!CHECK_EQ(port->reserve(PAGE, PAGE, &span), 0))
		return 0;
	have = there;
	elsewhere = away;
	populates = populated;
	result = port->page(span.base, PAGE, 0);
	if (!result)
		port->memory->release(NULL, span);
	return result;
}

TEST(linux_large_pages_fail, .needs = TEST_TABLE)
{
	CHECK_EQ(page_of(1, false, 0), 0);
	CHECK_EQ(page_of(1, false, -EINVAL), 0);	/* an older kernel */
	CHECK(page_of(0, false, 0) < 0);
	CHECK(page_of(1, true, 0) < 0);
	CHECK(page_of(1, false, -EFAULT) < 0);
	CHECK(page_of(1, false, -ENOMEM) < 0);
}

TEST(linux_counts_nodes, .needs = TEST_TABLE)
{
	static const struct {
		const char *online;
		unsigned int nodes;
	} cases[] = {
		{ NULL, 1 }, { "0\n", 1 }, { "0-3\n", 4 }, { "0,2-5\n", 6 },
		{ "0-11\n", 12 }, { "9999\n", 1024 },
	};

	for (unsigned int k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		nodes_online = cases[k].online;
		CHECK_EQ(injected_port_huge()->nodes(), cases[k].nodes);
	}
}

/* ---- the kernel itself ------------------------------------------------------------- */

#define SET_ASIDE "/proc/sys/vm/nr_hugepages"

static long aside_get(void)
{
	FILE *f = fopen(SET_ASIDE, "re");
	long n = -1;

	if (f && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

static void aside_set(long n)
{
	FILE *f = fopen(SET_ASIDE, "we");

	if (!f)
		return;
	fprintf(f, "%ld\n", n);
	fclose(f);
}

/* What there is not, or not for this user, falls back; that is all there is then. */
static void reserve_some(bool there)
{
	struct mica_huge_setup setup = { .page_bytes = PAGE, .node = 0 };
	struct mica_heap_setup bound = { 0 };
	struct mica_heap *heap;
	void *base = NULL, *p;
	size_t got = 99;

	mica_option_set(MICA_OPTION_VERBOSE, 0);
	CHECK_EQ(mica_reserve_huge(4, &setup, &got, &base), 0);
	mica_option_set(MICA_OPTION_VERBOSE, 1);
	CHECK(there ? got > 0 && got <= 4 : got == 0);
	bound.region = base;
	heap = mica_heap_new(&bound);
	REQUIRE(heap);
	p = mica_heap_malloc(heap, 1 << 20);
	REQUIRE(p);
	CHECK((uintptr_t)p - (uintptr_t)base < 4 * PAGE);
	memset(p, 1, 1 << 20);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	mica_collect(true);
	/* Large pages are not purged. */
	if (there)
		CHECK_EQ(((char *)p)[1 << 19], 1);
	CHECK_EQ(mica_region_remove(base), 0);
	test_print("# measured: %zu of 4 large pages reserved%s\n", got,
		   there ? "" : ", as none could be set aside");
	CHECK_MICA();
}

TEST(linux_reserves_large_pages, .needs = TEST_TABLE | TEST_FAST)
{
	long before = aside_get();

	if (before == 0)
		reserve_some(false);
	if (before >= 0)
		aside_set(before + 4);
	if (before >= 0 && aside_get() == before + 4)
		reserve_some(true);
	else
		test_print("# not looked at: large pages cannot be set aside\n");
	if (before >= 0)
		aside_set(before);
}
