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

.PHONY: bench-fill
bench-fill: $(fill_build)/fill	## how full arenas of 16 to 256 KiB get (SEEDS=20)
	@mkdir -p build/bench
	$(Q)bench/chip/fill.py $< build/bench/fill.jsonl "$(strip $(fill_config) $(FILL_FLAGS))" $(SEEDS)

-include $(fill_obj:.o=.d)
