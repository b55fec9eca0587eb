/* SPDX-License-Identifier: MIT */
/*
 * C++ firmware without exceptions: the one file to add, operator new and
 * delete in all their forms.
 *
 * A new that fails calls the program's new_handler until there is memory.
 * Without one, the nothrow forms return NULL and the plain forms, which by
 * C++'s rules never return NULL, say so in one line and stop: nothing here
 * can throw. The C++ library is referred to weakly and by one name only,
 * std::get_new_handler(), which is there when the program sets a handler;
 * firmware without a C++ library does as well.
 */
#include <mica/mica.h>
#include <mica/port.h>
#include "mangled.h"
#include "throw.h"

/* Whatever this file is compiled with, delete is a jump to mica_free(). */
#define CXX_DELETE(function, name)					\
MICA_API void function(void *p) __asm__(name);				\
void function(void *p) { mica_free(p); }				\
struct cxx_semicolon

#include "delete.c"
#include "new.c"

__attribute__((weak)) void (*cxx_get_new_handler(void))(void)
	__asm__("_ZSt15get_new_handlerv");

static void *new_again(size_t size, size_t align)
{
	return align > 1 ? mica_malloc_aligned(size, align) : mica_malloc(size);
}

void *mica_new_failed_nothrow(size_t size, size_t align)
{
	void (*handler)(void);
	void *p = NULL;

	while (!p && cxx_get_new_handler) {
		handler = cxx_get_new_handler();
		if (!handler)
			break;
		handler();
		p = new_again(size, align);
	}
	return p;
}

void *mica_new_failed(size_t size, size_t align)
{
	static const char line[] = "mica: operator new failed\n";
	void *p = mica_new_failed_nothrow(size, align);

	if (p)
		return p;
	mica_port_console(line, sizeof(line) - 1);
	mica_port_stop();
}
