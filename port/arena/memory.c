/* SPDX-License-Identifier: MIT */
/*
 * memcpy(), memmove() and memset() for firmware that has none: weak, small,
 * and a word at a time where both sides are aligned. The empty asm keeps the
 * compiler from turning a loop into a call of the function it stands in.
 */
#include <stddef.h>
#include <stdint.h>

#define KEEP_LOOP() __asm__ volatile("")

typedef uintptr_t __attribute__((may_alias)) word;

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

static int aligned(const void *a, const void *b)
{
	return !(((uintptr_t)a | (uintptr_t)b) & (sizeof(word) - 1));
}

/* Upwards; also right for an overlap with @to below @from. */
static void copy_up(unsigned char *to, const unsigned char *from, size_t bytes)
{
	if (aligned(to, from)) {
		for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
			*(word *)(void *)to = *(const word *)(const void *)from;
			to += sizeof(word);
			from += sizeof(word);
			KEEP_LOOP();
		}
	}
	while (bytes--) {
		*to++ = *from++;
		KEEP_LOOP();
	}
}

__attribute__((weak))
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	copy_up(to, from, bytes);
	return to;
}

__attribute__((weak))
void *memmove(void *to, const void *from, size_t bytes)
{
	unsigned char *end = to;
	const unsigned char *from_end = from;

	if ((uintptr_t)to - (uintptr_t)from >= bytes) {
		copy_up(to, from, bytes);
		return to;
	}
	end += bytes;
	from_end += bytes;
	while (bytes--) {
		*--end = *--from_end;
		KEEP_LOOP();
	}
	return to;
}

__attribute__((weak))
void *memset(void *to, int value, size_t bytes)
{
	unsigned char *at = to;

	if (aligned(at, at)) {
		word pattern = (word)(unsigned char)value * (~(word)0 / 255);

		for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
			*(word *)(void *)at = pattern;
			at += sizeof(word);
			KEEP_LOOP();
		}
	}
	while (bytes--) {
		*at++ = (unsigned char)value;
		KEEP_LOOP();
	}
	return to;
}
