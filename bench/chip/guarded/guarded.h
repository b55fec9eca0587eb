/* SPDX-License-Identifier: MIT */
/* The longest guarded section: what has been seen, and saying so. */
#ifndef GUARDED_GUARDED_H
#define GUARDED_GUARDED_H

/* Ticks that a guard was held at most. */
extern unsigned int guarded_most;

/** guarded_report() - keep what was seen under this name, for the end */
void guarded_report(const char *scene);

/** guarded_scenes() - each call in a scene of its own, each reported */
void guarded_scenes(void);

#endif
