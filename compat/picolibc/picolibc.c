/* SPDX-License-Identifier: MIT */
/*
 * picolibc on mica: the one file to add to a firmware. picolibc calls its
 * own malloc by the names that programs use, so these are all there is.
 */
#include "../baremetal/malloc.c"
#include "../baremetal/aligned.c"
#include "../baremetal/info.c"
