/* SPDX-License-Identifier: MIT */
/* The memory map and clock of mps3-an547; the linker script reads it too. */
#define BOARD_FLASH_BASE	0x00000000	/* ITCM */
#define BOARD_FLASH_BYTES	0x00080000
#define BOARD_RAM_BASE		0x31000000	/* SRAM, its Secure alias */
#define BOARD_RAM_BYTES		0x00400000
#define BOARD_STACK_BYTES	0x2000
#define BOARD_CLOCK_HZ		32000000
#define BOARD_IRQS		96
