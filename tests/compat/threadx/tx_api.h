/* SPDX-License-Identifier: MIT */
/*
 * Stands for ThreadX's header of that name: what compat/threadx uses of it.
 * The port's half (tx_port.h) is the kernel of tests/kernel.
 */
#ifndef TX_API_H
#define TX_API_H

#include "kernel.h"

#define VOID void
typedef char CHAR;
typedef unsigned char UCHAR;
typedef unsigned int UINT;
typedef unsigned long ULONG;
#define ALIGN_TYPE ULONG

#define TX_INTERRUPT_SAVE_AREA uint32_t interrupt_save;
#define TX_DISABLE interrupt_save = kernel_lock();
#define TX_RESTORE kernel_unlock(interrupt_save);

#define TX_NULL ((void *)0)
#define TX_TRUE ((UINT)1)
#define TX_FALSE ((UINT)0)
#define TX_EMPTY ((ULONG)0)
#define TX_CLEAR_ID ((ULONG)0)
#define TX_NO_WAIT ((ULONG)0)
#define TX_WAIT_FOREVER ((ULONG)0xffffffff)

#define TX_SUCCESS ((UINT)0x00)
#define TX_DELETED ((UINT)0x01)
#define TX_PTR_ERROR ((UINT)0x03)
#define TX_NO_MEMORY ((UINT)0x10)
#define TX_CALLER_ERROR ((UINT)0x13)
#define TX_WAIT_ABORTED ((UINT)0x1a)

#define TX_BYTE_POOL_CREATE_EXTENSION(p)
#define TX_BYTE_POOL_DELETE_EXTENSION(p)

typedef struct TX_BYTE_POOL_STRUCT {
	ULONG tx_byte_pool_id;
	CHAR *tx_byte_pool_name;
	ULONG tx_byte_pool_available;
	UINT tx_byte_pool_fragments;
	UCHAR *tx_byte_pool_list;
	UCHAR *tx_byte_pool_search;
	UCHAR *tx_byte_pool_start;
	ULONG tx_byte_pool_size;
	struct TX_THREAD_STRUCT *tx_byte_pool_owner;
	struct TX_THREAD_STRUCT *tx_byte_pool_suspension_list;
	UINT tx_byte_pool_suspended_count;
	struct TX_BYTE_POOL_STRUCT *tx_byte_pool_created_next;
	struct TX_BYTE_POOL_STRUCT *tx_byte_pool_created_previous;
} TX_BYTE_POOL;

UINT _tx_byte_allocate(TX_BYTE_POOL *pool_ptr, VOID **memory_ptr,
		       ULONG memory_size, ULONG wait_option);
UINT _tx_byte_pool_create(TX_BYTE_POOL *pool_ptr, CHAR *name_ptr,
			  VOID *pool_start, ULONG pool_size);
UINT _tx_byte_pool_delete(TX_BYTE_POOL *pool_ptr);
UINT _tx_byte_release(VOID *memory_ptr);
UINT _tx_thread_sleep(ULONG timer_ticks);

#define tx_byte_allocate _tx_byte_allocate
#define tx_byte_pool_create _tx_byte_pool_create
#define tx_byte_pool_delete _tx_byte_pool_delete
#define tx_byte_release _tx_byte_release

#endif
