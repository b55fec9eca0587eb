/* SPDX-License-Identifier: MIT */
/*
 * A module for tests: it imports one function, for its console. The host writes
 * the words of the command line, an end of string behind each, where
 * test_words() says, and then calls test_run().
 */
#include "../harness.h"

#include <mica/port.h>

#define WORDS_BYTES 4096u
#define WORDS_MOST 64
#define EXPORT(name) __attribute__((export_name(name)))

__attribute__((import_module("test"), import_name("write")))
void test_write(const char *text, size_t len);

int main(int argc, char **argv);

static char words[WORDS_BYTES];

EXPORT("test_words") char *test_words(void);
EXPORT("test_run") int test_run(size_t len);

char *test_words(void)
{
	return words;
}

int test_run(size_t len)
{
	char *argv[WORDS_MOST + 1];
	int argc = 0;
	size_t at = 0;

	while (at < len && argc < WORDS_MOST) {
		argv[argc++] = words + at;
		while (words[at++])
			;
	}
	argv[argc] = NULL;
	return main(argc, argv);
}

void mica_wasm_console(const char *text, size_t len)
{
	test_write(text, len);
}

static size_t wasm_arena(void)
{
	return (size_t)8 << 20;
}

static unsigned int wasm_offers(void)
{
	return TEST_TAG | TEST_FINITE | TEST_FAST |
	       (MICA_REGIONS_MAX > 2 && !MICA_WASM_THREADS ? TEST_ROOM : 0);
}

static void wasm_sleep_ms(unsigned int ms)
{
	CHECK(!ms || !"the test declares TEST_CLOCK");
}

const struct test_target test_target = {
	.name = "wasm",
	.arena = wasm_arena,
	.contexts = MICA_WASM_THREADS ? 4 : 1,
	.offers = wasm_offers,
	.sleep_ms = wasm_sleep_ms,
};
