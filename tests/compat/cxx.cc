// SPDX-License-Identifier: MIT
// operator new and delete in firmware without exceptions, in all their forms.
extern "C" {
#include "tests/harness.h"
}
#include <new>

static const size_t HUGE_BYTES = (size_t)1 << 30;

struct plain {
	char bytes[40];
};

struct alignas(64) lined {
	char bytes[40];
};

// Whoever is constructed before main() may allocate.
struct early {
	int *block = new int(42);
};
static early before_main;

static void *reserve;
static int handled;

// Makes room once; then there is nothing more to give.
static void reserve_drop()
{
	handled++;
	mica_free(reserve);
	reserve = nullptr;
	std::set_new_handler(nullptr);
}

TEST(cxx_new_before_main)
{
	CHECK(mica_owns(before_main.block));
	CHECK_EQ(*before_main.block, 42);
}

TEST(cxx_new_is_micas, .arena = 1024)
{
	plain *one = new plain, *many = new plain[3];
	plain *mild = new (std::nothrow) plain;
	plain *milds = new (std::nothrow) plain[3];

	CHECK(mica_owns(one) && mica_owns(many));
	CHECK(mica_owns(mild) && mica_owns(milds));
	CHECK(mica_usable_size(many) >= 3 * sizeof(plain));
	delete one;
	delete[] many;
	operator delete(mild, std::nothrow);
	operator delete[](milds, std::nothrow);
	delete static_cast<plain *>(nullptr);
}

TEST(cxx_new_sized_delete, .arena = 1024)
{
	operator delete(operator new(hide_size(40)), (size_t)40);
	operator delete[](operator new[](hide_size(40)), (size_t)40);
}

TEST(cxx_new_aligned, .arena = 4096)
{
	const std::align_val_t line{ 64 };
	lined *one = new lined, *many = new lined[3];
	void *mild = operator new(hide_size(40), line, std::nothrow);
	void *milds = operator new[](hide_size(40), line, std::nothrow);

	CHECK(mica_owns(one) && (uintptr_t)one % 64 == 0);
	CHECK(mica_owns(many) && (uintptr_t)many % 64 == 0);
	CHECK(mica_owns(mild) && (uintptr_t)mild % 64 == 0);
	CHECK(mica_owns(milds) && (uintptr_t)milds % 64 == 0);
	delete one;
	delete[] many;
	operator delete(mild, line, std::nothrow);
	operator delete[](milds, line, std::nothrow);
	operator delete(operator new(hide_size(40), line), (size_t)40, line);
	operator delete[](operator new[](hide_size(40), line), (size_t)40,
			  line);
}

TEST(cxx_nothrow_returns_null)
{
	const std::align_val_t line{ 64 };

	CHECK(!operator new(hide_size(HUGE_BYTES), std::nothrow));
	CHECK(!operator new[](hide_size(HUGE_BYTES), std::nothrow));
	CHECK(!operator new(hide_size(HUGE_BYTES), line, std::nothrow));
	CHECK(!operator new[](hide_size(HUGE_BYTES), line, std::nothrow));
}

// Takes all memory but a reserve, which the handler gives back.
TEST(cxx_new_handler_makes_room, .needs = TEST_FINITE)
{
	void **all = nullptr, **block;
	void *p;

	reserve = mica_malloc(hide_size(3000));
	REQUIRE(reserve);
	while ((block = (void **)mica_malloc(hide_size(1000)))) {
		*block = all;
		all = block;
	}
	handled = 0;
	std::set_new_handler(reserve_drop);
	p = operator new(hide_size(2000));
	CHECK(p && mica_owns(p));
	CHECK_EQ(handled, 1);
	std::set_new_handler(reserve_drop);
	CHECK(!operator new(hide_size(HUGE_BYTES), std::nothrow));
	CHECK_EQ(handled, 2);
	operator delete(p);
	while ((block = all)) {
		all = (void **)*block;
		mica_free(block);
	}
}

DEATH(cxx_new_fails, "mica: operator new failed")
{
	dies_at(nullptr);
	hide(operator new(hide_size(HUGE_BYTES)));
}

DEATH(cxx_new_aligned_fails, "mica: operator new failed")
{
	const std::align_val_t line{ 64 };

	dies_at(nullptr);
	hide(operator new[](hide_size(HUGE_BYTES), line));
}
