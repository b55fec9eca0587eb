/* SPDX-License-Identifier: MIT */
/* What the operating system knows of the program, where there is one. */
#ifndef MICA_PROCESS_H
#define MICA_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct mica_process - what the process used so far
 * @elapsed_ms: since it began; to 10 ms
 * @user_ms, @system_ms: of CPU time, of all its threads
 * @resident: bytes of memory that it has now, not only mica's
 * @peak_resident: the most that it ever had
 * @minor_faults, @major_faults: page faults; major ones waited for a disk
 */
struct mica_process {
	uint64_t elapsed_ms;
	uint64_t user_ms;
	uint64_t system_ms;
	size_t resident;
	size_t peak_resident;
	uint64_t minor_faults;
	uint64_t major_faults;
};

/**
 * mica_process() - what the process used so far
 * @process: filled in
 *
 * Context: tasks and threads. Cost: some system calls, two files of /proc.
 * Return: false, and nothing is filled in: NULL, or there is no operating
 * system that would know (on Linux: no /proc).
 */
MICA_API bool mica_process(struct mica_process *process);

#ifdef __cplusplus
}
#endif
#endif
