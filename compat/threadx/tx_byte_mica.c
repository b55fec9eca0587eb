/* SPDX-License-Identifier: MIT */
/*
 * ThreadX's byte pools on mica: compile this in place of tx_byte_allocate.c,
 * tx_byte_release.c, tx_byte_pool_create.c and tx_byte_pool_delete.c. The
 * checking functions (txe_) and tx_byte_pool_info_get.c stay ThreadX's.
 *
 * A pool is a limit, not a place: its blocks come from mica's memory, and
 * the memory that it was created with is left alone. Each block is led by
 * its pool and what it counts there, as many bytes as ThreadX's own header.
 *
 * A thread that waits looks again at each tick: it is on no list of the
 * pool. Interrupts are disabled for a few instructions of counting, and in
 * tx_byte_release() and tx_byte_pool_delete() for a walk of the pools.
 */
#include "tx_api.h"
#include "tx_byte_pool.h"
#include <mica/mica.h>

#define POOL_OWN (sizeof(void *) + sizeof(ALIGN_TYPE))	/* as ThreadX counts */

/* Of a size that leaves what follows aligned as any block. */
struct byte_head {
	TX_BYTE_POOL *pool;
	ULONG charge;
} __attribute__((aligned(MICA_GRANULE)));

/* ---- the list of pools, inside TX_DISABLE --------------------------------- */

static void pool_link(TX_BYTE_POOL *pool)
{
	TX_BYTE_POOL *first = _tx_byte_pool_created_ptr, *last = pool;

	if (_tx_byte_pool_created_count == TX_EMPTY)
		_tx_byte_pool_created_ptr = first = pool;
	else
		last = first->tx_byte_pool_created_previous;
	pool->tx_byte_pool_created_next = first;
	pool->tx_byte_pool_created_previous = last;
	last->tx_byte_pool_created_next = pool;
	first->tx_byte_pool_created_previous = pool;
	_tx_byte_pool_created_count++;
}

static void pool_unlink(TX_BYTE_POOL *pool)
{
	TX_BYTE_POOL *next = pool->tx_byte_pool_created_next;
	TX_BYTE_POOL *previous = pool->tx_byte_pool_created_previous;

	next->tx_byte_pool_created_previous = previous;
	previous->tx_byte_pool_created_next = next;
	if (_tx_byte_pool_created_ptr == pool)
		_tx_byte_pool_created_ptr = next;
	if (--_tx_byte_pool_created_count == TX_EMPTY)
		_tx_byte_pool_created_ptr = TX_NULL;
}

/* Whatever @pool is, it is not looked into before it is known to be one. */
static UINT pool_exists(const TX_BYTE_POOL *pool)
{
	const TX_BYTE_POOL *at = _tx_byte_pool_created_ptr;

	for (ULONG i = 0; i < _tx_byte_pool_created_count; i++) {
		if (at == pool)
			return TX_TRUE;
		at = at->tx_byte_pool_created_next;
	}
	return TX_FALSE;
}

/* ---- pools ------------------------------------------------------------------ */

UINT _tx_byte_pool_create(TX_BYTE_POOL *pool_ptr, CHAR *name_ptr,
			  VOID *pool_start, ULONG pool_size)
{
	TX_INTERRUPT_SAVE_AREA

	__builtin_memset(pool_ptr, 0, sizeof(*pool_ptr));
	pool_size -= pool_size % (ULONG)sizeof(ALIGN_TYPE);
	pool_ptr->tx_byte_pool_name = name_ptr;
	pool_ptr->tx_byte_pool_start = pool_start;
	pool_ptr->tx_byte_pool_size = pool_size;
	pool_ptr->tx_byte_pool_available = pool_size - (ULONG)POOL_OWN;
	pool_ptr->tx_byte_pool_fragments = 1;
	TX_DISABLE
	pool_ptr->tx_byte_pool_id = TX_BYTE_POOL_ID;
	pool_link(pool_ptr);
	TX_BYTE_POOL_CREATE_EXTENSION(pool_ptr)
	TX_RESTORE
	return TX_SUCCESS;
}

