/* SPDX-License-Identifier: MIT */
/* What the files of the fake platform share. */
#ifndef PORT_FAKE_PRIVATE_H
#define PORT_FAKE_PRIVATE_H

#include <stdint.h>

/** fake_breach() - the core broke the contract: say so and count it */
void fake_breach(const char *what);

/** fake_open() - @hook was called; a breach when the guard is closed */
void fake_open(const char *hook);

/** fake_environment() - getenv(), which also works in .preinit_array */
const char *fake_environment(const char *name);

/** fake_random() - the next number of the fake's own sequence */
uint64_t fake_random(void);

#endif
