/* SPDX-License-Identifier: MIT */
/* A plugin in C++ for a program in C: brings the C++ runtime with it. */
#include <new>
#include <string>

extern "C" int cxx_plugin(std::size_t impossible);

static int handled;

/* Return: how many of four promises were kept. */
int cxx_plugin(std::size_t impossible)
{
	int kept = std::string(1000, 'x').size() == 1000;

	try {
		(void)operator new(impossible);
	} catch (const std::bad_alloc &) {
		kept++;
	}
	kept += operator new(impossible, std::nothrow) == nullptr;
	std::set_new_handler([] {
		if (++handled == 2)
			throw std::bad_alloc();
	});
	try {
		(void)operator new(impossible);
	} catch (const std::bad_alloc &) {
		kept += handled == 2;
	}
	std::set_new_handler(nullptr);
	return kept;
}
