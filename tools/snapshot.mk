# SPDX-License-Identifier: MIT
# Snapshots: tools/snapshot.py, and what programs on each layout write.

ifeq ($(BOARD)$(CROSS),)

snapshot_board := mps2-an385
snapshot_unit := $(wildcard core/*.c port/arena/*.c)
snapshot_tag_src := tools/snapshot/target.c tools/snapshot/machine.c

$(build)/snapshot/host: tools/snapshot/target.c $(build)/libmica-plain.a
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -std=gnu11 $(O) -g $(warnings) $(includes) $^ -pthread -o $@

# The chip's layout in a process; core and port are one unit.
$(build)/snapshot/tag: $(snapshot_unit) $(snapshot_tag_src)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)printf '#include "%s"\n' $(snapshot_unit) > $@.c
	$(Q)$(check_i686) $(check_cflags) $(check_core) -DMICA_HEAPS=4 \
		-DMICA_HOSTED=0 -Iinclude -Iport/arena -I. $@.c \
		$(snapshot_tag_src) -o $@

# Under another name, as make -n would run what names its own.
snapshot_make := $(MAKE) -s --no-print-directory BOARD=$(snapshot_board)

.PHONY: check-snapshot
check-snapshot: $(build)/snapshot/host $(build)/snapshot/tag lib	## test snapshots: host, chip's layout, board
	$(Q)$(MAKE) -s --no-print-directory BOARD=$(snapshot_board) snapshot-target
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tools/snapshot/check.py \
		--host $(build)/snapshot/host --tag $(build)/snapshot/tag \
		--libmica $(build)/libmica.so \
		--board "$$($(snapshot_make) snapshot-run)"

endif

ifneq ($(BOARD),)

$(call image,$(build)/snapshot/target.elf,$(build)/tools/snapshot/target.o,\
	-Wl$(comma)--defsym=mica_arena_bytes=65536)

.PHONY: snapshot-target snapshot-run
snapshot-target: $(build)/snapshot/target.elf
snapshot-run:
	@echo '$(board_qemu) -kernel $(build)/snapshot/target.elf'

endif
