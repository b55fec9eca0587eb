/* SPDX-License-Identifier: MIT */
/* configAPPLICATION_ALLOCATED_HEAP: the application's array is the heap. */
#include "FreeRTOS.h"
#include "tests/harness.h"

uint8_t ucHeap[configTOTAL_HEAP_SIZE];

TEST(freertos_heap_is_the_applications, .arena = 1024)
{
	uint8_t *p = pvPortMalloc(hide_size(100));

	CHECK(p > ucHeap && p < ucHeap + sizeof(ucHeap));
	CHECK(xPortGetFreeHeapSize() < sizeof(ucHeap));
	CHECK(xPortGetFreeHeapSize() > sizeof(ucHeap) - 2048);
	vPortFree(p);
}
