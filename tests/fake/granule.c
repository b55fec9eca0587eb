/* SPDX-License-Identifier: MIT */
/*
 * A provider whose granule is above a slice cannot commit single runs: it is
 * refused before it is called, and what there was goes on being served.
 */
#include "../model.h"
#include "port/fake/fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB ((size_t)1 << 20)
#define BLOCKS_MAX 64	/* of 20 MiB: more than free runs can hold */

static void set_words(const char *words)
{
	if (words)
		setenv("FAKE", words, 1);
	else
		unsetenv("FAKE");
}

/* One word more of the fake's character. Return: the words before, or NULL. */
static char *add_word(const char *word)
{
	const char *old = getenv("FAKE");
	char *kept = old ? strdup(old) : NULL;
	char words[128];

	snprintf(words, sizeof(words), "%s,%s", old ? old : "", word);
	set_words(words);
	return kept;
}

TEST(coarse_granule_refused, .needs = TEST_TABLE)
{
	unsigned int calls = fake_calls(FAKE_RESERVE), n = 0;
	size_t limit = fake_limit(SIZE_MAX / 2);
	char *words = add_word("coarse");
	struct mica_stats before, after;
	void *p[BLOCKS_MAX];

	mica_stats(&before);
	while (n < BLOCKS_MAX && (p[n] = mica_malloc(20 * MIB)))
		n++;
	CHECK(n < BLOCKS_MAX);
	CHECK(!mica_malloc(200 * MIB));
	CHECK(!mica_malloc_aligned(1, 128 * MIB));
	CHECK_EQ(fake_calls(FAKE_RESERVE), calls);
	mica_stats(&after);
	CHECK_EQ(after.regions, before.regions);
	CHECK(after.provider_failures >= before.provider_failures + 3);
	while (n)
		mica_free(p[--n]);
	CHECK_MICA();
	set_words(words);
	free(words);
	p[0] = mica_malloc(100 * MIB);
	CHECK(p[0]);
	mica_free(p[0]);
	CHECK_EQ(fake_breaches(), 0);
	fake_limit(limit);
}
