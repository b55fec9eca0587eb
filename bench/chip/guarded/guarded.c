/* SPDX-License-Identifier: MIT */
/*
 * Says, when the image ends, for how many instructions it held mica's guard
 * at most, in any call but mica_check(); or, of `chip calls`, in each scene.
 * Ticks become instructions by a loop of known length; the image is linked
 * so that its beginning, its end and mica_check() come here first.
 */
#include <mica/mica.h>
#include <mica/port.h>
#include "bench/chip/arena.h"
#include "bench/chip/count.h"
#include "bench/chip/line.h"
#include "board_io.h"
#include "guarded.h"

#define TURNS 1000u		/* of two instructions each */
#define NR_STARTED 64u		/* ticks that pass at least, if they pass */

unsigned int guarded_from, guarded_most, guarded_disturbed;

void __wrap_board_exit(int status) __attribute__((noreturn));
void __real_board_exit(int status) __attribute__((noreturn));

#define SCENES_MOST 16u

static struct {
	const char *scene;
	unsigned int most;
} reports[SCENES_MOST];

static unsigned int nr_reports;

void guarded_report(const char *scene)
{
	if (nr_reports == SCENES_MOST)
		return;
	reports[nr_reports].scene = scene;
	reports[nr_reports++].most = guarded_most;
}

/*
 * The checker must see one state of all, and holds the guard meanwhile; the
 * workloads call it, and firmware in operation does not.
 */
int __real_mica_check(void);
int __wrap_mica_check(void);

int __wrap_mica_check(void)
{
	unsigned int most = guarded_most;
	int violated = __real_mica_check();

	guarded_most = most;
	return violated;
}

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);

/* `chip calls <KiB>`; everything else is the counting image's. */
int __wrap_main(int argc, char **argv)
{
	size_t kib = 0;

	if (argc != 3 || argv[1][0] != 'c')
		return __real_main(argc, argv);
	for (const char *digit = argv[2]; *digit; digit++)
		kib = kib * 10 + (size_t)(*digit - '0');
	if (!count_start())
		return 4;
	arena_choose(kib << 10, 0);
	guarded_scenes();
	return __real_mica_check() != 0;
}

/* Return: ticks that a guard is held around a loop. */
__attribute__((noinline)) static unsigned int held_for(unsigned int turns)
{
	guarded_most = 0;
	mica_port_unguard(mica_port_guard());
	if (!turns)
		return guarded_most;
	mica_port_guard_t state = mica_port_guard();
	__asm__ volatile("1:	subs	%0, %0, #1\n\t"
			 "bne	1b" : "+r"(turns) : : "cc", "memory");
	mica_port_unguard(state);
	return guarded_most;
}

static void report_line(const char *scene, unsigned int most,
			unsigned int empty, unsigned int loop)
{
	struct line line;

	line_open(&line, "guarded");
	line_word(&line, "scene", scene);
	line_number(&line, "instructions",
		    (uint32_t)(((uint64_t)(most - empty) * 2 * TURNS + loop / 2) /
			       loop));
	line_close(&line);
}

void __wrap_board_exit(int status)
{
	unsigned int empty, loop, i;

	if (!nr_reports)
		guarded_report("any");
	empty = held_for(0);
	loop = held_for(2 * TURNS) - held_for(TURNS);
	for (i = 0; i < nr_reports && loop > NR_STARTED; i++)
		if (reports[i].most > empty)
			report_line(reports[i].scene, reports[i].most, empty,
				    loop);
	__real_board_exit(status);
}
