/* SPDX-License-Identifier: MIT */
/*
 * C++'s operator delete in all its forms: each is mica_free() itself, at the
 * same address. Size, alignment and std::nothrow come as further arguments,
 * which every ABI that mica runs on lets a function ignore.
 */
#include <mica/mica.h>
#include "mangled.h"

/* An alias needs mica_free() in this unit; freestanding.c has it elsewhere. */
#ifndef CXX_DELETE
#define CXX_DELETE(function, name)					\
MICA_API void function(void *p) __asm__(name);				\
void function(void *p) __attribute__((alias("mica_free")))
#endif

CXX_DELETE(cxx_delete, "_ZdlPv");
CXX_DELETE(cxx_delete_sized, "_ZdlPv" CXX_SIZE);
CXX_DELETE(cxx_delete_aligned, "_ZdlPv" CXX_ALIGN);
CXX_DELETE(cxx_delete_sized_aligned, "_ZdlPv" CXX_SIZE CXX_ALIGN);
CXX_DELETE(cxx_delete_nothrow, "_ZdlPv" CXX_NOTHROW);
CXX_DELETE(cxx_delete_aligned_nothrow, "_ZdlPv" CXX_ALIGN CXX_NOTHROW);

CXX_DELETE(cxx_delete_array, "_ZdaPv");
CXX_DELETE(cxx_delete_array_sized, "_ZdaPv" CXX_SIZE);
CXX_DELETE(cxx_delete_array_aligned, "_ZdaPv" CXX_ALIGN);
CXX_DELETE(cxx_delete_array_sized_aligned, "_ZdaPv" CXX_SIZE CXX_ALIGN);
CXX_DELETE(cxx_delete_array_nothrow, "_ZdaPv" CXX_NOTHROW);
CXX_DELETE(cxx_delete_array_aligned_nothrow, "_ZdaPv" CXX_ALIGN CXX_NOTHROW);
