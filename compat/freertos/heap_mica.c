/* SPDX-License-Identifier: MIT */
/*
 * FreeRTOS on mica: compile this in place of portable/MemMang/heap_4.c or
 * heap_5.c. README.md beside it says what differs from those.
 *
 * The heap is ucHeap[configTOTAL_HEAP_SIZE], as in heap_4, and the regions of
 * vPortDefineHeapRegions(), as in heap_5; configMICA_HEAP_REGIONS_ONLY leaves
 * the array out. Nothing here suspends the scheduler: mica's guard keeps
 * tasks and interrupts apart, and the two counters have it, too.
 */
#define MPU_WRAPPERS_INCLUDED_FROM_API_FILE

#include "FreeRTOS.h"
#include "task.h"

#undef MPU_WRAPPERS_INCLUDED_FROM_API_FILE

#ifndef configHEAP_CLEAR_MEMORY_ON_FREE
#define configHEAP_CLEAR_MEMORY_ON_FREE 0
#endif
#ifndef configMICA_HEAP_REGIONS_ONLY
#define configMICA_HEAP_REGIONS_ONLY 0
#endif
#ifndef configNUMBER_OF_CORES		/* kernels before V11 */
#define configNUMBER_OF_CORES 1
#endif

#include <mica/config.h>

#if configSUPPORT_DYNAMIC_ALLOCATION == 0
#error "heap_mica.c is of no use when configSUPPORT_DYNAMIC_ALLOCATION is 0"
#endif
#if MICA_CONTEXT != MICA_CONTEXT_CORE
#error "heap_mica.c: tasks share a core, so MICA_CONTEXT is MICA_CONTEXT_CORE"
#endif
#if configNUMBER_OF_CORES > MICA_CORES
#error "heap_mica.c: MICA_CORES is less than configNUMBER_OF_CORES"
#endif

/* Not in the portable.h of kernels before V11.2. */
void vPortHeapResetState(void);
void xPortResetHeapMinimumEverFreeHeapSize(void);

/* ---- where the memory is ------------------------------------------------ */

#if !configMICA_HEAP_REGIONS_ONLY
#if configAPPLICATION_ALLOCATED_HEAP == 1
extern uint8_t ucHeap[configTOTAL_HEAP_SIZE];
#else
PRIVILEGED_DATA static uint8_t ucHeap[configTOTAL_HEAP_SIZE]
	__attribute__((aligned(8)));
#endif
#define SPANS_FIRST { ucHeap, sizeof(ucHeap) }
#endif

#include "../spans.h"

/* Called by mica, when it needs memory. */
const struct mica_span *mica_arena_spans(void)
{
	return spans_table;
}

void vPortDefineHeapRegions(const HeapRegion_t *const pxHeapRegions)
{
	const HeapRegion_t *region = pxHeapRegions;
	bool added = true;

	for (; region->xSizeInBytes && added; region++)
		added = spans_add(region->pucStartAddress,
				  region->xSizeInBytes);
	configASSERT(added);
	(void)added;
	spans_take();
}

static size_t heap_mallocs, heap_frees;

/* ---- allocation --------------------------------------------------------- */

#if MICA_CORES > 1
static void heap_count(size_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}
#else
static void heap_count(size_t *counter)
{
	mica_port_guard_t guard = mica_port_guard();

	(*counter)++;
	mica_port_unguard(guard);
}
#endif

#if configUSE_MALLOC_FAILED_HOOK == 1
static void heap_failed(void)
{
	extern void vApplicationMallocFailedHook(void);

	vApplicationMallocFailedHook();
}
#else
static void heap_failed(void)
{
}
#endif

/* What both ways of allocating end with. */
static void *heap_got(void *pv, size_t size)
{
	(void)size;
	if (pv) {
		heap_count(&heap_mallocs);
		traceMALLOC(pv, mica_usable_size(pv));
		return pv;
	}
	traceMALLOC(pv, size);
	heap_failed();
	return NULL;
}

/* A size of 0 fails, as in heap_4. */
void *pvPortMalloc(size_t xWantedSize)
{
	if (!xWantedSize)
		return heap_got(NULL, 0);
	if (portBYTE_ALIGNMENT > MICA_GRANULE)
		return heap_got(mica_malloc_aligned(xWantedSize,
						    portBYTE_ALIGNMENT),
				xWantedSize);
	return heap_got(mica_malloc(xWantedSize), xWantedSize);
}

void *pvPortCalloc(size_t xNum, size_t xSize)
{
	size_t bytes;

	if (__builtin_mul_overflow(xNum, xSize, &bytes) || !bytes)
		return heap_got(NULL, 0);
	if (portBYTE_ALIGNMENT > MICA_GRANULE)
		return heap_got(mica_zalloc_aligned(bytes, portBYTE_ALIGNMENT),
				bytes);
	return heap_got(mica_zalloc(bytes), bytes);
}

void vPortFree(void *pv)
{
	if (!pv)
		return;
	if (configHEAP_CLEAR_MEMORY_ON_FREE)
		__builtin_memset(pv, 0, mica_usable_size(pv));
	traceFREE(pv, mica_usable_size(pv));
	mica_free(pv);
	heap_count(&heap_frees);
}

/*
 * ---- figures
 *
 * Without bytes in use they would be wrong: then they are not there.
 */
#if MICA_STATS

static size_t heap_free_bytes(size_t used)
{
	size_t bytes = spans_bytes();

	return bytes > used ? bytes - used : 0;
}

size_t xPortGetFreeHeapSize(void)
{
	return heap_free_bytes(mica_used());
}

size_t xPortGetMinimumEverFreeHeapSize(void)
{
	return heap_free_bytes(mica_peak());
}

/* From now on, the least since now. */
void xPortResetHeapMinimumEverFreeHeapSize(void)
{
	mica_peak_reset();
}

/*
 * How many free blocks there are, and the smallest, stay 0: mica would have
 * to visit them all, with interrupts masked.
 */
void vPortGetHeapStats(HeapStats_t *pxHeapStats)
{
	struct mica_usage usage = { 0 };

	mica_usage(&usage);
	*pxHeapStats = (HeapStats_t){
		.xAvailableHeapSpaceInBytes = heap_free_bytes(usage.used),
		.xSizeOfLargestFreeBlockInBytes = usage.largest_free,
		.xMinimumEverFreeBytesRemaining = heap_free_bytes(usage.peak),
		.xNumberOfSuccessfulAllocations = heap_mallocs,
		.xNumberOfSuccessfulFrees = heap_frees,
	};
}

#endif

/* Blocks that are live stay so: whoever restarts the scheduler frees them. */
void vPortHeapResetState(void)
{
	heap_mallocs = 0;
	heap_frees = 0;
}

/* Of heap_1's interface; nothing is to be done before the first call. */
void vPortInitialiseBlocks(void)
{
}
