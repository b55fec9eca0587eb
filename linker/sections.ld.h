/* SPDX-License-Identifier: MIT */
/*
 * Where sections go, for any machine with a read-only and a writable memory
 * (MEMORY regions `flash` and `ram`, BOARD_STACK_BYTES).
 *
 * The stack lies at the bottom of RAM: an overflow leaves the memory and
 * faults, instead of running into data. What is left above .bss is the arena.
 */
ENTRY(board_reset)

SECTIONS
{
	.text : {
		KEEP(*(.vectors))
		*(.text .text.*)
		*(.rodata .rodata.* .srodata .srodata.*)
		. = ALIGN(8);
		__start_mica_tests = .;
		KEEP(*(mica_tests))
		__stop_mica_tests = .;
		. = ALIGN(8);
		board_init_start = .;
		KEEP(*(.preinit_array))
		KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))
		KEEP(*(.init_array))
		board_init_end = .;
		. = ALIGN(8);
	} > flash

	.stack (NOLOAD) : {
		. = . + BOARD_STACK_BYTES;
		. = ALIGN(8);
		board_stack_top = .;
	} > ram

	.data : {
		board_data_start = .;
		*(.data .data.* .sdata .sdata.*)
		. = ALIGN(8);
		board_data_end = .;
	} > ram AT > flash
	board_data_load = LOADADDR(.data);

	.bss (NOLOAD) : {
		board_bss_start = .;
		*(.bss .bss.* .sbss .sbss.* COMMON)
		. = ALIGN(8);
		board_bss_end = .;
	} > ram

	/* An image may ask for less: --defsym=mica_arena_bytes=<bytes>. */
	mica_arena_base = board_bss_end;
	PROVIDE(mica_arena_bytes = ORIGIN(ram) + LENGTH(ram) - mica_arena_base);
	ASSERT(mica_arena_base + mica_arena_bytes <= ORIGIN(ram) + LENGTH(ram),
	       "the arena does not fit into the RAM")

	/* Nothing here is unwound. */
	/DISCARD/ : { *(.ARM.exidx*) *(.ARM.extab*) *(.eh_frame*) }
}
