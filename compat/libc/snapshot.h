/* SPDX-License-Identifier: MIT */
/* The snapshot when the program ends. */
#ifndef MICA_COMPAT_LIBC_SNAPSHOT_H
#define MICA_COMPAT_LIBC_SNAPSHOT_H

/* Keep the name that @environment has for its file; NULL: there is none. */
__attribute__((visibility("hidden")))
void mica_snapshot_read(char *const *environment);

/* Write it into that file. */
__attribute__((visibility("hidden"))) void mica_snapshot_at_end(void);

#endif
