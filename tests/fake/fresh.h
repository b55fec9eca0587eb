/* SPDX-License-Identifier: MIT */
/* Tests of faults in processes of their own, where the very first calls fail. */
#ifndef TESTS_FAKE_FRESH_H
#define TESTS_FAKE_FRESH_H

#include "port/fake/fake.h"

/**
 * fresh() - run test @name in a process of its own, for every N until none fails
 * @name: it prints "# faults" and how many calls have failed
 * @hook: whose N-th call fails there
 * @count: and how many from there on
 *
 * Return: N.
 */
unsigned int fresh(const char *name, enum fake_hook hook, unsigned int count);

#endif
