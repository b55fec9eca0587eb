/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's options. Some are mica's own, under other names; two have an effect on
 * one of mica's; the others are remembered, so that a program reads back what it
 * set, and change nothing.
 */
#include "heaps.h"

static const signed char mi_options_mica[] = {
	[mi_option_show_errors] = MICA_OPTION_SHOW_ERRORS + 1,
	[mi_option_show_stats] = MICA_OPTION_SHOW_STATS + 1,
	[mi_option_verbose] = MICA_OPTION_VERBOSE + 1,
	[mi_option_purge_delay] = MICA_OPTION_PURGE_DELAY + 1,
	[mi_option_purge_decommits] = MICA_OPTION_PURGE_DECOMMITS + 1,
	[mi_option_minimal_purge_size] = MICA_OPTION_PURGE_MINIMAL + 1,
	[mi_option_allow_thp] = MICA_OPTION_HUGE_PAGES + 1,
	[mi_option_reserve_huge_os_pages] = MICA_OPTION_RESERVE_HUGE_PAGES + 1,
	[mi_option_reserve_huge_os_pages_at] = MICA_OPTION_RESERVE_NODE + 1,
	[mi_option_reserve_os_memory] = MICA_OPTION_RESERVE_MEMORY + 1,
	[mi_option_guarded_sample_rate] = MICA_OPTION_GUARD_SAMPLE + 1,
	[mi_option_guarded_min] = MICA_OPTION_GUARD_LEAST + 1,
	[_mi_option_last] = 0,
};

static long mi_options[_mi_option_last];
static bool mi_options_set[_mi_option_last];

static bool mi_option_known(mi_option_t option)
{
	return (unsigned int)option < _mi_option_last;
}

/* Of what is remembered, what mica does as well. */
static void mi_option_effect(mi_option_t option, long value)
{
	if (option == mi_option_arena_eager_commit)	/* 2: where it is for free */
		mica_option_set(MICA_OPTION_EAGER_COMMIT, value == 1);
	else if (option == mi_option_allow_large_os_pages)
		mica_option_set(MICA_OPTION_HUGE_PAGES, value ? 2 : 1);
}

long mi_option_get(mi_option_t option)
{
	if (!mi_option_known(option))
		return 0;
	if (mi_options_mica[option])
		return mica_option_get(mi_options_mica[option] - 1);
	return __atomic_load_n(&mi_options[option], __ATOMIC_RELAXED);
}

void mi_option_set(mi_option_t option, long value)
{
	if (!mi_option_known(option))
		return;
	if (mi_options_mica[option]) {
		mica_option_set(mi_options_mica[option] - 1, value);
		return;
	}
	__atomic_store_n(&mi_options[option], value, __ATOMIC_RELAXED);
	__atomic_store_n(&mi_options_set[option], true, __ATOMIC_RELAXED);
	mi_option_effect(option, value);
}

void mi_option_set_default(mi_option_t option, long value)
{
	if (!mi_option_known(option))
		return;
	if (mi_options_mica[option]) {
		mica_option_set_default(mi_options_mica[option] - 1, value);
	} else if (!__atomic_load_n(&mi_options_set[option], __ATOMIC_RELAXED)) {
		__atomic_store_n(&mi_options[option], value, __ATOMIC_RELAXED);
		mi_option_effect(option, value);
	}
}

bool mi_option_is_enabled(mi_option_t option)
{
	return mi_option_get(option) != 0;
}

void mi_option_set_enabled(mi_option_t option, bool enable)
{
	mi_option_set(option, enable);
}

void mi_option_set_enabled_default(mi_option_t option, bool enable)
{
	mi_option_set_default(option, enable);
}

void mi_option_enable(mi_option_t option)
{
	mi_option_set(option, 1);
}

void mi_option_disable(mi_option_t option)
{
	mi_option_set(option, 0);
}

long mi_option_get_clamp(mi_option_t option, long least, long most)
{
	long value = mi_option_get(option);

	return value < least ? least : value > most ? most : value;
}

/* Sizes are kept in KiB. */
static bool mi_option_is_size(mi_option_t option)
{
	return option == mi_option_reserve_os_memory ||
		option == mi_option_arena_reserve ||
		option == mi_option_minimal_purge_size ||
		option == mi_option_arena_max_object_size;
}

size_t mi_option_get_size(mi_option_t option)
{
	long value = mi_option_get(option);
	size_t bytes = value < 0 ? 0 : (size_t)value;

	if (!mi_option_is_size(option))
		return bytes;
	return bytes > SIZE_MAX / 1024 ? SIZE_MAX : bytes * 1024;
}
