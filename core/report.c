// SPDX-License-Identifier: MIT
/* Faults and failures: what is said about them; report.h has the contract. */
#include <mica/mica.h>
#include <mica/port.h>
#include "count.h"
#include "report.h"

#define LINE_MAX 96

static void (*failure_hook)(void);

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
	};
	int shift = sizeof(p) * 8;
	char line[LINE_MAX], *at = put_text(line, "mica: ");

	if (fault != FAULT_TWICE)
		at = put_text(at, call);
	at = put_text(at, what[fault]);
	while ((shift -= 4) >= 0)
		if ((uintptr_t)p >> shift || !shift)
			*at++ = hex_digit((uintptr_t)p >> shift & 15);
	*at++ = '\n';
	mica_port_console(line, (size_t)(at - line));
	mica_port_stop();
}

void *report_failure(void)
{
	void (*hook)(void) = load_acquire(&failure_hook);

	count_all(failures, 1);
	if (hook)
		hook();
	return NULL;
}

void mica_on_failure(void (*hook)(void))
{
	store_release(&failure_hook, hook);
}
