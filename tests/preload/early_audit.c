/* SPDX-License-Identifier: MIT */
/*
 * Under an auditor, which lives in a namespace with a libc of its own and
 * makes the dynamic linker allocate more, and earlier.
 *
 * modes: preload linked
 * libc: glibc
 * cpu: native
 * helper: helper_audit.c
 * env: LD_AUDIT={helper}
 */
#include "expect.h"

int main(void)
{
	void *library, *p = malloc(100);

	EXPECT_MICA(p);
	free(p);
	library = dlopen("libm.so.6", RTLD_NOW);
	EXPECT(library);
	EXPECT(dlclose(library) == 0);
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
