/* SPDX-License-Identifier: MIT */
/*
 * MICA_SNAPSHOT=FILE: a snapshot when the program ends.
 *
 * The name is kept at the start, since a program may write over its environment;
 * the file is opened at the end, so that one which has replaced itself by
 * another program leaves no empty file. Nothing is allocated.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>
#include <mica/mica.h>
#include "snapshot.h"

#define NAME_BYTES 1024u
#define PID_DIGITS 10u		/* of any int */
#define KEPT_BYTES 4096u

static char snapshot_name[NAME_BYTES] = "mica.%p.json";

/* Text on its way to the file. */
static struct {
	int fd;
	size_t len;
	char text[KEPT_BYTES];
} snapshot_file;

/* What of @text follows @word, which is in small letters; NULL: nothing does. */
static const char *snapshot_after(const char *text, const char *word)
{
	for (; *word; text++, word++)
		if (*text != *word && *text != *word - 'a' + 'A')
			return NULL;
	return text;
}

/* Is @value no file's name, but on or off, as option.h has it? */
static bool snapshot_is_switch(const char *value)
{
	static const char *const words[] = {
		"on", "yes", "true", "off", "no", "false",
	};
	const char *end = value;
	size_t k;

	for (k = 0; k < sizeof(words) / sizeof(*words); k++) {
		end = snapshot_after(value, words[k]);
		if (end && !*end)
			return true;
	}
	for (end = value; *end >= '0' && *end <= '9'; end++)
		;
	return !*end;
}

static size_t snapshot_length(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

void mica_snapshot_read(char *const *environment)
{
	const char *value;
	size_t n;

	for (; environment && *environment; environment++) {
		value = *environment;
		if (!(value = snapshot_after(value, "mica")) || *value != '_' ||
		    !(value = snapshot_after(value + 1, "snapshot")) ||
		    *value++ != '=' || snapshot_is_switch(value))
			continue;
		n = snapshot_length(value);
		if (n >= NAME_BYTES - PID_DIGITS)
			n = 0;		/* it cannot be opened, which is said then */
		__builtin_memcpy(snapshot_name, value, n);
		snapshot_name[n] = '\0';
	}
}

/* The first %p of the name becomes the process's number. */
static void snapshot_put_pid(void)
{
	char digits[PID_DIGITS], *at = snapshot_name;
	unsigned int pid = (unsigned int)getpid();
	size_t n = PID_DIGITS, len;

	while (*at && !(at[0] == '%' && at[1] == 'p'))
		at++;
	if (!*at)
		return;
	do
		digits[--n] = (char)('0' + pid % 10);
	while (pid /= 10);
	len = PID_DIGITS - n;
	__builtin_memmove(at + len, at + 2, snapshot_length(at + 2) + 1);
	__builtin_memcpy(at, digits + n, len);
}

static void snapshot_flush(void)
{
	const char *at = snapshot_file.text;
	ssize_t done = 1;

	while (snapshot_file.len && done > 0) {
		done = write(snapshot_file.fd, at, snapshot_file.len);
		at += done > 0 ? done : 0;
		snapshot_file.len -= done > 0 ? (size_t)done : 0;
	}
	snapshot_file.len = 0;
}

static void snapshot_write(void *context, const char *text, size_t len)
{
	(void)context;
	for (; len--; text++) {
		snapshot_file.text[snapshot_file.len++] = *text;
		if (snapshot_file.len == KEPT_BYTES)
			snapshot_flush();
	}
}

static void snapshot_warn(void)
{
	static const char text[] = "mica: warning: cannot write the snapshot ";
	struct {
		const char *text;
		size_t len;
	} say[] = {
		{ text, sizeof(text) - 1 },
		{ snapshot_name, snapshot_length(snapshot_name) }, { "\n", 1 },
	};
	size_t k;

	if (mica_option_get(MICA_OPTION_VERBOSE) < 1)
		return;
	for (k = 0; k < sizeof(say) / sizeof(*say); k++)
		if (write(STDERR_FILENO, say[k].text, say[k].len) < 0)
			return;
}

void mica_snapshot_at_end(void)
{
	static const struct mica_output to = { snapshot_write, NULL };

	snapshot_put_pid();
	snapshot_file.fd = open(snapshot_name,
				O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (snapshot_file.fd < 0) {
		snapshot_warn();
		return;
	}
	mica_snapshot(&to);
	snapshot_flush();
	close(snapshot_file.fd);
}
