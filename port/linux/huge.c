// SPDX-License-Identifier: MIT
/*
 * Large pages that the system's administrator set aside (hugetlbfs): address
 * space without access first, then page by page. The kernel promises the page
 * when it is mapped; populating it has it cleared, on its node, there and then.
 */
#include <mica/port.h>
#include "syscall.h"

#define NODES_MAX 1024u
#define NODE_BITS (8 * sizeof(long))
#define NOT_KNOWN (-22)		/* EINVAL: an older kernel */

static int hugetlb_reserve(size_t bytes, size_t align, struct mica_span *span)
{
	long got = sys_mmap(NULL, bytes + align, PROT_NONE,
			    MAP_PRIVATE_ANONYMOUS_NORESERVE);
	uintptr_t at = (uintptr_t)got;
	size_t cut = (size_t)(0 - at) & (align - 1);

	if (sys_failed(got))
		return (int)got;
	if (cut)
		sys_munmap((void *)at, cut);
	sys_munmap((void *)(at + cut + bytes), align - cut);
	span->base = (void *)(at + cut);
	span->bytes = bytes;
	return 0;
}

static void hugetlb_unreserve(struct mica_span span)
{
	if (span.bytes)
		sys_munmap(span.base, span.bytes);
}

/* Preferred, not demanded: a page on another node is better than a fault. */
static void page_prefer(void *at, size_t bytes, int node)
{
	unsigned long nodes[NODES_MAX / NODE_BITS] = { 0 };

	if (node < 0 || (unsigned int)node >= NODES_MAX)
		return;
	nodes[(unsigned int)node / NODE_BITS] =
		1UL << (unsigned int)node % NODE_BITS;
	sys_mbind(at, bytes, MPOL_PREFERRED, nodes, NODES_MAX + 1);
}

/*
 * The place is emptied first, and must be empty then: the kernel may have thrown
 * away what lay there when it says that it has no page.
 */
static int hugetlb_page(void *at, size_t bytes, int node)
{
	int size = __builtin_ctzl((unsigned long)bytes);
	long got;

	sys_munmap(at, bytes);
	got = sys_mmap(at, bytes, PROT_READ_WRITE,
		       MAP_PRIVATE_ANONYMOUS | MAP_FIXED_NOREPLACE |
		       MAP_HUGETLB | size << MAP_HUGE_SHIFT);
	if (sys_failed(got))
		return (int)got;
	if ((void *)got == at) {
		page_prefer(at, bytes, node);
		got = sys_madvise(at, bytes, MADV_POPULATE_WRITE);
		if (!sys_failed(got) || got == NOT_KNOWN)
			return 0;
		sys_munmap(at, bytes);
		return (int)got;
	}
	sys_munmap((void *)got, bytes);
	return -17;
}

/* The highest number of "0", "0-3", "0,2-5". */
static unsigned int hugetlb_nodes(void)
{
	long fd = sys_open_to_read("/sys/devices/system/node/online"), len, k;
	unsigned int n = 0;
	char text[256];

	if (sys_failed(fd))
		return 1;
	len = sys_read((int)fd, text, sizeof(text));
	sys_close((int)fd);
	for (k = 0; k < len; k++) {
		if (text[k] >= '0' && text[k] <= '9')
			n = n * 10 + (unsigned int)(text[k] - '0');
		else if (text[k] != '\n')
			n = 0;
	}
	return n < NODES_MAX ? n + 1 : NODES_MAX;
}

static int hugetlb_release(void *context, struct mica_span span)
{
	(void)context;
	return (int)sys_munmap(span.base, span.bytes);
}

const struct mica_port_huge *mica_port_huge(void)
{
	static const struct mica_provider memory = {
		.name = "huge pages",
		.flags = MICA_PROVIDER_COMMITTED | MICA_PROVIDER_ZEROED,
		.granule = MICA_LINUX_PAGE_BYTES,
		.release = hugetlb_release,
	};
	static const struct mica_port_huge hugetlb = {
		.memory = &memory,
		.reserve = hugetlb_reserve,
		.page = hugetlb_page,
		.unreserve = hugetlb_unreserve,
		.nodes = hugetlb_nodes,
	};

	return &hugetlb;
}
