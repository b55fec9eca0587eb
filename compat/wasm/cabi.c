/* SPDX-License-Identifier: MIT */
/*
 * For components: what hosts call to have room for arguments and results. Export it:
 * -Wl,--export=cabi_realloc.
 */
#include <mica/mica.h>

__attribute__((visibility("default")))
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size);

/* No failure is foreseen: it traps. Nothing is an address that is aligned. */
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size)
{
	void *block;

	if (!size) {
		mica_free(old_size ? old : NULL);
		return (void *)align;
	}
	block = mica_realloc_aligned(old_size ? old : NULL, size, align);
	if (!block)
		__builtin_trap();
	return block;
}
