/* SPDX-License-Identifier: MIT */
/*
 * A program in C whose plugin is in C++: the runtime that throws bad_alloc
 * is found though it came after mica, and into a scope of its own.
 *
 * modes: preload linked
 * libc: glibc
 * helper: helper_cxx.cc
 */
#include "expect.h"

int main(void)
{
	void *plugin = dlopen(getenv("HELPER"), RTLD_NOW | RTLD_LOCAL);
	int (*run)(size_t impossible);

	EXPECT(plugin);
	run = (int (*)(size_t))dlsym(plugin, "cxx_plugin");
	EXPECT(run);
	EXPECT(run((size_t)PTRDIFF_MAX) == 4);
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
