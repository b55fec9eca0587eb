/* SPDX-License-Identifier: MIT */
/*
 * Faults of the provider: for each hook, for every N until none fails, the
 * N-th call fails, alone or with all after it. Invariant 8: a caller sees
 * NULL and nothing else; nothing is lost.
 *
 * The scenario runs twice over: in this process, whose allocator is warm,
 * and in fresh processes, where the very first calls fail too.
 */
#include "../model.h"
#include "fresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KIB ((size_t)1 << 10)
#define FAULTS_MAX 2000		/* a loop of retries would not end */
#define ALL 1000000

static bool table(void)
{
	return MICA_LAYOUT == MICA_LAYOUT_TABLE;
}

/* NULL is right only after a fault; it must not have changed anything. */
static void refused(const struct mica_stats *before)
{
	struct mica_stats after;

	CHECK_INV(8, fake_failed());
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before->live_blocks);
	CHECK_EQ(after.live_bytes, before->live_bytes);
	CHECK_MICA();
	CHECK_INV(8, model_verify_all(&model_main));
}

static void want(size_t size, size_t align)
{
	struct mica_stats before;
	void *p;

	mica_stats(&before);
	p = align ? mica_malloc_aligned(size, align) : mica_zalloc(size);
	if (!p) {
		refused(&before);
		return;
	}
	CHECK(align || all_zero(p, size < 65536 ? size : 65536));
	model_add(&model_main, p, size, align ? align : MICA_GRANULE);
}

static void want_resized(unsigned int index, size_t size)
{
	struct mica_stats before;
	void *p;

	mica_stats(&before);
	p = mica_realloc((void *)model_main.blocks[index].addr, size);
	if (p)
		model_moved(&model_main, index, p, size, MICA_GRANULE);
	else
		refused(&before);
}

static void free_some(unsigned int n)
{
	while (n-- && model_main.nr)
		mica_free(model_take(&model_main, n % model_main.nr));
	CHECK_MICA();
}

/* No fault of the test's own: address space enough for everything. */
static size_t no_limit(void)
{
	return fake_limit(table() ? SIZE_MAX / 2 : (size_t)1 << 28);
}

/* Every kind of block, twice, with a purge between. */
static void scenario_round(void)
{
	size_t unit = table() ? 64 * KIB : KIB;

	for (unsigned int i = 0; i < 60; i++)
		want(8 + i * 7, 0);
	for (unsigned int i = 1; i < 12; i++)
		want(i * unit, 0);
	want(unit, 16 * unit);
	if (table()) {
		want(20 * KIB * KIB, 0);
		want(90 * KIB * KIB, 0);
		want(KIB, 32 * KIB * KIB);
	}
	for (unsigned int i = 0; i < model_main.nr; i += 9)
		want_resized(i, model_main.blocks[i].size * 3 / 2);
	free_some(model_main.nr / 2);
	mica_collect(true);
	CHECK_MICA();
}

static void scenario(void)
{
	size_t limit = no_limit();
	struct mica_stats after;

	model_reset(&model_main);
	scenario_round();
	scenario_round();
	model_free_all(&model_main);
	mica_collect(true);
	CHECK_MICA();
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, 0);
	CHECK_EQ(after.live_bytes, 0);
	CHECK_EQ(fake_breaches(), 0);
	fake_limit(limit);
}

/* Run by name in a fresh process; FAKE_FAIL says what fails. */
TEST(fault_scenario)
{
	struct mica_stats stats;
	unsigned int failed;

	scenario();
	failed = fake_failed();
	mica_stats(&stats);
	CHECK(stats.provider_failures >= failed);
	fake_fail(FAKE_RESERVE, 0, 0);
	test_print("# faults %u\n", failed);
}

static void warm(enum fake_hook hook, unsigned int count)
{
	struct mica_stats before, after;
	unsigned int n = 1, hit;

	mica_collect(true);
	mica_stats(&before);
	do {
		fake_fail(hook, n, count);
		scenario();
		hit = fake_failed();
		fake_fail(hook, 0, 0);
		if (test_failed())
			test_print("# hook %u, call %u\n", hook, n);
		CHECK(n++ < FAULTS_MAX);
	} while (hit && !test_failed());
	mica_collect(true);
	mica_stats(&after);
	CHECK_EQ(after.used_bytes, before.used_bytes);
	CHECK(after.provider_failures >= before.provider_failures + n - 2);
}

TEST(faults_when_warm)
{
	for (unsigned int hook = 0; hook < FAKE_HOOKS; hook++) {
		warm((enum fake_hook)hook, 1);
		warm((enum fake_hook)hook, ALL);
	}
}

/* ---- fresh processes ---- */

/* The number behind "# faults" in what @fd says; -1 when there is none. */
static int faults_told(FILE *from)
{
	char line[512];
	int told = -1;

	while (fgets(line, sizeof(line), from)) {
		int n;

		if (sscanf(line, "# faults %d", &n) == 1)
			told = n;
		else if (line[0] == '#')
			test_print("%s", line);
	}
	return told;
}

