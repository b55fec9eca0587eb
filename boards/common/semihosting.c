/* SPDX-License-Identifier: MIT */
/*
 * Console, command line and exit by semihosting: a breakpoint that the
 * debugger or QEMU serves. Without one it is a fault.
 */
#include <stdint.h>
#include "board_io.h"
#include "semihosting_trap.h"

enum semihosting_call {
	SYS_OPEN = 0x01,
	SYS_WRITE = 0x05,
	SYS_GET_CMDLINE = 0x15,
	SYS_EXIT_EXTENDED = 0x20,
};

#define OPEN_WRITE 4		/* fopen()'s "w"; of ":tt", standard output */
#define STOPPED_EXIT 0x20026	/* ADP_Stopped_ApplicationExit */

static uintptr_t console_open(void)
{
	static uintptr_t handle;
	static const char name[] = ":tt";
	uintptr_t argument[] = {
		(uintptr_t)name, OPEN_WRITE, sizeof(name) - 1,
	};

	if (!handle)
		handle = semihosting_trap(SYS_OPEN, argument);
	return handle;
}

void board_console(const char *text, size_t len)
{
	uintptr_t argument[] = { console_open(), (uintptr_t)text, len };

	semihosting_trap(SYS_WRITE, argument);
}

void board_exit(int status)
{
	uintptr_t argument[] = { STOPPED_EXIT, (uintptr_t)status };

	for (;;)
		semihosting_trap(SYS_EXIT_EXTENDED, argument);
}

int board_command_line(char *line, size_t bytes)
{
	uintptr_t argument[] = { (uintptr_t)line, bytes - 1 };

	if (semihosting_trap(SYS_GET_CMDLINE, argument)) {
		line[0] = 0;
		return -1;
	}
	line[argument[1] < bytes ? argument[1] : bytes - 1] = 0;
	return 0;
}
