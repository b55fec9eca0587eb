/* SPDX-License-Identifier: MIT */
/* The C++ runtime is linked with the program: refer to it plainly. */
#ifndef MICA_COMPAT_RUNTIME_H
#define MICA_COMPAT_RUNTIME_H

namespace std {
typedef void (*new_handler)();
new_handler get_new_handler() noexcept;
[[noreturn]] void __throw_bad_alloc();
}

struct cxx_runtime {
	std::new_handler (*get_handler)();
	void (*throw_bad_alloc)();
};

static inline cxx_runtime cxx_find()
{
	return { std::get_new_handler, std::__throw_bad_alloc };
}

__attribute__((noreturn)) static inline void cxx_missing()
{
	__builtin_trap();	/* it threw, or the program did not link */
}

#endif
