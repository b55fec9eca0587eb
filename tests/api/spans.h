/* SPDX-License-Identifier: MIT */
/* Two spans of memory that tests hand over, and take back. */
#define TABLE (MICA_LAYOUT == MICA_LAYOUT_TABLE)
#define SPAN_BYTES ((size_t)(TABLE ? 1 << 20 : 6 << 10))

#if TABLE
static _Alignas(1 << 16) char pool[2][1 << MICA_UNIT_SHIFT];
/* In one unit: where that begins in the pool depends on where the pool lies. */
static inline char *span_of(unsigned int k)
{
	size_t unit = (size_t)1 << MICA_UNIT_SHIFT;
	size_t edge = (0 - (uintptr_t)pool[k]) & (unit - 1);

	return pool[k] + (edge + SPAN_BYTES <= unit ? edge : 0);
}
#else
static char pool[2][6 << 10];
static inline char *span_of(unsigned int k)
{
	return pool[k] + 1;	/* any address will do */
}
#endif

static inline bool lies_in(const void *p, unsigned int k)
{
	return (uintptr_t)p - (uintptr_t)span_of(k) < SPAN_BYTES - 1;
}
