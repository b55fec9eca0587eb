/* SPDX-License-Identifier: MIT */
/*
 * The harness's heart: find the tests, decide which fit, run, report.
 *
 * Command line, after the program's name (which is ignored):
 *	list		print name and death message of each test, and end
 *	scale=N		N percent of the usual iterations
 *	NAME ...	run these; death tests run only this way
 * Without a name, all but the death tests run.
 */
#include "harness.h"

#include <mica/port.h>

extern const struct test *const __start_mica_tests[];
extern const struct test *const __stop_mica_tests[];

#define REPORTS_MAX 8	/* failed checks shown for one test */

static unsigned int scale = 100;
static unsigned int nr_failed_checks;
static const struct test *current;

bool test_failed(void)
{
	return nr_failed_checks != 0;
}

unsigned int test_scaled(unsigned int n)
{
	uint64_t scaled = (uint64_t)n * scale / 100;

	return scaled ? (unsigned int)scaled : 1;
}

static bool fails(void)
{
	return nr_failed_checks++ < REPORTS_MAX;
}

bool test_check(bool ok, const char *where, const char *what,
		unsigned int invariant)
{
	if (ok || !fails())
		return ok;
	if (invariant)
		test_print("# %s: invariant %u: %s\n", where, invariant, what);
	else
		test_print("# %s: %s\n", where, what);
	return false;
}

bool test_check_eq(uintmax_t a, uintmax_t b, const char *where,
		   const char *what)
{
	if (a == b || !fails())
		return a == b;
	test_print("# %s: %s: 0x%llx, 0x%llx\n", where, what,
		   (unsigned long long)a, (unsigned long long)b);
	return false;
}

bool test_check_mica(const char *where)
{
	int violated = mica_check();

	if (!violated || !fails())
		return !violated;
	test_print("# %s: mica_check(): invariant %d is violated\n", where,
		   violated);
	return false;
}

void dies_at(const void *p)
{
	test_print("# dies: ");
	test_print(current->death, p);
	test_print("\n");
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* The value of "scale=N", or 0 when @arg is something else. */
static unsigned int scale_of(const char *arg)
{
	const char *key = "scale=";
	unsigned int value = 0;

	while (*key)
		if (*arg++ != *key++)
			return 0;
	while (*arg >= '0' && *arg <= '9')
		value = value * 10 + (unsigned int)(*arg++ - '0');
	return value;
}

static const char *need_name(unsigned int missing)
{
	static const char *const names[] = {
		"the table layout", "the tag layout",
		"memory that can be used up", "memory that is decommitted",
		"a clock", "a fast CPU", "a guard",
		"interrupts above the guard",
		"room for more regions",
	};

	return names[__builtin_ctz(missing)];
}

/* Prints the skip line and returns true when the machine cannot run @t. */
static bool skips(const struct test *t, unsigned int number)
{
	unsigned int missing = t->needs & ~test_target.offers();

	if (missing)
		test_print("ok %u - %s # SKIP needs %s\n", number, t->name,
			   need_name(missing));
	else if (t->contexts > test_target.contexts)
		test_print("ok %u - %s # SKIP needs %u contexts\n", number,
			   t->name, t->contexts);
	else if (t->arena > test_target.arena())
		test_print("ok %u - %s # SKIP needs %zu KiB\n", number,
			   t->name, t->arena >> 10);
	else
		return false;
	return true;
}

struct alive {
	size_t blocks, bytes;
};

/* Not inline: stacks are small, and all of the statistics are many words. */
__attribute__((noinline)) static struct alive alive_now(void)
{
	struct mica_stats stats;

	if (MICA_HARDEN >= 3)	/* what is in quarantine lives, too */
		mica_collect(false);
	mica_stats(&stats);
	return (struct alive){ stats.live_blocks, stats.live_bytes };
}

static bool lost;

void test_expects_lost(void)
{
	lost = true;
}

/* Returns whether @t passed, or had to be skipped. */
static bool run_one(const struct test *t, unsigned int number)
{
	struct alive before, after;

	if (skips(t, number))
		return true;
	current = t;
	nr_failed_checks = 0;
	before = alive_now();
	lost = false;
	t->run();
	if (t->death) {
		test_print("not ok %u - %s # survived\n", number, t->name);
		return false;
	}
	after = alive_now();
	if (lost)
		after = before;
	CHECK_EQ(after.blocks, before.blocks);
	CHECK_EQ(after.bytes, before.bytes);
	CHECK_MICA();
	test_print("%s %u - %s\n", test_failed() ? "not ok" : "ok", number,
		   t->name);
	return !test_failed();
}

static bool wanted(const struct test *t, int argc, char **argv)
{
	bool any_name = false;

	for (int i = 1; i < argc; i++) {
		if (same(argv[i], t->name))
			return true;
		any_name |= !scale_of(argv[i]);
	}
	return !any_name && !t->death;
}

static void list(void)
{
	const struct test *const *t;

	for (t = __start_mica_tests; t != __stop_mica_tests; t++)
		test_print("# test %s %s\n", (*t)->name,
			   (*t)->death ? (*t)->death : "-");
	if (&__start_mica_tests[0] == &__stop_mica_tests[0])
		test_print("# none\n");	/* of this file, in this build */
}

int main(int argc, char **argv);

int main(int argc, char **argv)
{
	const struct test *const *t;
	unsigned int nr = 0, number = 0, nr_failed = 0;

	for (int i = 1; i < argc; i++) {
		if (same(argv[i], "list")) {
			list();
			return 0;
		}
		if (scale_of(argv[i]))
			scale = scale_of(argv[i]);
	}
	for (t = __start_mica_tests; t != __stop_mica_tests; t++)
		nr += wanted(*t, argc, argv);
	test_print("TAP version 13\n1..%u\n", nr);
	for (t = __start_mica_tests; t != __stop_mica_tests; t++)
		if (wanted(*t, argc, argv))
			nr_failed += !run_one(*t, ++number);
	if (!nr)
		test_print("# no such test\n");
	return nr_failed || !nr;
}
