/* SPDX-License-Identifier: MIT */
/* Parts of mangled C++ names, by the Itanium ABI that all of Linux uses. */
#ifndef MICA_COMPAT_MANGLED_H
#define MICA_COMPAT_MANGLED_H

/* How std::size_t is spelled: unsigned long or unsigned int. */
#if __SIZEOF_SIZE_T__ == 8
#define CXX_SIZE "m"
#else
#define CXX_SIZE "j"
#endif

#define CXX_ALIGN "St11align_val_t"
#define CXX_NOTHROW "RKSt9nothrow_t"

#endif
