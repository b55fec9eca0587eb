/* SPDX-License-Identifier: MIT */
/*
 * Containers, exceptions and thread_local objects in threads that end;
 * objects made by one thread and destroyed by another.
 */
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
#include "expect.h"

struct journal {
	std::vector<std::string> lines;

	~journal()
	{
		EXPECT(lines.size() == 200);
		EXPECT_MICA(lines.data());
		lines.emplace_back(500, 'z');	/* grows while the thread ends */
	}
};

static thread_local journal mine;

static int depth(int n)
{
	std::string local(static_cast<std::size_t>(n) * 10, 'd');

	if (n == 20)
		throw std::runtime_error("deep enough: " + local);
	return depth(n + 1) + 1;
}

static std::unique_ptr<std::map<int, std::string>> work(int seed)
{
	auto made = std::make_unique<std::map<int, std::string>>();

	for (int i = 0; i < 200; i++) {
		mine.lines.push_back("line " + std::to_string(seed + i));
		(*made)[i * 7919 % 1000] = std::string(
			static_cast<std::size_t>(i), 'm');
		try {
			depth(i % 20);
			EXPECT(!"thrown");
		} catch (const std::exception &error) {
			EXPECT(strstr(error.what(), "deep enough"));
		}
	}
	return made;
}

int main()
{
	for (int round = 0; round < 20; round++) {
		std::unique_ptr<std::map<int, std::string>> made[3];
		std::vector<std::thread> threads;

		for (int i = 0; i < 3; i++)
			threads.emplace_back([&made, i, round] {
				made[i] = work(round * 10 + i);
			});
		for (std::thread &thread : threads)
			thread.join();
		for (auto &map : made) {
			EXPECT(map->size() == 200);
			for (auto &entry : *map)
				EXPECT(is_filled(entry.second.data(), 'm',
						 entry.second.size()));
		}
	}
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
