// SPDX-License-Identifier: MIT
// The allocator of containers before C++11: they ask it for its types and to
// construct. Prints TAP.
// std: c++98
#include <cstdio>
#include <list>
#include <map>
#include <string>
#include <vector>
#include <mimalloc.h>

int main()
{
	std::vector<std::string, mi_stl_allocator<std::string> > v;
	std::map<int, int, std::less<int>, mi_stl_allocator<std::pair<const int, int> > > m;
	mi_stl_allocator<int> a;
	int x = 3;

	v.push_back("mica");
	v.resize(1000, "stone");
	m[3] = 4;
	std::list<int, mi_stl_allocator<int> > l(100, 5), k;
	k = l;
	k.swap(l);
	bool good = v.size() == 1000 && v[999] == "stone" && m[3] == 4 && l.size() == 100 &&
		mi_any_heap_contains(&v[0]) && mi_any_heap_contains(&*m.begin()) && mi_any_heap_contains(&l.front());

	good = good && a.max_size() > 1000000 && a.address(x) == &x && a == mi_stl_allocator<char>();
	std::printf("%s 1 - mimalloc C++98: containers\n1..1\n", good ? "ok" : "not ok");
	return !good;
}