/* Threads that wait see at their next tick that the pool is gone. */
UINT _tx_byte_pool_delete(TX_BYTE_POOL *pool_ptr)
{
	TX_INTERRUPT_SAVE_AREA

	TX_DISABLE
	TX_BYTE_POOL_DELETE_EXTENSION(pool_ptr)
	pool_ptr->tx_byte_pool_id = TX_CLEAR_ID;
	pool_unlink(pool_ptr);
	TX_RESTORE
	TX_BYTE_POOL_DELETE_PORT_COMPLETION(pool_ptr)
	return TX_SUCCESS;
}

/* ---- allocation ------------------------------------------------------------- */

static UINT pool_charge(TX_BYTE_POOL *pool, ULONG charge)
{
	TX_INTERRUPT_SAVE_AREA
	UINT status = TX_NO_MEMORY;

	TX_DISABLE
	if (pool->tx_byte_pool_id != TX_BYTE_POOL_ID) {
		status = TX_DELETED;
	} else if (pool->tx_byte_pool_available >= charge) {
		pool->tx_byte_pool_available -= charge;
		pool->tx_byte_pool_fragments++;
		status = TX_SUCCESS;
	}
	TX_RESTORE
	return status;
}

static void pool_discharge(TX_BYTE_POOL *pool, ULONG charge)
{
	TX_INTERRUPT_SAVE_AREA

	TX_DISABLE
	pool->tx_byte_pool_available += charge;
	pool->tx_byte_pool_fragments--;
	TX_RESTORE
}

static UINT byte_try(TX_BYTE_POOL *pool, VOID **memory, ULONG charge)
{
	UINT status = pool_charge(pool, charge);
	struct byte_head *head;

	*memory = TX_NULL;
	if (status != TX_SUCCESS)
		return status;
	head = mica_malloc(charge);
	if (!head) {
		pool_discharge(pool, charge);
		return TX_NO_MEMORY;
	}
	head->pool = pool;
	head->charge = charge;
	*memory = head + 1;
	return TX_SUCCESS;
}

UINT _tx_byte_allocate(TX_BYTE_POOL *pool_ptr, VOID **memory_ptr,
		       ULONG memory_size, ULONG wait_option)
{
	const ULONG most = ~(ULONG)0 - sizeof(struct byte_head) -
			   sizeof(ALIGN_TYPE);
	ULONG charge = memory_size > most ? most : memory_size;
	UINT status, slept;

	charge += (ULONG)(sizeof(struct byte_head) + sizeof(ALIGN_TYPE) - 1);
	charge -= charge % (ULONG)sizeof(ALIGN_TYPE);
	status = byte_try(pool_ptr, memory_ptr, charge);
	while (status == TX_NO_MEMORY && wait_option != TX_NO_WAIT) {
		slept = _tx_thread_sleep(1);
		if (slept != TX_SUCCESS)	/* no thread, or told to stop */
			return slept == TX_WAIT_ABORTED ? slept : TX_NO_MEMORY;
		if (wait_option != TX_WAIT_FOREVER)
			wait_option--;
		status = byte_try(pool_ptr, memory_ptr, charge);
	}
	return status;
}

UINT _tx_byte_release(VOID *memory_ptr)
{
	TX_INTERRUPT_SAVE_AREA
	struct byte_head *head = (struct byte_head *)memory_ptr - 1;
	UINT known = TX_FALSE;

	if (!memory_ptr || !mica_owns(head))
		return TX_PTR_ERROR;
	TX_DISABLE
	if (pool_exists(head->pool)) {
		head->pool->tx_byte_pool_available += head->charge;
		head->pool->tx_byte_pool_fragments--;
		head->pool = TX_NULL;
		known = TX_TRUE;
	}
	TX_RESTORE
	if (!known)
		return TX_PTR_ERROR;
	mica_free(head);
	return TX_SUCCESS;
}
