// SPDX-License-Identifier: MIT
/*
 * What the kernel knows of this process: getrusage(), and two short files of
 * /proc, since resident memory and the beginning are nowhere else.
 */
#include <mica/port.h>
#include <mica/process.h>
#include "syscall.h"

#define FILE_BYTES 2048u
#define TICKS_HZ 100u	/* of what /proc shows, on every architecture here */

/* All that fits in @text, a string. Return: false, it cannot be read. */
static bool file_read(const char *path, char *text)
{
	long fd = sys_open_to_read(path), got = 1;
	size_t len = 0;

	if (sys_failed(fd))
		return false;
	while (len < FILE_BYTES - 1 && got > 0) {
		got = sys_read((int)fd, text + len, FILE_BYTES - 1 - len);
		len += got > 0 ? (size_t)got : 0;
	}
	sys_close((int)fd);
	text[len] = '\0';
	return len > 0;
}

static uint64_t number_at(const char *text)
{
	uint64_t n = 0;

	while (*text == ' ' || *text == '\t')
		text++;
	while (*text >= '0' && *text <= '9')
		n = n * 10 + (uint64_t)(*text++ - '0');
	return n;
}

/* The number behind @key, which begins a line; 0: there is none. */
static uint64_t status_number(const char *text, const char *key)
{
	size_t k;

	while (*text) {
		for (k = 0; key[k] && text[k] == key[k]; k++)
			;
		if (!key[k])
			return number_at(text + k);
		while (*text && *text++ != '\n')
			;
	}
	return 0;
}

/*
 * Field 22, ticks after boot; counted from the end of the name, field 2, which
 * may have anything in it but ends at the last parenthesis.
 */
static uint64_t stat_begin(const char *text)
{
	const char *at = text, *end = text;
	unsigned int field = 2;

	for (; *at; at++)
		if (*at == ')')
			end = at;
	for (at = end; *at && field < 22; at++)
		field += *at == ' ';
	return number_at(at);
}

static uint64_t time_ms(long seconds, long microseconds)
{
	return (uint64_t)seconds * 1000 + (uint64_t)microseconds / 1000;
}

bool mica_port_process(struct mica_process *process)
{
	struct sys_timespec now = { 0, 0 };
	long usage[RUSAGE_WORDS] = { 0 };
	char text[FILE_BYTES];
	uint64_t begin;

	if (!file_read("/proc/self/status", text) ||
	    sys_failed(sys_getrusage(usage)))
		return false;
	process->resident = (size_t)status_number(text, "VmRSS:") << 10;
	process->peak_resident = (size_t)status_number(text, "VmHWM:") << 10;
	if (!process->peak_resident)
		process->peak_resident = (size_t)usage[RUSAGE_PEAK_KIB] << 10;
	process->user_ms = time_ms(usage[0], usage[1]);
	process->system_ms = time_ms(usage[2], usage[3]);
	process->minor_faults = (uint64_t)usage[RUSAGE_MINOR_FAULTS];
	process->major_faults = (uint64_t)usage[RUSAGE_MAJOR_FAULTS];
	if (!file_read("/proc/self/stat", text))
		return false;
	sys_clock_gettime(CLOCK_BOOTTIME, &now);
	begin = stat_begin(text) * (1000 / TICKS_HZ);
	process->elapsed_ms = time_ms(now.seconds, now.nanoseconds / 1000);
	process->elapsed_ms -= begin < process->elapsed_ms ? begin : 0;
	return true;
}
