/* SPDX-License-Identifier: MIT */
/* Stands for ThreadX's header of that name. */
#ifndef TX_BYTE_POOL_H
#define TX_BYTE_POOL_H

#define TX_BYTE_POOL_ID ((ULONG)0x42595445)

#ifndef TX_BYTE_POOL_DELETE_PORT_COMPLETION
#define TX_BYTE_POOL_DELETE_PORT_COMPLETION(p)
#endif

extern TX_BYTE_POOL *_tx_byte_pool_created_ptr;
extern ULONG _tx_byte_pool_created_count;

#endif
