/* SPDX-License-Identifier: MIT */
/*
 * operator new out of memory: the loop over new_handlers, and bad_alloc.
 *
 * The C++ runtime does that work, and it may not be there: a preloaded
 * library serves C programs too. How it is reached is a matter of the
 * library being built: runtime_found.h for the shared one, runtime_linked.h
 * for the static one, of which a C program never pulls this member in.
 *
 * Nothing of the C++ library's headers is used, so any compiler's C++ will do
 * for any libc.
 */
#include <mica/mica.h>
#include "throw.h"
#include MICA_CXX_RUNTIME

static void *new_retry(size_t size, size_t align)
{
	return align > 1 ? mica_malloc_aligned(size, align) : mica_malloc(size);
}

__attribute__((noreturn)) static void new_hopeless(const cxx_runtime &runtime)
{
	if (runtime.throw_bad_alloc)
		runtime.throw_bad_alloc();
	cxx_missing();
}

/* As the standard has it: a handler makes room, throws, or does not return. */
void *mica_new_failed(size_t size, size_t align)
{
	cxx_runtime runtime = cxx_find();

	for (;;) {
		std::new_handler handler =
			runtime.get_handler ? runtime.get_handler() : nullptr;
		void *p;

		if (!handler)
			new_hopeless(runtime);
		handler();
		p = new_retry(size, align);
		if (p)
			return p;
	}
}

void *mica_new_failed_nothrow(size_t size, size_t align)
{
	cxx_runtime runtime = cxx_find();

	if (!runtime.get_handler || !runtime.get_handler())
		return nullptr;
	try {
		return mica_new_failed(size, align);
	} catch (...) {
		return nullptr;
	}
}
