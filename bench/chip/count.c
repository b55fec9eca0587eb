/* SPDX-License-Identifier: MIT */
/* The timer and the histograms; count.h has the theory. */
#include <mica/mica.h>
#include "board.h"
#include "count.h"

#define TIMER ((volatile uint32_t *)BOARD_TIMER_BASE)
#define TIMER_CTRL 0
#define TIMER_VALUE 1
#define TIMER_RELOAD 2

static uint32_t overhead;

uint32_t count_call(uintptr_t (*call)(uintptr_t argument), uintptr_t argument,
		    uintptr_t *result)
{
	register uintptr_t r0 __asm__("r0") = argument;
	uint32_t start, end;

	__asm__ volatile("ldr	%[start], [%[value]]\n\t"
			 "blx	%[call]\n\t"
			 "ldr	%[end], [%[value]]"
			 : [start] "=&r"(start), [end] "=&r"(end), "+r"(r0)
			 : [value] "r"(TIMER + TIMER_VALUE), [call] "r"(call)
			 : "r1", "r2", "r3", "r12", "lr", "cc", "memory");
	*result = r0;
	return (uint32_t)(((uint64_t)(start - end) * 10 + 128) / 256) - overhead;
}

__attribute__((naked)) static uintptr_t bare_return(uintptr_t argument)
{
	(void)argument;
	__asm__ volatile("bx	lr");
}

__attribute__((naked)) static uintptr_t loop(uintptr_t turns)
{
	(void)turns;
	__asm__ volatile("nop\n"
			 "1:	subs	r0, r0, #1\n\t"
			 "bne	1b\n\t"
			 "bx	lr");
}

bool count_start(void)
{
	uintptr_t result;

	TIMER[TIMER_RELOAD] = 0xffffffff;
	TIMER[TIMER_VALUE] = 0xffffffff;
	TIMER[TIMER_CTRL] = 1;
	overhead = 0;
	overhead = count_call(bare_return, 0, &result) - 1;
	return count_call(bare_return, 0, &result) == 1 &&
	       count_call(loop, 1, &result) == 4 &&
	       count_call(loop, 10, &result) == 22 &&
	       count_call(loop, 1000, &result) == 2002;
}

/* On this CPU a pointer, a size and a word travel alike. */
#define WORD_CALL(function) \
	((uintptr_t (*)(uintptr_t))(void (*)(void))(function))

uint32_t count_malloc(size_t size, void **p)
{
	uintptr_t result;
	uint32_t count = count_call(WORD_CALL(mica_malloc), size, &result);

	*p = (void *)result;
	return count;
}

uint32_t count_free(void *p)
{
	uintptr_t result;

	return count_call(WORD_CALL(mica_free), (uintptr_t)p, &result);
}

void histogram_add(struct histogram *histogram, uint32_t count)
{
	histogram->bin[count < COUNT_BINS ? count : COUNT_BINS - 1]++;
	histogram->calls++;
	if (count > histogram->max)
		histogram->max = count;
}

uint32_t histogram_rank(const struct histogram *histogram, uint32_t per_mille)
{
	uint64_t want = (uint64_t)histogram->calls * per_mille;
	uint64_t seen = 0;

	for (uint32_t count = 0; count < COUNT_BINS; count++) {
		seen += (uint64_t)histogram->bin[count] * 1000;
		if (seen >= want)
			return count;
	}
	return histogram->max;
}
