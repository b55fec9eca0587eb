// SPDX-License-Identifier: MIT
/* Faults and failures: what is said about them; report.h has the contract. */
#include <mica/mica.h>
#include <mica/port.h>
#include "count.h"
#include "output.h"
#include "report.h"

#define LINE_MAX 96

_Static_assert((int)FAULT_WILD == MICA_FAULT_WILD &&
	       (int)FAULT_MISALIGNED == MICA_FAULT_MISALIGNED &&
	       (int)FAULT_TWICE == MICA_FAULT_TWICE &&
	       (int)FAULT_INTERIOR == MICA_FAULT_INTERIOR &&
	       (int)FAULT_OVERFLOW == MICA_FAULT_OVERFLOW &&
	       (int)FAULT_WRITTEN == MICA_FAULT_WRITTEN &&
	       (int)FAULT_LIST == MICA_FAULT_LIST, "enum mica_fault");

#if MICA_HARDEN >= 2
#define MORE_FAULTS							\
	[FAULT_INTERIOR] = " of a pointer into a block: 0x",		\
	[FAULT_OVERFLOW] = "written behind the end of a block: 0x",	\
	[FAULT_WRITTEN] = "block written after it was freed: 0x",	\
	[FAULT_LIST] = "broken link in a free block: 0x",
#define FAULT_HAS_CALL(fault) ((fault) <= FAULT_MISALIGNED || \
			       (fault) == FAULT_INTERIOR)
#else
#define MORE_FAULTS
#define FAULT_HAS_CALL(fault) ((fault) != FAULT_TWICE)
#endif

void *(*mica_failed)(size_t size);
void *(*mica_failed_large)(const struct large_want *want, uint32_t attributes,
			   failure_again *again);

static char *put_text(char *at, const char *text)
{
	while (*text)
		*at++ = *text++;
	return at;
}

static char hex_digit(uintptr_t digit)
{
	return (char)(digit < 10 ? '0' + digit : 'a' - 10 + digit);
}

/* Longest: "reallocn of a pointer that is not mica's: 0x", 16 digits. */
void report_fault(enum fault fault, const char *call, const void *p)
{
	static const char *const what[] = {
		[FAULT_WILD] = " of a pointer that is not mica's: 0x",
		[FAULT_MISALIGNED] = " of a misaligned pointer: 0x",
		[FAULT_TWICE] = "block freed twice: 0x",
		MORE_FAULTS
	};
	int shift = sizeof(p) * 8;
	char line[LINE_MAX], *at = put_text(line, "mica: ");

	if (FAULT_HAS_CALL(fault))
		at = put_text(at, call);
	at = put_text(at, what[fault]);
	while ((shift -= 4) >= 0)
		if ((uintptr_t)p >> shift || !shift)
			*at++ = hex_digit((uintptr_t)p >> shift & 15);
	*at++ = '\n';
	if (!output_report((int)fault, p, line, (size_t)(at - line)) ||
	    !MICA_OUTPUT_HOOKS)
		mica_port_stop();
}

void *report_failure(size_t size)
{
	void *(*failed)(size_t) = load_acquire(&mica_failed);

	if (failed)
		return failed(size);
	count_all(failures, 1);
	return NULL;
}

void *report_failure_large(const struct large_want *want, uint32_t attributes,
			   failure_again *again)
{
	void *(*failed)(const struct large_want *, uint32_t, failure_again *) =
		load_acquire(&mica_failed_large);

	if (failed)
		return failed(want, attributes, again);
	return report_failure(SIZE_MAX);
}
