# SPDX-License-Identifier: MIT
# Flash of malloc and free, with all that they pull in and nothing else.

size_board := mps2-an385
size_bar   := 2600

# Linked as firmware would (--gc-sections), with mica_malloc and mica_free as
# the only roots; the board's console and exit are not counted.
size_flags := -nostdlib -Wl,--gc-sections -Wl,-e,mica_malloc -Wl,-u,mica_free \
	-Wl,--defsym=board_console=0 -Wl,--defsym=board_exit=0

.PHONY: size size-check
size:	## flash of malloc + free on a Cortex-M3, object by object
ifeq ($(BOARD),)
size size-check:
	@$(MAKE) --no-print-directory BOARD=$(size_board) $@
else
size size-check: $(build)/size/default.map $(build)/size/nostats.map
	$(Q)tools/size.py $(if $(filter %-check,$@),--gate) $(size_bar) \
		"-Os, $(board_cpu), layout tag, context core, MICA_REGIONS_MAX=1, MICA_STATS=1" $(build)/size/default.map \
		"-Os, $(board_cpu), layout tag, context core, MICA_REGIONS_MAX=1, MICA_STATS=0" $(build)/size/nostats.map

define size_rules
$(build)/size/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(call say,CC -Os,$$<)
	$$(Q)$$(CC) $$(cflags) -Os $(2) $$(includes) -MMD -MP -c $$< -o $$@

$(build)/size/$(1).map: $(patsubst $(build)/%,$(build)/size/$(1)/%,$(core_obj) $(port_obj))
	$$(call say,LD,$$(@:.map=.elf))
	$$(Q)$$(CC) $$(filter -m%,$$(board_cflags)) $$(size_flags) -Wl,-Map,$$@ -o $$(@:.map=.elf) $$^ -lgcc
endef
$(eval $(call size_rules,default))
$(eval $(call size_rules,nostats,-DMICA_STATS=0))
endif
