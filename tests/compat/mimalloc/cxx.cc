// SPDX-License-Identifier: MIT
// mimalloc's names in C++: new, delete, and the allocators of containers.
#include <cstdio>
#include <list>
#include <map>
#include <string>
#include <vector>
#include <mimalloc-new-delete.h>
#include <mica/mica.h>

static int count, failed;

static void result(bool good, const char *what)
{
	failed += !good;
	std::printf("%s %d - mimalloc C++: %s\n", good ? "ok" : "not ok", ++count, what);
}

#define OK(x) result(!!(x), #x)

template <class F> static bool throws(F f)
{
	try {
		f();
	} catch (const std::bad_alloc &) {
		return true;
	}
	return false;
}

int main()
{
	struct alignas(128) wide { char c[256]; };
	volatile std::size_t most = PTRDIFF_MAX;
	int *i = new int(3);
	wide *w = new wide;
	void *p = mi_new(10);

	OK(mica_owns(i) && mica_owns(w) && (std::uintptr_t)w % 128 == 0);
	delete i;
	delete w;
	p = mi_new_realloc(p, 100);
	p = mi_new_reallocn(p, 100, 10);
	OK(mi_usable_size(p) >= 1000);
	OK(throws([&] { (void)mi_new_realloc(p, most); }) && mi_usable_size(p) >= 1000);
	mi_free(p);
	OK(throws([&] { (void)mi_new(most); }) && throws([&] { (void)mi_new_aligned(most, 64); }));
	OK(throws([&] { (void)mi_new_n(most, 16); }));
	mi_free(p = mi_new_nothrow(10));
	OK(p);
	mi_free(p = mi_new_aligned_nothrow(10, 64));
	OK(p && (std::uintptr_t)p % 64 == 0);
	OK(!mi_new_nothrow(most) && !mi_new_aligned_nothrow(most, 64));
	p = mi_new_aligned(10, 64);
	OK((std::uintptr_t)p % 64 == 0);
	mi_free(p);
	p = mi_heap_alloc_new(mi_heap_main(), 10);
	OK(mica_owns(p) && throws([&] { (void)mi_heap_alloc_new_n(mi_heap_main(), most, 16); }));
	mi_free(p);

	std::vector<int, mi_stl_allocator<int>> v;
	for (int n = 0; n < 1000; n++)
		v.push_back(n);
	OK(mica_owns(v.data()) && v[999] == 999);
	std::map<int, std::string, std::less<int>, mi_stl_allocator<std::pair<const int, std::string>>> m;
	m[3] = "three";
	OK(mica_owns(&m[3]) && mi_stl_allocator<int>() == mi_stl_allocator<char>());

	mi_heap_stl_allocator<int> lent(mi_heap_main());
	std::list<int, mi_heap_stl_allocator<int>> l(lent);
	l.push_back(4);
	OK(mi_heap_of(&l.front()) == mi_heap_main() && l.get_allocator() == lent);
	mi_heap_destroy_stl_allocator<int> drop(mi_heap_main());
	int *q = drop.allocate(3);
	drop.deallocate(q, 3);
	OK(mi_usable_size(q) >= 12);
	mi_free(q);
	mi_heap_t *probe = mi_heap_new();
	mi_heap_delete(probe);
	OK(probe ? mi_heap_of(&*std::vector<int, mi_heap_stl_allocator<int>>(1).begin()) != mi_heap_main()
		: throws([] { mi_heap_stl_allocator<int> a; }));
	std::printf("1..%d\n", count);
	return failed != 0;
}
