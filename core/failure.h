/* SPDX-License-Identifier: MIT */
/* What is done when a request fails: failure.c has the theory. */
#ifndef MICA_CORE_FAILURE_H
#define MICA_CORE_FAILURE_H

#include "report.h"

/* From now on malloc asks what is to be done before it fails. */
void failure_attach(void) __internal;

#endif
