/* SPDX-License-Identifier: MIT */
/*
 * What mica asks of a board, by picolibc's console and exit. The memory is
 * what picolibc's linker script leaves between .bss and the stack.
 */
#include <mica/port.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern char __heap_start[], __heap_end[];

const struct mica_span *mica_arena_spans(void)
{
	static struct mica_span spans[2];

	spans[0].base = __heap_start;
	spans[0].bytes = (size_t)(__heap_end - __heap_start);
	return spans;
}

/* picolibc's stdout has no buffer that it would have to allocate. */
void board_console(const char *text, size_t len)
{
	fwrite(text, 1, len, stdout);
}

void board_exit(int status)
{
	_exit(status);
}
