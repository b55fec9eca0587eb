/* SPDX-License-Identifier: MIT */
/* mimalloc's names in an environment. */
#ifndef MICA_COMPAT_LIBC_ALIAS_H
#define MICA_COMPAT_LIBC_ALIAS_H

/* Take the settings that @environment has by them; NULL: there is none. */
__attribute__((visibility("hidden")))
void mica_aliases_read(char *const *environment);

#endif
