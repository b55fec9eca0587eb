/* SPDX-License-Identifier: MIT */
/* The settings that the tests of compat/freertos are built with. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#define configTOTAL_HEAP_SIZE ((size_t)(32 * 1024))
#define configUSE_MALLOC_FAILED_HOOK 1
#define configHEAP_CLEAR_MEMORY_ON_FREE 1

void trace_malloc(void *p, size_t size);
void trace_free(void *p, size_t size);
void assert_failed(void);

#define traceMALLOC(pvAddress, uiSize) trace_malloc(pvAddress, uiSize)
#define traceFREE(pvAddress, uiSize) trace_free(pvAddress, uiSize)
#define configASSERT(x) do { if (!(x)) assert_failed(); } while (0)

#endif
