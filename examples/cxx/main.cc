// SPDX-License-Identifier: MIT
// Containers of the C++ library on mica, without exceptions.
#include <mica/mica.h>
#include <cstdio>
#include <map>
#include <memory>
#include <vector>

static std::vector<int> squares_make()
{
	std::vector<int> squares;

	for (int i = 1; i <= 10; i++)
		squares.push_back(i * i);
	return squares;
}

static const std::vector<int> squares = squares_make();	// before main()

int main()
{
	auto names = std::make_unique<std::map<int, const char *>>();

	(*names)[squares.back()] = "the last square";
	std::printf("%d is %s; all mica's: %s\n", squares.back(),
		    names->begin()->second,
		    mica_owns(squares.data()) && mica_owns(names.get()) &&
			    mica_owns(&*names->begin()) ? "yes" : "no");
	return mica_check();
}
