// SPDX-License-Identifier: MIT
/* Faults and failures: what is said about them; report.h has the contract. */
#include <mica/mica.h>
#include <mica/port.h>
#include "count.h"
#include "report.h"

#define LINE_MAX 96

static void (*failure_hook)(void);

static size_t put_text(char *line, size_t at, const char *text)
{
	while (*text && at < LINE_MAX - 1)
		line[at++] = *text++;
	return at;
}

static size_t put_hex(char *line, size_t at, uintptr_t value)
{
	unsigned int digits = sizeof(value) * 2;

	while (digits > 1 && !(value >> (digits - 1) * 4))
		digits--;
	while (digits-- && at < LINE_MAX - 1)
		line[at++] = "0123456789abcdef"[value >> digits * 4 & 15];
	return at;
}

void report_fault(enum fault fault, const char *call, const void *p)
{
	char line[LINE_MAX];
	size_t at = put_text(line, 0, "mica: ");

	if (fault == FAULT_TWICE) {
		at = put_text(line, at, "block freed twice: 0x");
	} else {
		at = put_text(line, at, call);
		at = put_text(line, at, fault == FAULT_WILD ?
			      " of a pointer that is not mica's: 0x" :
			      " of a misaligned pointer: 0x");
	}
	at = put_hex(line, at, (uintptr_t)p);
	at = put_text(line, at, "\n");
	mica_port_console(line, at);
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
