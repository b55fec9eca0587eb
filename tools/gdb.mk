# SPDX-License-Identifier: MIT
# tools/gdb/mica.py, on a program that is stopped, its core file, and boards.

ifeq ($(BOARD)$(CROSS),)

# One core alone, and two: both engines of the tag layout. With heaps, as a
# firmware would set them, and without.
gdb_boards := mps2-an385 mps2-an500-heaps mps2-an521-heaps
gdb_board = $(patsubst %-heaps,%,$1)
gdb_with = BOARD=$(call gdb_board,$1) build=build/$1 \
	$(if $(filter %-heaps,$1),EXTRA_CFLAGS=-DMICA_HEAPS=4)

$(build)/gdb/target: tools/gdb/target.c $(build)/libmica-plain.a
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -std=gnu11 -O1 -g $(warnings) $(includes) $^ -pthread -o $@

.PHONY: check-gdb
check-gdb: $(build)/gdb/target	## test the gdb script: process, core file, board
	$(Q)$(foreach b,$(gdb_boards),$(MAKE) -s --no-print-directory $(call gdb_with,$b) \
		gdb-target &&) true
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tools/gdb/check.py $< \
		$(foreach b,$(gdb_boards),--board build/$(b)/gdb/target.elf $(call gdb_board,$b))

endif

ifneq ($(BOARD),)

$(call image,$(build)/gdb/target.elf,$(build)/tools/gdb/target.o,\
	-Wl$(comma)--defsym=mica_arena_bytes=65536)

.PHONY: gdb-target
gdb-target: $(build)/gdb/target.elf

endif
