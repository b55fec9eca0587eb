/* SPDX-License-Identifier: MIT */
/*
 * operator new called in a program without a C++ runtime: it works, and when
 * there is no memory it says that nothing can throw.
 *
 * modes: preload linked
 * expect: signal 6
 * stderr: ^mica: operator new failed, and no C\+\+ runtime can throw$
 */
#include "expect.h"

int main(void)
{
	const char *name = sizeof(size_t) == 8 ? "_Znwm" : "_Znwj";
	void *(*new)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, name);

	EXPECT(new);
	EXPECT_MICA(new(100));
	new((size_t)PTRDIFF_MAX);
	return 0;
}
