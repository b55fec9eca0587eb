/* SPDX-License-Identifier: MIT */
/* The memory map and clock of microbit; the linker script reads it too. */
#define BOARD_FLASH_BASE	0x00000000
#define BOARD_FLASH_BYTES	0x00040000
#define BOARD_RAM_BASE		0x20000000
#define BOARD_RAM_BYTES		0x00004000
#define BOARD_STACK_BYTES	0x600
#define BOARD_CLOCK_HZ		16000000
#define BOARD_IRQS		32
