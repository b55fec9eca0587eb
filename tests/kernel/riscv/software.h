/* SPDX-License-Identifier: MIT */
/* The software interrupt: the kernel's switch, and one that tests raise. */
#ifndef KERNEL_SOFTWARE_H
#define KERNEL_SOFTWARE_H

/* What it calls once, if not NULL, before it switches. */
extern void (*volatile software_call)(void);

/* Raise it; let in, it is served before the end. */
void software_pend(void);

#endif
