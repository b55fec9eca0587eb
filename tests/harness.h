/* SPDX-License-Identifier: MIT */
/*
 * The test harness: one set of tests for hosts, user-mode emulation and chips.
 *
 * A test declares what it needs of the machine; a machine runs all that fit
 * and says which do not, and why. Nothing here needs a libc: tests register
 * themselves in the linker section `mica_tests`, results are TAP lines on
 * the port's console.
 *
 *	TEST(calloc_clears, .arena = 4096)
 *	{
 *		unsigned char *p = mica_calloc(4, 25);
 *
 *		REQUIRE(p);
 *		CHECK(all_zero(p, 100));
 *		mica_free(p);
 *	}
 *
 * After every test the harness asks mica_check(), and that no more and no
 * fewer blocks live than before.
 *
 * A death test makes one fault. It runs alone, in a process or boot of its
 * own, and says which pointer is at fault just before; the runner compares
 * the rest of the output with the message in the source, byte for byte:
 *
 *	DEATH(free_twice, "mica: block freed twice: %p")
 *	{
 *		void *p = mica_malloc(100);
 *
 *		mica_free(p);
 *		dies_at(p);
 *		mica_free(p);
 *	}
 */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/mica.h>

/* What a test may need beyond memory; what a machine offers. */
enum test_needs {
	TEST_TABLE = 1u << 0,	/* the table layout */
	TEST_TAG = 1u << 1,	/* the tag layout */
	TEST_FINITE = 1u << 2,	/* memory that a test can use up */
	TEST_LAZY = 1u << 3,	/* memory that is decommitted when free */
	TEST_CLOCK = 1u << 4,	/* a clock that moves by itself or by hand */
	TEST_FAST = 1u << 5,	/* a CPU that is not emulated or sanitized */
	TEST_GUARD = 1u << 6,	/* a guard, and interrupts that it keeps out */
	TEST_ABOVE_GUARD = 1u << 7, /* interrupts that the guard lets through */
	TEST_ROOM = 1u << 8,	/* room for two more regions */
};

/**
 * struct test - one test
 * @name: unique; what the command line and the skip table know it by
 * @death: NULL, or the message of the fault; "%p" stands for the pointer
 * @run: the test
 * @arena: bytes it holds at once
 * @contexts: threads it runs at once
 * @needs: enum test_needs
 */
struct test {
	const char *name;
	const char *death;
	void (*run)(void);
	size_t arena;
	unsigned int contexts;
	unsigned int needs;
};

/** struct test_target - what the machine offers; one is linked in */
struct test_target {
	const char *name;
	size_t (*arena)(void);
	unsigned int contexts;
	unsigned int (*offers)(void);
	void (*sleep_ms)(unsigned int ms);
};

extern const struct test_target test_target;

/*
 * A test that no machine of this build could ever run is left out of it, with
 * the memory it would need: a chip has better uses for that.
 */
#if MICA_HOSTED
#define TEST_ARENA_MOST SIZE_MAX
#define TEST_CONTEXTS_MOST UINT_MAX
#elif MICA_WASM
#define TEST_ARENA_MOST SIZE_MAX
#define TEST_CONTEXTS_MOST (MICA_WASM_THREADS ? 4 : (unsigned int)MICA_CORES)
#else
#define TEST_ARENA_MOST ((size_t)MICA_REGIONS_MAX << MICA_REGION_SHIFT)
#define TEST_CONTEXTS_MOST ((unsigned int)MICA_CORES)
#endif

static inline bool test_is_left_out(const struct test *t)
{
	return t->arena > TEST_ARENA_MOST || t->contexts > TEST_CONTEXTS_MOST;
}

#define TEST_REGISTER(ident, message, ...)				\
	static void test_run_##ident(void);				\
	static void test_enter_##ident(void);				\
	static const struct test test_##ident = {			\
		.name = #ident, .death = message,			\
		.run = test_enter_##ident, __VA_ARGS__			\
	};								\
	static void test_enter_##ident(void)				\
	{								\
		if (test_is_left_out(&test_##ident))			\
			CHECK(!"left out, yet run");			\
		else							\
			test_run_##ident();				\
	}								\
	static const struct test *const test_entry_##ident		\
		__attribute__((section("mica_tests"), used, no_reorder)) =		\
		&test_##ident;						\
	static void test_run_##ident(void)

#define TEST(ident, ...) TEST_REGISTER(ident, NULL, __VA_ARGS__)
#define DEATH(ident, message, ...) TEST_REGISTER(ident, message, __VA_ARGS__)

#define TEST_STR_(x) #x
#define TEST_STR(x) TEST_STR_(x)
#define TEST_WHERE __FILE__ ":" TEST_STR(__LINE__)

/* A failed CHECK fails the test, which goes on; the value is the outcome. */
#define CHECK(cond) test_check(!!(cond), TEST_WHERE, #cond, 0)

/* The same, defending an invariant of docs/design.md. */
#define CHECK_INV(number, cond) test_check(!!(cond), TEST_WHERE, #cond, number)

/* A failed REQUIRE also leaves the (void) function it stands in. */
#define REQUIRE(cond)							\
	do {								\
		if (!CHECK(cond))					\
			return;						\
	} while (0)

/* Two numbers that must be equal; both are shown when they are not. */
#define CHECK_EQ(a, b)							\
	test_check_eq((uintmax_t)(a), (uintmax_t)(b), TEST_WHERE, #a " == " #b)

/* mica_check() finds nothing. */
#define CHECK_MICA() test_check_mica(TEST_WHERE)

bool test_check(bool ok, const char *where, const char *what,
		unsigned int invariant);
bool test_check_eq(uintmax_t a, uintmax_t b, const char *where,
		   const char *what);
bool test_check_mica(const char *where);

/** test_expects_lost() - blocks were lost on purpose: do not count them */
void test_expects_lost(void);

/** test_failed() - did the running test fail a check yet? */
bool test_failed(void);

/** test_scaled() - @n iterations, as the command line scales them, >= 1 */
unsigned int test_scaled(unsigned int n);

/**
 * test_within() - @bytes, or less where memory is small
 * @parts: how many such pieces the test has at once, or nearly
 */
static inline size_t test_within(size_t bytes, unsigned int parts)
{
	size_t part = test_target.arena() / parts;

	return bytes < part ? bytes : part;
}

/**
 * test_print() - print on the port's console
 * @format: knows %s %c %d %u %x %zu %p %%
 */
__attribute__((format(printf, 1, 2)))
void test_print(const char *format, ...);

/** dies_at() - the next call is the fault of a death test, at @p */
void dies_at(const void *p);

/** hide() - @p, of which the compiler knows nothing any more */
static inline void *hide(const void *p)
{
	void *q = (void *)(uintptr_t)p;

	__asm__ volatile("" : "+r"(q) : : "memory");
	return q;
}

/** hide_size() - @n, of which the compiler knows nothing any more */
static inline size_t hide_size(size_t n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

/** struct random - xorshift64*, the same numbers on every machine */
struct random {
	uint64_t state;
};

static inline uint32_t random_next(struct random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (uint32_t)((r->state * 0x2545f4914f6cdd1dULL) >> 32);
}

/** random_below() - a number below @n, which is not 0 */
static inline uint32_t random_below(struct random *r, uint32_t n)
{
	return (uint32_t)(((uint64_t)random_next(r) * n) >> 32);
}

/** random_size() - 1 up to 2^@bits - 1, each power of two as likely */
static inline size_t random_size(struct random *r, unsigned int bits)
{
	size_t base = (size_t)1 << random_below(r, bits);

	return base + random_below(r, (uint32_t)base);
}

#endif
