/* SPDX-License-Identifier: MIT */
/*
 * A program to look at with mica.py: some blocks of each kind, what mica says
 * of itself, and a place to stop. It runs on a host and on a board.
 */
#include <mica/mica.h>

#define BLOCKS 60

void *gdb_blocks[BLOCKS];
void *gdb_small, *gdb_freed, *gdb_run, *gdb_huge;
struct mica_stats gdb_stats;
int gdb_sound;
volatile int gdb_go_on;

void gdb_stop(void);
int main(void);

__attribute__((noinline)) void gdb_stop(void)
{
	__asm__ volatile("" : : : "memory");
	while (MICA_HOSTED && !gdb_go_on)
		;
}

int main(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++)
		gdb_blocks[i] = mica_malloc(8 + 37 * i % 500);
	for (unsigned int i = 0; i < BLOCKS; i += 3) {
		mica_free(gdb_blocks[i]);
		gdb_blocks[i] = NULL;
	}
	/* So many that they have a page. */
	for (unsigned int i = 0; i < 200; i++)
		gdb_small = mica_malloc(24);
	gdb_freed = mica_malloc(24);
	gdb_run = mica_malloc(MICA_HOSTED ? 300000 : 3000);
	if (MICA_LAYOUT == MICA_LAYOUT_TABLE)
		gdb_huge = mica_malloc((size_t)3 << MICA_UNIT_SHIFT);
	mica_free(gdb_freed);
	mica_stats(&gdb_stats);
	gdb_sound = mica_check();
	gdb_stop();
	return 0;
}
