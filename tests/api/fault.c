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

#if MICA_HARDEN >= 2

static void *in_a_page(void *p[100])
{
	for (unsigned int i = 0; i < 100; i++)
		p[i] = mica_malloc(40);
	return p[50];
}

static void free_all(void *p[100])
{
	for (unsigned int i = 0; i < 100; i++)
		mica_free(p[i]);
}

TEST(fault_dropped_interior, .arena = 12000)
{
	void *all[100];
	char *p = in_a_page(all);

	listen();
	mica_free((char *)hide(p) + MICA_GRANULE);
	heard_one(MICA_FAULT_INTERIOR, p + MICA_GRANULE);
	CHECK(!mica_realloc((char *)hide(p) + MICA_GRANULE, 10));
	heard_one(MICA_FAULT_INTERIOR, p + MICA_GRANULE);
	listen_no_more();
	free_all(all);
}

/* The block is not freed; once what was behind it is put right, it can be. */
TEST(fault_dropped_overflow)
{
	unsigned char *p = mica_malloc(13);

	listen();
	((unsigned char *)hide(p))[13] ^= 0x55;
	mica_free(p);
	heard_one(MICA_FAULT_OVERFLOW, p);
	CHECK(!mica_realloc(hide(p), 500));
	heard_one(MICA_FAULT_OVERFLOW, p);
	((unsigned char *)hide(p))[13] ^= 0x55;
	listen_no_more();
	mica_free(p);
}

TEST(fault_dropped_twice_long_ago, .arena = 12000)
{
	void *all[100], *p = in_a_page(all);

	listen();
	for (unsigned int i = 0; i < 100; i += 2)
		mica_free(all[i]);
	mica_free(hide(p));
	heard_one(MICA_FAULT_TWICE, p);
	listen_no_more();
	for (unsigned int i = 1; i < 100; i += 2)
		mica_free(all[i]);
}

#if MICA_HARDEN == 2
/* The rest of its list is out of use, and counted as such. */
TEST(fault_list_is_given_up, .arena = 20000)
{
	void *all[100], *more[100];
	unsigned char *p = in_a_page(all);
	unsigned int n = 0;

	listen();
	mica_free(all[51]);
	mica_free(p);
	*(unsigned char *)hide(p) ^= 0x55;
	while (!heard.faults && n < 100)
		more[n++] = mica_malloc(40);
	heard_one(MICA_FAULT_LIST, p);
	CHECK(n && more[n - 1] == p);
	CHECK_MICA();
	all[50] = all[51] = NULL;
	free_all(all);
	while (n)
		mica_free(more[--n]);
	CHECK_EQ(heard.faults, 0);
	CHECK_MICA();
	listen_no_more();
	test_expects_lost();
}
#else
/* malloc serves its request all the same. */
TEST(fault_written_goes_on)
{
	unsigned char *p = mica_malloc(40);

	listen();
	mica_free(p);
	((unsigned char *)hide(p))[20] ^= 1;
	mica_collect(false);
	heard_one(MICA_FAULT_WRITTEN, p);
	listen_no_more();
}
#endif

#endif

#endif
