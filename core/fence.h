/* SPDX-License-Identifier: MIT */
/*
 * The fence: what lies behind the bytes of a block that were asked for, from
 * MICA_HARDEN 2 on.
 *
 *	asked for | padding, its first bytes the block's pattern | fence word
 *
 * The fence word is the last of the block's room. It says how long the padding
 * is, mixed with the key and the address, or that the block is free, or fresh:
 * carved and never used. The length is written with its highest byte first in
 * memory, so that one byte written behind the block makes it longer than any
 * room; a length that cannot be is an overflow. The first byte is never zero,
 * which is what overflows write most often.
 *
 * While a block is in use nobody else reads or writes its fence, so it needs
 * neither guard nor lock. A list's link is a free block's first word.
 */
#ifndef MICA_CORE_FENCE_H
#define MICA_CORE_FENCE_H

#include "harden.h"
#include "note.h"
#include "report.h"

#define FENCE_BYTES (HARDEN_BLOCKS ? sizeof(uintptr_t) : 0)
#define FENCE_BITS (sizeof(uintptr_t) * 8)

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FENCE_FIRST ((uintptr_t)1 << (FENCE_BITS - 8))
#define fence_code(pad) (pad)
#else
#define FENCE_FIRST ((uintptr_t)1)
#define fence_code(pad) (sizeof(uintptr_t) == 8 ? \
	(uintptr_t)__builtin_bswap64(pad) : __builtin_bswap32((uint32_t)(pad)))
#endif

#define FENCE_FREED (~(uintptr_t)0)
#define FENCE_FRESH (~(uintptr_t)0 - 1)
#define FENCE_PAD_MAX (((uintptr_t)1 << (FENCE_BITS - 8)) - 1)

/* Where the fence word lies: on the table layout blocks may begin anywhere. */
struct fence {
	uintptr_t word;
} __attribute__((packed, aligned(MICA_LAYOUT == MICA_LAYOUT_TABLE ? 1 : 4)));

static inline struct fence *fence_at(const void *p, size_t room)
{
	return (struct fence *)((uintptr_t)p + room - sizeof(struct fence));
}

/* The pattern of the block at @p. */
static inline uintptr_t fence_mix(const void *p)
{
	uintptr_t x = harden_mask(p) * (uintptr_t)0x9e3779b97f4a7c15u;

	return (x ^ x >> (FENCE_BITS / 2)) | FENCE_FIRST;
}

static NOTE_QUIETLY void fence_write(const void *p, size_t room, uintptr_t mix,
				     uintptr_t pad)
{
	note_hush();
	fence_at(p, room)->word = mix ^ fence_code(pad);
	note_talk();
}

static NOTE_QUIETLY uintptr_t fence_read(const void *p, size_t room,
					 uintptr_t mix)
{
	uintptr_t word;

	note_hush();
	word = fence_at(p, room)->word;
	note_talk();
	return fence_code(word ^ mix);
}

static inline void fence_fresh(const void *p, size_t room)
{
	fence_write(p, room, fence_mix(p), FENCE_FRESH);
}

/* Bytes to ask the engine for: the block is to hold a link, and the fence. */
static inline size_t fence_request(size_t size)
{
	if (!HARDEN_BLOCKS)
		return size;
	if (size > SIZE_LIMIT - FENCE_BYTES)
		return SIZE_MAX;
	return MAX_OF(size, sizeof(uintptr_t)) + FENCE_BYTES;
}

/*
 * The first bytes of the padding. Cost: a word.
 */
static NOTE_QUIETLY void fence_fill(unsigned char *at, size_t pad, uintptr_t mix)
{
	note_hush();
	if (pad >= sizeof(mix)) {
		__builtin_memcpy(at, &mix, sizeof(mix));
		pad = 0;
	}
	while (pad--)
		*at++ = (unsigned char)(mix | 1);
	note_talk();
}

static NOTE_QUIETLY bool fence_is_filled(const unsigned char *at, size_t pad,
					 uintptr_t mix)
{
	uintptr_t found;
	bool filled = true;

	note_hush();
	if (pad >= sizeof(mix)) {
		__builtin_memcpy(&found, at, sizeof(found));
		filled = found == mix;
		pad = 0;
	}
	while (filled && pad--)
		filled = *at++ == (unsigned char)(mix | 1);
	note_talk();
	return filled;
}

/* The block at @p is in use, @size bytes of its @room asked for. */
static __always_inline void fence_put(void *p, size_t room, size_t size)
{
	uintptr_t mix = fence_mix(p);
	size_t pad = room - FENCE_BYTES - (size ? size : 1);

	if (unlikely(pad > FENCE_PAD_MAX))
		pad = FENCE_PAD_MAX;
	fence_write(p, room, mix, pad);
	fence_fill((unsigned char *)p + room - FENCE_BYTES - pad, pad, mix);
}

/* Is all in order behind the block at @p? Then *@size are its bytes. */
static __always_inline enum fault fence_check(const void *p, size_t room,
					      uintptr_t mix, size_t *size)
{
	uintptr_t pad = fence_read(p, room, mix);

	if (unlikely(pad > FENCE_PAD_MAX || pad > room - FENCE_BYTES))
		return pad == FENCE_FREED ? FAULT_TWICE :
		       pad == FENCE_FRESH ? FAULT_WILD : FAULT_OVERFLOW;
	*size = room - FENCE_BYTES - pad;
	return likely(fence_is_filled((const unsigned char *)p + *size, pad,
				      mix)) ? FAULT_NONE : FAULT_OVERFLOW;
}

#endif
