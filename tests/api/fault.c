/* SPDX-License-Identifier: MIT */
/*
 * The error hook says that the program goes on: the faulty call is dropped,
 * nothing is lost and nothing broken, which the harness checks after each test.
 */
#include "../harness.h"

#if MICA_OUTPUT_HOOKS && MICA_HARDEN

static struct {
	unsigned int faults;
	enum mica_fault fault;
	const void *p;
} heard;

static bool go_on(void *argument, enum mica_fault fault, const void *p)
{
	*(unsigned int *)argument += 1;
	heard.fault = fault;
	heard.p = p;
	return true;
}

static void listen(void)
{
	heard.faults = 0;
	mica_option_set(MICA_OPTION_SHOW_ERRORS, 0);
	CHECK_EQ(mica_on_error(go_on, &heard.faults), 0);
}

static void listen_no_more(void)
{
	mica_on_error(NULL, NULL);
	mica_option_set(MICA_OPTION_SHOW_ERRORS, 1);
}

/* Exactly one fault since the last time, this one. */
static void heard_one(enum mica_fault fault, const void *p)
{
	CHECK_EQ(heard.faults, 1);
	CHECK_EQ(heard.fault, fault);
	CHECK(heard.p == p);
	heard.faults = 0;
}

static size_t run_size(void)
{
	return MICA_LAYOUT == MICA_LAYOUT_TABLE ? 1 << 20 :
		test_within(3000, 4);
}

TEST(fault_dropped_wild)
{
	static char not_mica[64] __attribute__((aligned(64)));
	void *p = mica_malloc(10);

	listen();
	mica_free(hide(not_mica));
	heard_one(MICA_FAULT_WILD, not_mica);
	CHECK(!mica_realloc(hide(not_mica), 10));
	heard_one(MICA_FAULT_WILD, not_mica);
	CHECK(!mica_realloc_aligned(hide(not_mica), 10, 32));
	heard_one(MICA_FAULT_WILD, not_mica);
	CHECK(!mica_expand(hide(not_mica), 10));
	heard_one(MICA_FAULT_WILD, not_mica);
	CHECK_EQ(mica_usable_size(hide(not_mica)), 0);
	heard_one(MICA_FAULT_WILD, not_mica);
	CHECK(!mica_realloc_attr(hide(not_mica), 10, 1, 0));
	heard_one(MICA_FAULT_WILD, not_mica);
	listen_no_more();
	mica_free(p);
}

TEST(fault_dropped_misaligned)
{
	char *p = mica_malloc(100);

	listen();
	mica_free((char *)hide(p) + 1);
	heard_one(MICA_FAULT_MISALIGNED, p + 1);
	CHECK(!mica_realloc((char *)hide(p) + 4, 10));
	heard_one(MICA_FAULT_MISALIGNED, p + 4);
	listen_no_more();
	mica_free(p);
}

TEST(fault_dropped_twice)
{
	void *p = mica_malloc(40), *other = mica_malloc(40), *again, *more;

	listen();
	mica_free(p);
	mica_free(hide(p));
	heard_one(MICA_FAULT_TWICE, p);
	again = mica_malloc(40);
	more = mica_malloc(40);
	CHECK(again != more);
	listen_no_more();
	mica_free(other);
	mica_free(again);
	mica_free(more);
}

/* Its neighbours keep it from merging, so that its bounds stay. */
TEST(fault_dropped_twice_run, .arena = 4200)
{
	void *before = mica_malloc(run_size()), *p = mica_malloc(run_size());
	void *behind = mica_malloc(run_size());

	listen();
	mica_free(p);
	mica_free(hide(p));
	heard_one(MICA_FAULT_TWICE, p);
	listen_no_more();
	mica_free(before);
	mica_free(behind);
}

TEST(fault_dropped_inside_a_run, .arena = 4200)
{
	char *p = mica_malloc(run_size());

	listen();
	mica_free((char *)hide(p) + 512);
	heard_one(MICA_FAULT_WILD, p + 512);
	listen_no_more();
	mica_free(p);
}

#endif
