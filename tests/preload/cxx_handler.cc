/* SPDX-License-Identifier: MIT */
/*
 * A new_handler that makes room: the allocation then succeeds.
 *
 * cpu: native
 */
#include <new>
#include <vector>
#include <sys/resource.h>
#include "expect.h"

static const std::size_t reserve_bytes = std::size_t(64) << 20;
static void *reserve;
static int handled;

static void release_reserve()
{
	handled++;
	operator delete(reserve);
	reserve = nullptr;
	std::set_new_handler(nullptr);
}

int main()
{
	const std::size_t chunk = std::size_t(8) << 20;
	struct rlimit limit = { std::size_t(512) << 20, RLIM_INFINITY };
	std::vector<void *> chunks;

	chunks.reserve(1000);
	reserve = operator new(reserve_bytes);
	EXPECT_MICA(reserve);
	EXPECT(setrlimit(RLIMIT_AS, &limit) == 0);
	std::set_new_handler(release_reserve);
	while (handled == 0) {
		chunks.push_back(operator new(chunk));
		EXPECT_MICA(chunks.back());
		EXPECT(chunks.size() < 100);
	}
	EXPECT(handled == 1);
	for (void *p : chunks)
		operator delete(p);
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
