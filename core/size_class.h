/* SPDX-License-Identifier: MIT */
/*
 * Size classes: size to class and back, by formula (geometry.h says which).
 * Both directions are branch-light and need no table; the linear part, the
 * fast path of malloc, needs one shift and no count of leading zeros.
 */
#ifndef MICA_CORE_SIZE_CLASS_H
#define MICA_CORE_SIZE_CLASS_H

#include "bits.h"
#include "geometry.h"

/* @size is 1 to LINEAR_BYTES. */
static __always_inline unsigned int class_of_linear(size_t size)
{
	return (unsigned int)((size - 1) >> MICA_GRANULE_SHIFT);
}

/* @size is 1 to CLASS_BYTES_MAX. */
static inline unsigned int class_of(size_t size)
{
	unsigned int b, step;

	if (NR_CLASSES == LINEAR_CLASSES || size <= LINEAR_BYTES)
		return class_of_linear(size);
	b = bit_highest(size - 1);
	step = (unsigned int)((size - 1) >> (b - CLASS_STEP_SHIFT));
	return LINEAR_CLASSES +
	       ((b - (unsigned int)LINEAR_SHIFT) << CLASS_STEP_SHIFT) +
	       (step & ((1u << CLASS_STEP_SHIFT) - 1));
}

/* Bytes of a block of @class. */
static inline size_t class_bytes(unsigned int class)
{
	unsigned int doubling, step;

	if (NR_CLASSES == LINEAR_CLASSES || class < LINEAR_CLASSES)
		return (size_t)(class + 1) << MICA_GRANULE_SHIFT;
	class -= LINEAR_CLASSES;
	doubling = class >> CLASS_STEP_SHIFT;
	step = class & ((1u << CLASS_STEP_SHIFT) - 1);
	return (size_t)(step + 1 + (1u << CLASS_STEP_SHIFT))
	       << (LINEAR_SHIFT - CLASS_STEP_SHIFT + doubling);
}

/* What is looked up from MICA_HARDEN 2 on; harden_begin() works it out. */
struct class_shape {
	uint32_t bytes;		/* of a block */
	uint32_t inverse;	/* of its size */
};

extern struct class_shape mica_class_shapes[NR_CLASSES] __internal;

#define INVERSE_SHIFT (MICA_GRANULE_SHIFT - 1)

static inline void class_find_shape(unsigned int class)
{
	uint32_t bytes = (uint32_t)class_bytes(class);

	mica_class_shapes[class].bytes = bytes;
	mica_class_shapes[class].inverse =
		UINT32_MAX / (bytes >> INVERSE_SHIFT) + 1;
}

/*
 * Is @offset, from a page's first block on, a multiple of the blocks' size? With
 * half a granule as the unit it is exact for all offsets in a page: what the
 * inverse is too large by, so many times, stays below the inverse.
 */
static __always_inline bool shape_divides(const struct class_shape *shape,
					  uint32_t offset)
{
	return (offset >> INVERSE_SHIFT) * shape->inverse < shape->inverse;
}

/*
 * Slices of a page of @class: table layout, the fewest that hold 8 blocks;
 * tag layout, all pages are alike.
 */
static inline unsigned int class_page_slices(unsigned int class)
{
	size_t bytes = class_bytes(class);

	if (!LAYOUT_IS_TABLE)
		return 1u << PAGE_SLICES_SHIFT;
	if (bytes <= PAGE_BYTES / 8)
		return 1;
	return 2u << (bit_highest(bytes - 1) - (MICA_PAGE_SHIFT - 3));
}

#endif
