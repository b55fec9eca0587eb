/* SPDX-License-Identifier: MIT */
/* The memory map and clock of virt-rv64-smp4; the linker script reads it too. */
#define BOARD_FLASH_BASE	0x80000000
#define BOARD_FLASH_BYTES	0x00400000
#define BOARD_RAM_BASE		0x80400000
#define BOARD_RAM_BYTES		0x00800000
#define BOARD_STACK_BYTES	0x2000
#define BOARD_CLOCK_HZ		10000000	/* of the timer */
#define BOARD_CLINT_BASE	0x02000000
