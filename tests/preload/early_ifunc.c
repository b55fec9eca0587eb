/* SPDX-License-Identifier: MIT */
/*
 * Allocation while the dynamic linker still relocates the program: by the
 * resolver of an indirect function.
 *
 * modes: preload linked
 * libc: glibc
 * cpu: native
 */
#include "expect.h"

static void *block;

static int answer(void)
{
	return 42;
}

static int (*resolve(void))(void)
{
	block = malloc(64);
	return answer;
}

int indirect(void) __attribute__((ifunc("resolve")));

int main(void)
{
	EXPECT(indirect() == 42);
	EXPECT_MICA(block);
	memset(block, 1, 64);
	free(block);
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
