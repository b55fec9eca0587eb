/* SPDX-License-Identifier: MIT */
/*
 * C++'s operator new in all its forms, in C so that malloc's fast path can be
 * inlined. A new that fails goes on in throw.cc, which may throw: hence this
 * file is compiled with unwind tables.
 */
#include <mica/mica.h>
#include "mangled.h"
#include "throw.h"

#define CXX_NEW(function, name)						\
MICA_API void *function(size_t size) __asm__(name CXX_SIZE);		\
__attribute__((flatten)) void *function(size_t size)			\
{									\
	void *p = mica_malloc(size);					\
									\
	return __builtin_expect(p != NULL, 1) ? p :			\
		mica_new_failed(size, 1);				\
}

#define CXX_NEW_NOTHROW(function, name)					\
MICA_API void *function(size_t size, const void *tag)			\
	__asm__(name CXX_SIZE CXX_NOTHROW);				\
void *function(size_t size, const void *tag)				\
{									\
	void *p = mica_malloc(size);					\
									\
	(void)tag;							\
	return __builtin_expect(p != NULL, 1) ? p :			\
		mica_new_failed_nothrow(size, 1);			\
}

#define CXX_NEW_ALIGNED(function, name)					\
MICA_API void *function(size_t size, size_t align)			\
	__asm__(name CXX_SIZE CXX_ALIGN);				\
void *function(size_t size, size_t align)				\
{									\
	void *p = mica_malloc_aligned(size, align);			\
									\
	return __builtin_expect(p != NULL, 1) ? p :			\
		mica_new_failed(size, align);				\
}

#define CXX_NEW_ALIGNED_NOTHROW(function, name)				\
MICA_API void *function(size_t size, size_t align, const void *tag)	\
	__asm__(name CXX_SIZE CXX_ALIGN CXX_NOTHROW);			\
void *function(size_t size, size_t align, const void *tag)		\
{									\
	void *p = mica_malloc_aligned(size, align);			\
									\
	(void)tag;							\
	return __builtin_expect(p != NULL, 1) ? p :			\
		mica_new_failed_nothrow(size, align);			\
}

CXX_NEW(cxx_new, "_Znw")
CXX_NEW(cxx_new_array, "_Zna")
CXX_NEW_NOTHROW(cxx_new_nothrow, "_Znw")
CXX_NEW_NOTHROW(cxx_new_array_nothrow, "_Zna")
CXX_NEW_ALIGNED(cxx_new_aligned, "_Znw")
CXX_NEW_ALIGNED(cxx_new_array_aligned, "_Zna")
CXX_NEW_ALIGNED_NOTHROW(cxx_new_aligned_nothrow, "_Znw")
CXX_NEW_ALIGNED_NOTHROW(cxx_new_array_aligned_nothrow, "_Zna")
