/* SPDX-License-Identifier: MIT */
/* strdup and strndup. */
#include "expect.h"

char *__strdup(const char *s);

static void expect_string(char *copy, const char *text)
{
	EXPECT_MICA(copy);
	EXPECT(strcmp(copy, text) == 0);
	free(copy);
}

int main(void)
{
	static char big[100001];
	const char unterminated[4] = { 'm', 'i', 'c', 'a' };

	memset(big, 'x', sizeof(big) - 1);
	expect_string(strdup(""), "");
	expect_string(strdup("granule"), "granule");
	expect_string(strdup(big), big);
	expect_string(MICA(__strdup)("granule"), "granule");
	expect_string(strndup("granule", 4), "gran");
	expect_string(strndup("granule", 7), "granule");
	expect_string(strndup("granule", SIZE_MAX), "granule");
	expect_string(strndup("granule", 0), "");
	expect_string(strndup(unterminated, 4), "mica");
	expect_string(strndup(big, 50000), big + 50000);
	return 0;
}
