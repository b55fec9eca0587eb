/* SPDX-License-Identifier: MIT */
/*
 * Who has the memory grow: every call of the port's passes through here, where it
 * can be refused, or somebody else can come first. What somebody else got is
 * filled, and must stay as it is.
 */
#ifndef TESTS_WASM_MEMORY_H
#define TESTS_WASM_MEMORY_H

#include "../harness.h"

#define WASM_PAGE ((size_t)1 << 16)

/**
 * struct memory - what happens to calls that want memory
 * @calls: how many there were; those that only ask where it ends do not count
 * @refuse_at: the number, from 1, of the first that is refused; 0: none
 * @refuse_more: how many behind that are refused, too
 * @foreign_at: the number of the one before which somebody else comes; 0: none
 * @foreign_pages: what that gets
 */
struct memory {
	unsigned int calls;
	unsigned int refuse_at, refuse_more;
	unsigned int foreign_at, foreign_pages;
};

extern struct memory memory;

/** memory_end() - where the memory ends; 0: it is all of the address space */
uintptr_t memory_end(void);

/** memory_foreign() - somebody else gets @pages, or is refused */
void memory_foreign(size_t pages);

/** memory_foreign_is_whole() - nobody wrote to what somebody else got */
bool memory_foreign_is_whole(void);

/** memory_is_foreign() - did somebody else get any of [@p, @p + @bytes)? */
bool memory_is_foreign(const void *p, size_t bytes);

#endif
