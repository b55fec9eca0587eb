/* SPDX-License-Identifier: MIT */
/*
 * What the options of memory return do to the kernel's pages: a reset leaves
 * them until memory is short, an eager region is backed at once, and large pages
 * come where they are asked for.
 */
#include "../harness.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

static size_t file_text(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got = 1;

	while (fd >= 0 && len < room - 1 && got > 0) {
		got = read(fd, text + len, room - 1 - len);
		len += got > 0 ? (size_t)got : 0;
	}
	text[len] = '\0';
	if (fd >= 0)
		close(fd);
	return len;
}

/* Bytes of this process of the kind @what, as "LazyFree:". */
static size_t smaps(const char *what)
{
	char text[4096], *at;

	if (!file_text("/proc/self/smaps_rollup", text, sizeof(text)))
		return 0;
	at = strstr(text, what);
	return at ? (size_t)strtoul(at + strlen(what), NULL, 10) << 10 : 0;
}

static void set(enum mica_option option, long value)
{
	CHECK_EQ(mica_option_set(option, value), 0);
}

static void reset(enum mica_option option)
{
	struct mica_option_info info;

	if (CHECK(mica_option_info(option, &info)))
		set(option, info.initial);
}

/* Take back all regions in which nothing lives: the next are new ones. */
static void remove_empty(void)
{
	struct mica_region region;
	size_t k = 0;

	mica_collect(true);
	while (mica_region_get(k, &region))
		k += mica_region_remove(region.base) != 0;
}

/* In blocks of @each bytes, touched; freed again. What they have of @what. */
static size_t touched(struct mica_heap *heap, size_t bytes, size_t each,
		      const char *what)
{
	static void *blocks[1024];
	size_t n, k, found;

	for (n = 0; n < bytes / each && n < 1024; n++) {
		blocks[n] = mica_heap_malloc(heap, each);
		if (!CHECK(blocks[n]))
			break;
		memset(blocks[n], 1, each);
	}
	found = smaps(what);
	for (k = 0; k < n; k++)
		mica_free(blocks[k]);
	return found;
}

/* The same in regions that are new. */
static size_t touched_anew(size_t bytes, size_t each, const char *what)
{
	struct mica_heap_setup setup = { .flags = MICA_HEAP_SEPARATE };
	struct mica_heap *heap = mica_heap_new(&setup);
	size_t found = touched(heap, bytes, each, what);

	CHECK_EQ(mica_heap_destroy(heap), 0);
	remove_empty();
	return found;
}

#define NEEDS .needs = TEST_TABLE | TEST_LAZY | TEST_FAST

TEST(reset_pages_wait_for_the_kernel, .arena = 64 * MIB, NEEDS)
{
	size_t before, lazy, decommitted;

	mica_collect(true);
	before = smaps("LazyFree:");
	touched(mica_heap_main(), 16 * MIB, MIB, "Rss:");
	mica_collect(true);
	decommitted = smaps("LazyFree:");
	set(MICA_OPTION_PURGE_DECOMMITS, 0);
	touched(mica_heap_main(), 16 * MIB, MIB, "Rss:");
	mica_collect(true);
	lazy = smaps("LazyFree:");
	reset(MICA_OPTION_PURGE_DECOMMITS);
	test_print("# measured: %zu KiB wait for the kernel after a reset, %zu "
		   "after a decommit\n", lazy >> 10, decommitted >> 10);
	CHECK(decommitted <= before + 2 * MIB);
	CHECK(lazy >= decommitted + 15 * MIB);
}

/* A heap with regions of its own has a new one. */
TEST(eager_regions_are_backed, .arena = 256 * MIB, NEEDS)
{
	struct mica_heap_setup setup = { .flags = MICA_HEAP_SEPARATE };
	struct mica_heap *heap = mica_heap_new(&setup);
	size_t unit = (size_t)1 << MICA_UNIT_SHIFT, before, after;

	REQUIRE(heap);
	mica_collect(true);
	before = smaps("Rss:");
	set(MICA_OPTION_EAGER_COMMIT, 1);
	CHECK(mica_heap_malloc(heap, 1));
	reset(MICA_OPTION_EAGER_COMMIT);
	after = smaps("Rss:");
	CHECK(after > before + unit / 10 * 9);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
	remove_empty();
	CHECK(smaps("Rss:") < before + 2 * MIB);
}

/* Which does the kernel offer: as "always [madvise] never". */
static bool kernel_offers(const char *way)
{
	char text[128];

	file_text("/sys/kernel/mm/transparent_hugepage/enabled", text,
		  sizeof(text));
	return strstr(text, way) != NULL;
}

/* Of 512 MiB in blocks of some KiB and of a MiB, what comes in large pages. */
TEST(huge_pages_are_used, .arena = 512 * MIB, NEEDS)
{
	size_t large, small, without;

	if (!kernel_offers("[always]") && !kernel_offers("[madvise]")) {
		test_print("# not looked at: the kernel offers no large pages\n");
		return;
	}
	set(MICA_OPTION_HUGE_PAGES, 2);
	large = touched_anew(512 * MIB, MIB, "AnonHugePages:");
	small = touched_anew(8 * MIB, 8 << 10, "AnonHugePages:");
	set(MICA_OPTION_HUGE_PAGES, 0);
	without = touched_anew(512 * MIB, MIB, "AnonHugePages:");
	reset(MICA_OPTION_HUGE_PAGES);
	test_print("# measured: %zu MiB of 512 in large pages, %zu of 8 in small "
		   "blocks, %zu where none are wanted\n", large / MIB,
		   small / MIB, without / MIB);
	CHECK(large >= 480 * MIB);
	CHECK(small >= 4 * MIB);
	CHECK(without < 2 * MIB);
}
