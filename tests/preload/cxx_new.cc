/* SPDX-License-Identifier: MIT */
/* Every form of operator new and delete, out of memory too. */
#include <new>
#include <cstddef>
#include <string>
#include "expect.h"

static volatile std::size_t hidden;

static std::size_t impossible()
{
	hidden = PTRDIFF_MAX;
	return hidden - 100000;
}

static const std::align_val_t by_64 = std::align_val_t(64);

static void *checked(void *p, std::size_t align)
{
	EXPECT_MICA(p);
	EXPECT(is_aligned(p, align));
	memset(p, 0x77, 100);
	return p;
}

static void test_plain_forms()
{
	operator delete(checked(operator new(100), 16));
	operator delete(checked(operator new(100), 16), std::size_t(100));
	operator delete(checked(operator new(100, std::nothrow), 16),
			std::nothrow);
	operator delete[](checked(operator new[](100), 16));
	operator delete[](checked(operator new[](100), 16), std::size_t(100));
	operator delete[](checked(operator new[](100, std::nothrow), 16),
			  std::nothrow);
	operator delete(nullptr);
	operator delete[](nullptr);
	EXPECT_MICA(operator new(0));
}

static void test_aligned_forms()
{
	operator delete(checked(operator new(100, by_64), 64), by_64);
	operator delete(checked(operator new(100, by_64), 64),
			std::size_t(100), by_64);
	operator delete(checked(operator new(100, by_64, std::nothrow), 64),
			by_64, std::nothrow);
	operator delete[](checked(operator new[](100, by_64), 64), by_64);
	operator delete[](checked(operator new[](100, by_64), 64),
			  std::size_t(100), by_64);
	operator delete[](checked(operator new[](100, by_64, std::nothrow), 64),
			  by_64, std::nothrow);
}

struct alignas(128) wide {
	char bytes[300];
};

static void test_expressions()
{
	wide *one = new wide, *many = new wide[7];
	int *number = new int(4711);
	std::string *strings = new std::string[20];

	checked(one, 128);
	checked(many, 128);
	EXPECT(*number == 4711);
	strings[3] = std::string(1000, 'x');
	delete one;
	delete[] many;
	delete number;
	delete[] strings;
}

template <typename function>
static bool throws_bad_alloc(function allocate)
{
	try {
		allocate();
	} catch (const std::bad_alloc &) {
		return true;
	}
	return false;
}

static int handled;

static void (*const allocations[])() = {
	[] { (void)operator new(impossible()); },
	[] { (void)operator new[](impossible()); },
	[] { (void)operator new(impossible(), by_64); },
	[] { (void)operator new[](impossible(), by_64); },
};

static void test_no_handler()
{
	for (auto allocate : allocations)
		EXPECT(throws_bad_alloc(allocate));
	EXPECT(!operator new(impossible(), std::nothrow));
	EXPECT(!operator new[](impossible(), std::nothrow));
	EXPECT(!operator new(impossible(), by_64, std::nothrow));
	EXPECT(!operator new[](impossible(), by_64, std::nothrow));
}

/* Called again and again until it gives up by throwing. */
static void throwing_handler()
{
	if (++handled == 3)
		throw std::bad_alloc();
}

static void test_throwing_handler()
{
	std::set_new_handler(throwing_handler);
	for (auto allocate : allocations) {
		handled = 0;
		EXPECT(throws_bad_alloc(allocate));
		EXPECT(handled == 3);
	}
	handled = 0;
	EXPECT(!operator new(impossible(), std::nothrow) && handled == 3);
	handled = 0;
	EXPECT(!operator new[](impossible(), by_64, std::nothrow));
	EXPECT(handled == 3);
	std::set_new_handler(nullptr);
}

static void resigning_handler()
{
	handled++;
	std::set_new_handler(nullptr);
}

static void test_resigning_handler()
{
	handled = 0;
	std::set_new_handler(resigning_handler);
	EXPECT(throws_bad_alloc(allocations[0]) && handled == 1);
	std::set_new_handler(resigning_handler);
	EXPECT(!operator new(impossible(), std::nothrow) && handled == 2);
}

static void test_bad_array_length()
{
	hidden = SIZE_MAX / 2;
	EXPECT(throws_bad_alloc([] { (void)new wide[hidden]; }));
}

int main()
{
	test_plain_forms();
	test_aligned_forms();
	test_expressions();
	test_no_handler();
	test_throwing_handler();
	test_resigning_handler();
	test_bad_array_length();
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
