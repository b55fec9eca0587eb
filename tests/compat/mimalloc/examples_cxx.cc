// SPDX-License-Identifier: MIT
// A C++ program with new and delete from mimalloc's header, and containers with
// its allocators, as mimalloc's documentation has them in words. Prints TAP.
#include <algorithm>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>
#include <mimalloc-new-delete.h>
#include <mimalloc-stats.h>

static int count, failed;

static void result(bool good, const char *what)
{
	failed += !good;
	std::printf("%s %d - mimalloc C++ examples: %s\n", good ? "ok" : "not ok", ++count, what);
}

#define OK(x) result(!!(x), #x)

struct shape {
	virtual ~shape() = default;
	virtual int edges() const { return 0; }
};

struct square : shape {
	std::string name = std::string(100, 'q');
	int edges() const override { return 4; }
};

struct alignas(256) wide { char c[300]; };

static bool ours(const void *p)
{
	return mi_any_heap_contains(p);
}

static void test_new()
{
	auto one = std::make_unique<square>();
	auto many = std::make_unique<square[]>(10);
	std::shared_ptr<shape> shared = std::make_shared<square>();
	std::vector<std::unique_ptr<wide>> wides;

	OK(ours(one.get()) && ours(one->name.data()) && shared->edges() == 4);
	OK(ours(static_cast<void *>(many.get())) || mi_is_in_heap_region(many.get()));
	for (int k = 0; k < 20; k++)
		wides.push_back(std::make_unique<wide>());
	OK(std::all_of(wides.begin(), wides.end(), [](auto &w) {
		return ours(w.get()) && reinterpret_cast<std::uintptr_t>(w.get()) % 256 == 0; }));
	void *p = ::operator new(10, std::nothrow);
	OK(ours(p));
	::operator delete(p, std::nothrow);
	p = ::operator new[](10, std::align_val_t(512));
	OK(ours(p) && reinterpret_cast<std::uintptr_t>(p) % 512 == 0);
	::operator delete[](p, std::align_val_t(512));
	std::function<int()> f = [many = std::vector<int>(100, 1)] { return int(many.size()); };
	OK(f() == 100);
	// Of another thread, freed here.
	std::string *s = nullptr;
	std::thread([&] { s = new std::string(1000, 's'); }).join();
	OK(ours(s) && s->size() == 1000);
	delete s;
}

template <class T> using vec = std::vector<T, mi_stl_allocator<T>>;

static void test_allocator()
{
	vec<std::string> names;
	std::map<std::string, int, std::less<>, mi_stl_allocator<std::pair<const std::string, int>>> ages;
	std::unordered_map<int, vec<int>, std::hash<int>, std::equal_to<>, mi_stl_allocator<std::pair<const int, vec<int>>>> rows;
	std::deque<int, mi_stl_allocator<int>> queue;
	std::set<int, std::less<int>, mi_stl_allocator<int>> seen;
	auto shared = std::allocate_shared<square>(mi_stl_allocator<square>());

	names.push_back("mica");
	names.pop_back();
	names.resize(100, "stone");
	ages["granite"] = 3;
	for (int k = 0; k < 1000; k++) {
		rows[k % 10].push_back(k);
		queue.push_front(k);
		seen.insert(k % 7);
	}
	OK(ours(names.data()) && ours(&*ages.begin()) && ours(rows[3].data()) && ours(&queue.front()));
	OK(rows[3].size() == 100 && queue.size() == 1000 && seen.size() == 7 && shared->edges() == 4);
	vec<std::string> copy = names, moved = std::move(names);
	OK(copy.size() == 100 && moved[99] == "stone" && copy.get_allocator() == moved.get_allocator());
}

static int64_t live(mi_heap_t *heap)
{
	mi_stats_t_decl(s);

	return mi_heap_stats_get(heap, &s) ? s.malloc_normal_count.total + s.malloc_huge_count.total : -1;
}

static void test_heap_allocators()
{
	mi_heap_t *heap = mi_heap_new();
	{
		std::vector<int, mi_heap_stl_allocator<int>> v{mi_heap_stl_allocator<int>(heap)};

		v.resize(1000);
		OK(mi_heap_contains(heap, v.data()) && live(heap) == 1);
		std::vector<int, mi_heap_stl_allocator<int>> copy = v;
		OK(mi_heap_contains(heap, copy.data()) && copy.get_allocator() == v.get_allocator());
	}
	OK(live(heap) == 0);
	{
		// Nothing is freed, until the heap's owner drops it.
		std::vector<int, mi_heap_destroy_stl_allocator<int>> v{mi_heap_destroy_stl_allocator<int>(heap)};

		for (int k = 0; k < 1000; k++)
			v.push_back(k);
		OK(v[999] == 999);
	}
	OK(live(heap) > 5);
	mi_heap_destroy(heap);

	// With heaps of their own, which end with the last allocator.
	mi_heap_t *own, *drop;
	{
		std::map<int, int, std::less<int>, mi_heap_stl_allocator<std::pair<const int, int>>> m;
		std::vector<int, mi_heap_destroy_stl_allocator<int>> d(50);

		m[1] = 2;
		own = mi_heap_of(&*m.begin());
		drop = mi_heap_of(d.data());
		OK(own && drop && own != drop && own != mi_heap_main() && drop != mi_heap_main());
		d.get_allocator().collect(true);
		OK(live(own) >= 1 && live(drop) == 1);
	}
	OK(live(own) == -1 && live(drop) == -1);
}

int main()
{
	test_new();
	test_allocator();
	test_heap_allocators();
	std::printf("1..%d\n", count);
	return failed != 0;
}
