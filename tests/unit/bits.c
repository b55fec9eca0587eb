/* SPDX-License-Identifier: MIT */
/* core/bits.h and core/atomic.h, against the plainest way to say the same. */
#include "../harness.h"
#include "core/atomic.h"
#include "core/bits.h"

#define WIDTH (sizeof(size_t) * 8)

TEST(bits_highest_and_lowest)
{
	for (unsigned int high = 0; high < WIDTH; high++) {
		for (unsigned int low = 0; low <= high; low++) {
			size_t x = (size_t)1 << high | (size_t)1 << low;

			CHECK_EQ(bit_highest(x), high);
			CHECK_EQ(bit_lowest(x), low);
			CHECK_EQ(is_pow2(x), high == low);
		}
	}
	CHECK(!is_pow2(0));
}

TEST(bits_align)
{
	for (size_t align = 1; align <= 4096; align *= 2) {
		for (size_t x = 0; x <= 3 * align; x += 1 + align / 7) {
			size_t up = align_up(x, align);
			size_t down = align_down(x, align);

			CHECK(up >= x && up - x < align && up % align == 0);
			CHECK(down <= x && x - down < align);
			CHECK_EQ(down % align, 0);
		}
	}
}

TEST(bits_overflow)
{
	CHECK_EQ(mul_or_max(3, 5), 15);
	CHECK_EQ(mul_or_max(0, SIZE_MAX), 0);
	CHECK_EQ(mul_or_max(SIZE_MAX, 1), SIZE_MAX);
	CHECK_EQ(mul_or_max(SIZE_MAX, 2), SIZE_MAX);
	CHECK_EQ(mul_or_max(SIZE_MAX / 2 + 1, 2), SIZE_MAX);
	CHECK_EQ(mul_or_max(SIZE_MAX / 2, 2), SIZE_MAX - 1);
}

TEST(bits_rotate)
{
	CHECK_EQ(rotate_right(16, 4), 1);
	CHECK_EQ(rotate_right(1, 4), (uintptr_t)1 << (WIDTH - 4));
	CHECK_EQ(rotate_right(rotate_right(0x1234, 3), WIDTH - 3), 0x1234);
}

TEST(atomic_words)
{
	uintptr_t word = 5, old = 4;

	CHECK(!atomic_cas(&word, &old, 9));
	CHECK_EQ(old, 5);
	while (!atomic_cas(&word, &old, 9))
		CHECK_EQ(old, 5);
	CHECK_EQ(word, 9);
	CHECK_EQ(atomic_xchg(&word, 12), 9);
	CHECK_EQ(atomic_and(&word, 4), 12);
	CHECK_EQ(atomic_or(&word, 3), 4);
	CHECK_EQ(atomic_add(&word, 10), 7);
	CHECK_EQ(load_acquire(&word), 17);
	store_seq(&word, 1);
	CHECK_EQ(load_seq(&word), 1);
}