static void become_scenario(const char *name, const char *spec, int fd)
{
	setenv("FAKE_FAIL", spec, 1);
	dup2(fd, STDERR_FILENO);
	execl("/proc/self/exe", "tests", name, (char *)NULL);
	_exit(127);
}

/* Returns how many faults there were; negative when it went wrong. */
static int fresh_run(const char *name, unsigned int hook, unsigned int first,
		     unsigned int count)
{
	int pipe_fds[2], status, told;
	char spec[64];
	FILE *from;
	pid_t pid;

	snprintf(spec, sizeof(spec), "%u %u %u", hook, first, count);
	if (!CHECK(!pipe(pipe_fds)))
		return -1;
	pid = fork();
	if (!pid)
		become_scenario(name, spec, pipe_fds[1]);
	close(pipe_fds[1]);
	from = fdopen(pipe_fds[0], "r");
	told = faults_told(from);
	fclose(from);
	waitpid(pid, &status, 0);
	if (!CHECK_EQ(status, 0)) {
		test_print("# FAKE_FAIL=\"%s\"\n", spec);
		return -1;
	}
	return told;
}

unsigned int fresh(const char *name, enum fake_hook hook, unsigned int count)
{
	unsigned int n = 0;

	while (n < FAULTS_MAX && fresh_run(name, hook, n + 1, count) > 0)
		n++;
	CHECK(n < FAULTS_MAX);
	return n;
}

TEST(faults_from_the_start)
{
	static const char scenario_name[] = "fault_scenario";
	bool lazy = test_target.offers() & TEST_LAZY;

	CHECK(fresh(scenario_name, FAKE_RESERVE, 1) > 0);
	CHECK(fresh(scenario_name, FAKE_RESERVE, ALL) > 0);
	CHECK(fresh(scenario_name, FAKE_RELEASE, 1) > 0 || !table());
	CHECK(fresh(scenario_name, FAKE_RELEASE, ALL) > 0 || !table());
	CHECK(fresh(scenario_name, FAKE_COMMIT, 1) > 0 || !lazy);
	CHECK(fresh(scenario_name, FAKE_COMMIT, ALL) > 0 || !lazy);
	CHECK(fresh(scenario_name, FAKE_DECOMMIT, 1) > 0 || !lazy);
	CHECK(fresh(scenario_name, FAKE_DECOMMIT, ALL) > 0 || !lazy);
	CHECK_EQ(fresh(scenario_name, FAKE_PROTECT, 1), 0);
}

/* ---- what comes and goes ---- */

TEST(regions_come_and_go, .needs = TEST_TABLE)
{
	struct mica_stats before, with, after;
	unsigned int spans = fake_spans();
	size_t limit = no_limit();
	void *p;

	mica_stats(&before);
	p = mica_malloc(100 * KIB * KIB);
	mica_stats(&with);
	REQUIRE(p);
	CHECK(fake_spans() > spans);
	CHECK(with.huge_allocated > before.huge_allocated);
	CHECK(with.regions_reserved > before.regions_reserved);
	CHECK(with.reserved > before.reserved);
	mica_free(p);
	mica_collect(true);
	mica_stats(&after);
	CHECK(after.regions_released > before.regions_released);
	CHECK(fake_spans() <= spans);
	CHECK_EQ(fake_breaches(), 0);
	fake_limit(limit);
}

TEST(provider_and_stats_agree, .needs = TEST_LAZY)
{
	struct mica_stats stats;
	void *p = mica_malloc(10000);

	REQUIRE(p);
	mica_stats(&stats);
	CHECK_INV(6, stats.committed <= fake_committed());
	mica_free(p);
	mica_collect(true);
	mica_stats(&stats);
	CHECK_INV(6, stats.committed <= fake_committed());
}

/* The heartbeat purges what was free long enough, within its budget. */
TEST(heartbeat_purges, .needs = TEST_LAZY)
{
	size_t size = table() ? 1024 * KIB : 16 * KIB;
	struct mica_stats before, early, late;
	void *p[6];

	mica_collect(true);
	for (unsigned int i = 0; i < 6; i++) {
		p[i] = mica_malloc(i % 2 ? size / 2 : size);
		REQUIRE(p[i]);
		memset(p[i], 1, size / 2);
	}
	for (unsigned int i = 0; i < 6; i += 2)
		mica_free(p[i]);
	mica_stats(&before);
	mica_collect(false);
	mica_stats(&early);
	CHECK_EQ(early.purges, before.purges);
	late = before;
	for (unsigned int beat = 0; beat < 4; beat++) {
		uint64_t purges = late.purges;

		fake_clock_add(MICA_PURGE_DELAY_MS);
		mica_collect(false);
		mica_stats(&late);
		CHECK(late.purges - purges <= MICA_PURGE_BUDGET);
	}
	CHECK(late.purges > before.purges);
	for (unsigned int i = 1; i < 6; i += 2)
		mica_free(p[i]);
	CHECK_MICA();
}

TEST(contract_is_kept)
{
	CHECK_EQ(fake_breaches(), 0);
	if (fake_breaches())
		fake_log_print();
}
