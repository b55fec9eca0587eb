/* SPDX-License-Identifier: MIT */
/*
 * The fence: what lies behind the bytes of a block that were asked for, from
 * MICA_HARDEN 2 on.
 *
 *	asked for | a word of the block's pattern ... | fence word
 *
 * The fence word is the last of the block's room: the block's pattern, of which
 * the last bytes say how many bytes of padding lie before it, or that the block
 * is free, or fresh: carved and never used. The pattern's byte at a place is told
 * by how far that is from the end of the room. So the word that lies right behind
 * what was asked for may reach into the fence word and is the same whether it
 * does or not, and one compare of it finds the first byte that was changed. No
 * byte of a pattern is zero, which is what overflows write most often.
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

/* The length's lowest byte is the memory's last. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FENCE_BACKWARD 1
#define fence_code(pad) (pad)
#else
#define FENCE_BACKWARD 0
#define fence_code(pad) (sizeof(uintptr_t) == 8 ? \
	(uintptr_t)__builtin_bswap64(pad) : __builtin_bswap32((uint32_t)(pad)))
#endif

#define FENCE_FREED (~(uintptr_t)0)
#define FENCE_FRESH (~(uintptr_t)0 - 1)

/* Where such a word lies: its place is a multiple of nothing. */
struct fence_any {
	uintptr_t word;
} __attribute__((packed, may_alias));

/* The fence word: on the table layout blocks may begin anywhere. */
struct fence {
	uintptr_t word;
} __attribute__((packed, may_alias,
		 aligned(MICA_LAYOUT == MICA_LAYOUT_TABLE ? 1 : 4)));

/* @room: of the whole block. */
static __always_inline struct fence *fence_at(const void *p, size_t room)
{
	return (struct fence *)((uintptr_t)p + room - sizeof(struct fence));
}

/* The pattern of the block at @p, as it is where no byte of padding is. */
static __always_inline uintptr_t fence_mix(const void *p)
{
	return (mica_harden_canary ^ (uintptr_t)p) | ~(uintptr_t)0 / 255;
}

/* As it is @pad bytes before. */
static __always_inline uintptr_t fence_turn(uintptr_t mix, uintptr_t pad)
{
	const unsigned int mask = (unsigned int)FENCE_BITS - 1;
	unsigned int by = (unsigned int)pad * (FENCE_BACKWARD ? -8u : 8u);

	return mix << (by & mask) | mix >> (-by & mask);
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

/* The block at @p is in use, @size bytes of its @room asked for: not 0. */
static NOTE_QUIETLY void fence_set(void *p, size_t room, size_t size)
{
	struct fence_any *behind = (struct fence_any *)((uintptr_t)p + size);
	uintptr_t mix = fence_mix(p), pad = room - FENCE_BYTES - size;

	note_hush();
	behind->word = fence_turn(mix, pad);
	note_talk();
	fence_write(p, room, mix, pad);
}

static __always_inline void fence_put(void *p, size_t room, size_t size)
{
	fence_set(p, room, size ? size : 1);
}

/* Is all in order behind the block at @p? *@pad: what its fence says. */
static NOTE_QUIETLY bool fence_is_whole(const void *p, size_t room,
					uintptr_t mix, uintptr_t *pad)
{
	const struct fence_any *behind;
	uintptr_t found = fence_read(p, room, mix);
	bool whole;

	*pad = found;
	if (unlikely(found > room - FENCE_BYTES))
		return false;
	behind = (const void *)((uintptr_t)fence_at(p, room) - found);
	note_hush();
	whole = behind->word == fence_turn(mix, found);
	note_talk();
	return likely(whole);
}

/* What is wrong there, if that said so. */
static inline enum fault fence_fault(uintptr_t pad)
{
	return pad == FENCE_FREED ? FAULT_TWICE :
	       pad == FENCE_FRESH ? FAULT_WILD : FAULT_OVERFLOW;
}

#endif
