// SPDX-License-Identifier: MIT
// A C++ program on mica: operator new is libc++'s, which asks malloc.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "mine.h"

struct node {
	std::string name;
	std::vector<std::unique_ptr<node>> below;
};

static std::unique_ptr<node> tree(int depth, const std::string &name)
{
	auto top = std::make_unique<node>();

	top->name = name;
	for (int k = 0; depth && k < 4; k++)
		top->below.push_back(tree(depth - 1, name + "/" + std::to_string(k)));
	return top;
}

static size_t letters(const node &n)
{
	size_t sum = n.name.size();

	for (const auto &b : n.below)
		sum += letters(*b);
	return sum;
}

struct alignas(128) wide {
	char bytes[128];
};

int main()
{
	std::map<std::string, std::vector<int>> words;
	std::ostringstream text;

	for (int k = 0; k < 20000; k++)
		words["word " + std::to_string(k * 37 % 997)].push_back(k);
	for (const auto &w : words)
		text << w.first << ':' << w.second.size() << '\n';
	auto top = tree(6, "");
	auto aligned = std::make_unique<wide>();
	bool good = words.size() == 997 && text.str().size() == 11854 &&
		    letters(*top) == 61896 && is_micas(top.get()) &&
		    reinterpret_cast<uintptr_t>(aligned.get()) % 128 == 0;

	std::printf("%zu %zu %zu\n", words.size(), text.str().size(), letters(*top));
	top.reset();
	words.clear();
	return good && !mica_check() ? 0 : 1;
}
