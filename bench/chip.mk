# SPDX-License-Identifier: MIT
# Measurements of small memories: see bench/chip/workload.h for what is run.

# ---- how full it gets: the chip's core built for i686, run on this machine ---

chip_board  := mps2-an385
fill_build  := build/fill
fill_config := i686 build of the chip's core, layout tag, context core, boards/$(chip_board)/mica_config.h
fill_src    := $(sort $(wildcard core/*.c)) port/arena/port.c \
	bench/chip/arena.c bench/chip/workload.c bench/chip/fill.c
fill_obj    := $(fill_src:%.c=$(fill_build)/%.o)
FILL_FLAGS  ?=

$(fill_build)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC i686,$<)
	$(Q)i686-linux-gnu-gcc -std=gnu11 -O2 -g $(warnings) -fno-common \
		-DMICA_HOSTED=0 $(FILL_FLAGS) -Iinclude -Iport/arena \
		-Iboards/$(chip_board) -MMD -MP -c $< -o $@

$(fill_build)/fill: $(fill_obj)
	$(call say,LD i686,$@)
	$(Q)i686-linux-gnu-gcc -static -o $@ $^

.PHONY: bench-fill bench-fill-check
bench-fill: ## how full arenas of 16 to 256 KiB get (SEEDS=20)
bench-fill bench-fill-check: $(fill_build)/fill
	@mkdir -p build/bench
	$(Q)bench/chip/fill.py $(if $(filter %-check,$@),--gate) $< build/bench/fill.jsonl "$(strip $(fill_config) $(FILL_FLAGS))" $(SEEDS)

-include $(fill_obj:.o=.d)

# ---- instructions, counted on a board under QEMU -----------------------------

ifneq ($(BOARD),)
chip_src  := bench/chip/main.c bench/chip/count.c bench/chip/line.c \
	bench/chip/slow.c bench/chip/arena.c bench/chip/workload.c
chip_qemu := $(subst shift=5,shift=10,$(board_qemu))

# $(call chip_flavour,name,flags): the whole image built with these flags.
define chip_rules
$(build)/chip/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(call say,CC $(1),$$<)
	$$(Q)$$(CC) $$(cflags) $(2) $$(includes) $$(flags_$$(firstword $$(subst /, ,$$*))) \
		-MMD -MP -c $$< -o $$@

$(build)/chip/$(1)/chip: $(chip_src:%.c=$(build)/chip/$(1)/%.o) $(board_ld) \
	$(patsubst $(build)/%,$(build)/chip/$(1)/%,$(board_obj) $(core_obj) $(port_obj))
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(board_ldflags) -o $$@ $$(filter %.o,$$^) -lgcc
endef
chip_flavour = $(eval $(call chip_rules,$(1),$(2)))

$(call chip_flavour,O2,-O2)
$(call chip_flavour,Os,-Os)
$(call chip_flavour,O2-single,-O2 -DMICA_CONTEXT=MICA_CONTEXT_SINGLE)
chip_images := $(foreach f,O2 Os O2-single,$(build)/chip/$(f)/chip)

.PHONY: bench bench-chip bench-chip-check
bench: bench-chip bench-fill	## with BOARD: instructions, counted; fill of arenas

bench-chip bench-chip-check: $(chip_images)
	@mkdir -p build/bench
	$(Q)bench/chip/count.py $(if $(filter %-check,$@),--gate) $(BOARD) \
		$(build)/chip "$(chip_qemu)" build/bench/chip.jsonl $(QUICK)
else
.PHONY: bench-chip-check
bench-chip-check:
	@$(MAKE) --no-print-directory BOARD=$(chip_board) $@
endif

bench-check: bench-chip-check bench-fill-check size-check
