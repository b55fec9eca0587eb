/* SPDX-License-Identifier: MIT */
/*
 * The C++ runtime may be in the program or not: refer to it weakly. When a C
 * program brings one in later, by dlopen, it is looked up at the first need.
 * What the compiler itself refers to in a function that catches is weakened
 * after compilation (compat.mk).
 */
#ifndef MICA_COMPAT_RUNTIME_H
#define MICA_COMPAT_RUNTIME_H

#include <dlfcn.h>
#include <mica/port.h>

namespace std {
typedef void (*new_handler)();
__attribute__((weak)) new_handler get_new_handler() noexcept;
[[noreturn]] __attribute__((weak)) void __throw_bad_alloc();
}

struct cxx_runtime {
	std::new_handler (*get_handler)();
	void (*throw_bad_alloc)();
};

/* GNU's and LLVM's, if loaded: both export the same two names. */
static inline bool cxx_loaded(const char *name, cxx_runtime *runtime)
{
	void *library = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);

	if (!library)
		return false;
	runtime->get_handler = reinterpret_cast<std::new_handler (*)()>(
		dlsym(library, "_ZSt15get_new_handlerv"));
	runtime->throw_bad_alloc = reinterpret_cast<void (*)()>(
		dlsym(library, "_ZSt17__throw_bad_allocv"));
	dlclose(library);
	return runtime->get_handler && runtime->throw_bad_alloc;
}

static inline cxx_runtime cxx_find()
{
	cxx_runtime runtime = { std::get_new_handler, std::__throw_bad_alloc };

	if (runtime.get_handler && runtime.throw_bad_alloc)
		return runtime;
	if (!cxx_loaded("libstdc++.so.6", &runtime) &&
	    !cxx_loaded("libc++.so.1", &runtime))
		return { nullptr, nullptr };
	return runtime;
}

/* A failing operator new in a program without any. */
__attribute__((noreturn)) static inline void cxx_missing()
{
	static const char line[] =
		"mica: operator new failed, and no C++ runtime can throw\n";

	mica_port_console(line, sizeof(line) - 1);
	mica_port_stop();
}

#endif
