# SPDX-License-Identifier: MIT
# tools/gdb/mica.py, on a program that is stopped, its core file, and a board.

ifeq ($(BOARD)$(CROSS),)

gdb_board := mps2-an385

$(build)/gdb/target: tools/gdb/target.c $(build)/libmica-plain.a
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -std=gnu11 -O1 -g $(warnings) $(includes) $^ -pthread -o $@

.PHONY: check-gdb
check-gdb: $(build)/gdb/target	## test the gdb script: process, core file, board
	$(Q)$(MAKE) -s --no-print-directory BOARD=$(gdb_board) gdb-target
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tools/gdb/check.py $< \
		--board build/$(gdb_board)/gdb/target.elf --machine $(gdb_board)

endif

ifneq ($(BOARD),)

$(call image,$(build)/gdb/target.elf,$(build)/tools/gdb/target.o,\
	-Wl$(comma)--defsym=mica_arena_bytes=65536)

.PHONY: gdb-target
gdb-target: $(build)/gdb/target.elf

endif
