// SPDX-License-Identifier: MIT
/*
 * Linux: the port talks to the kernel itself, nothing of libc is needed.
 *
 * Memory is reserved readable and writable with MAP_NORESERVE: the kernel
 * commits a page when it is touched, decommit is madvise(MADV_DONTNEED),
 * and both read as zero afterwards. A reset is MADV_FREE: the kernel takes the
 * pages once it is short of memory, and they are resident until then.
 */
#include <mica/port.h>
#include "syscall.h"

#if MICA_CONTEXT == MICA_CONTEXT_THREAD
__thread struct mica_part *mica_port_part_word = &mica_part_none;
#endif

/* ---- memory --------------------------------------------------------------- */

#define FIXED_TRIES 32u

static void *map(void *hint, size_t bytes)
{
	long got = sys_mmap(hint, bytes, PROT_READ_WRITE,
			    MAP_PRIVATE_ANONYMOUS_NORESERVE);

	return sys_failed(got) ? NULL : (void *)got;
}

static void unmap(uintptr_t address, size_t bytes)
{
	if (bytes)
		sys_munmap((void *)address, bytes);
}

/* Bytes to add to @address so that (address + @lead) is aligned. */
static size_t misfit(uintptr_t address, size_t align, size_t lead)
{
	return (size_t)(0 - (address + lead)) & (align - 1);
}

/*
 * Often the kernel puts a span just below the last, aligned already. If
 * not, reserve more and cut off both ends; an alignment too large for that
 * is asked for at fixed multiples.
 */
static int linux_reserve(void *context, size_t bytes, size_t align, size_t lead,
			 struct mica_span *span)
{
	uintptr_t at = (uintptr_t)map(NULL, bytes), cut, want;
	unsigned int tries = 0;

	(void)context;
	if (!at)
		return -12;
	if (!misfit(at, align, lead))
		goto done;
	unmap(at, bytes);
	at = (uintptr_t)map(NULL, bytes + align);
	if (at) {
		cut = misfit(at, align, lead);
		unmap(at, cut);
		unmap(at + cut + bytes, align - cut);
		at += cut;
		goto done;
	}
	for (want = align; want && tries < FIXED_TRIES; want += align, tries++) {
		at = (uintptr_t)map((void *)(want - lead), bytes);
		if (at == want - lead)
			goto done;
		if (at)
			unmap(at, bytes);
	}
	return -12;
done:
	span->base = (void *)at;
	span->bytes = bytes;
	return 0;
}

static int linux_release(void *context, struct mica_span span)
{
	(void)context;
	return (int)sys_munmap(span.base, span.bytes);
}

static int linux_decommit(void *context, struct mica_span span)
{
	(void)context;
	return (int)sys_madvise(span.base, span.bytes, MADV_DONTNEED);
}

static int linux_protect(void *context, struct mica_span span, bool on)
{
	(void)context;
	return (int)sys_mprotect(span.base, span.bytes,
				 on ? PROT_NONE : PROT_READ_WRITE);
}

/* A kernel that does not know one of them says so: nothing was done. */
static int linux_advise(void *context, struct mica_span span,
			enum mica_advice advice)
{
	static const int advices[] = {
		[MICA_ADVICE_RESET] = MADV_FREE,
		[MICA_ADVICE_HUGE] = MADV_HUGEPAGE,
		[MICA_ADVICE_SMALL] = MADV_NOHUGEPAGE,
		[MICA_ADVICE_BACKED] = MADV_POPULATE_WRITE,
	};

	(void)context;
	return (int)sys_madvise(span.base, span.bytes, advices[advice]);
}

static const struct mica_provider linux_provider = {
	.name = "mmap",
	.flags = MICA_PROVIDER_COMMITTED | MICA_PROVIDER_ZEROED,
	.granule = MICA_LINUX_PAGE_BYTES,
	.reserve = linux_reserve,
	.release = linux_release,
	.decommit = linux_decommit,
	.protect = linux_protect,
	.advise = linux_advise,
};

const struct mica_provider *mica_port_provider(void)
{
	return &linux_provider;
}

/* ---- the rest of the contract --------------------------------------------- */

uint64_t mica_port_clock_ms(void)
{
	struct sys_timespec now = { 0, 0 };

	sys_clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.seconds * 1000 + (uint64_t)now.nanoseconds / 1000000;
}

uint64_t mica_port_random(void)
{
	uint64_t value = 0;

	sys_getrandom(&value, sizeof(value));
	return value;
}

#define INTERRUPTED (-4)	/* EINTR: nothing was written, try again */

void mica_port_console(const char *text, size_t len)
{
	long done;

	while (len) {
		done = sys_write(2, text, len);
		if (done == INTERRUPTED)
			continue;
		if (done <= 0)
			return;
		text += done;
		len -= (size_t)done;
	}
}

/* Spin a little, then let others run. */
void mica_port_relax(unsigned int spins)
{
	if (spins % 16 == 15)
		sys_sched_yield();
}

/* As abort(): the program ends by SIGABRT, whatever it blocked. */
void mica_port_stop(void)
{
	sys_abort();
	for (;;)
		__builtin_trap();
}
