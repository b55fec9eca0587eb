/* SPDX-License-Identifier: MIT */
/* The memory map and clock of mps2-an500; the linker script reads it too. */
#define BOARD_FLASH_BASE	0x00000000
#define BOARD_FLASH_BYTES	0x00400000
#define BOARD_RAM_BASE		0x20000000
#define BOARD_RAM_BYTES		0x00400000
#define BOARD_STACK_BYTES	0x2000
#define BOARD_CLOCK_HZ		25000000
#define BOARD_IRQS		32
#define BOARD_TIMER_BASE	0x40000000	/* CMSDK APB timer 0 */
