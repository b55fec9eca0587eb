# SPDX-License-Identifier: MIT
# Measurements of small memories: see bench/chip/workload.h for what is run,
# bench/bars for the limits, docs/cost.md for what came out.

chip_board  := mps2-an385
bench_json  := build/bench

# ---- how full it gets: the chip's core built for i686, run on this machine ---

fill_build  := build/fill
fill_config := i686 build of the chip's core, tag layout, context core
fill_src    := $(sort $(wildcard core/*.c)) port/arena/port.c \
	bench/chip/arena.c bench/chip/memory.c bench/chip/bag.c \
	bench/chip/workload.c bench/chip/fill.c
FILL_FLAGS  ?=

# $(call fill_rules,name,folder of mica_config.h)
define fill_rules
$(fill_build)/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(call say,CC i686,$$<)
	$$(Q)i686-linux-gnu-gcc -std=gnu11 -O2 -g $$(warnings) -fno-common \
		-DMICA_HOSTED=0 $$(FILL_FLAGS) -Iinclude -Iport/arena \
		-I$(2) -MMD -MP -c $$< -o $$@

$(fill_build)/$(1)/fill: $(fill_src:%.c=$(fill_build)/$(1)/%.o)
	$$(call say,LD i686,$$@)
	$$(Q)i686-linux-gnu-gcc -static -o $$@ $$^

-include $(fill_src:%.c=$(fill_build)/$(1)/%.d)
endef

# Each arena is measured with settings for its size: bench/chip/arena/<KiB>.
fill_arenas := 1 16 64 256
$(foreach k,$(fill_arenas),$(eval $(call fill_rules,$(k),bench/chip/arena/$(k))))
fill_of = $(1) $(fill_build)/$(1)/fill \
	"$(strip $(fill_config), bench/chip/arena/$(1)/mica_config.h $(FILL_FLAGS))"

# What an ideal fit does in the same: a program of this machine.
ideal_src := $(addprefix bench/chip/,ideal.c memory.c bag.c workload.c)
$(bench_json)/fill-ideal.jsonl: $(ideal_src) bench/chip/workload.h
	@mkdir -p $(@D) $(fill_build)
	$(call say,RUN,$<)
	$(Q)gcc -std=gnu11 -O2 $(warnings) -Iinclude -o $(fill_build)/ideal $(ideal_src)
	$(Q)$(fill_build)/ideal >$@.new && mv $@.new $@

.PHONY: bench-fill bench-fill-check
bench-fill: $(bench_json)/fill-ideal.jsonl
bench-fill: ## how full arenas of 1 to 256 KiB get (SEEDS=20)
bench-fill bench-fill-check: $(fill_arenas:%=$(fill_build)/%/fill)
	@mkdir -p $(bench_json)
	$(Q)bench/chip/fill.py $(bench_json)/fill.jsonl $(or $(SEEDS),20) \
		$(foreach k,$(fill_arenas),$(call fill_of,$(k)))
	$(Q)$(if $(filter %-check,$@),bench/bars.py 'fill *' 'hold *' 'lost *' 'tiny *')

# ---- instructions, counted on a board under QEMU -----------------------------

# What an image is built with, in its name: context, hardening level, how it
# is optimized, MICA_STATS, MICA_REGIONS_MAX.
chip_gated    := core-0-O2-s0-r1 core-1-O2-s0-r1
chip_brief    := $(chip_gated) core-1-Os-s0-r1 single-0-O2-s0-r1 single-0-Os-s0-r1 \
	core-0-O2-s0-r4 core-1-O2-s2-r1
chip_full     := $(chip_brief) core-0-Os-s0-r1 single-1-O2-s0-r1 single-1-Os-s0-r1
# Several cores have no context single; one build less to count with.
chip_several  := $(filter core-%,$(chip_brief))

# Boards whose every configuration is counted; the others' figures differ by
# their CPU alone.
chip_thorough := mps2-an385 virt-rv32imac microbit

# Arenas in KiB. A board whose RAM has no room for arena and books is counted
# by its own build, its own settings, in the RAM of a larger one (chip_on); so
# only its instructions are its own.
chip_arenas                  := 16 64 256
chip_arenas_mps2-an385       := 16 64 256 1024 4096
chip_arenas_virt-rv32imac    := 16 64 256 1024 4096
chip_arenas_stm32vldiscovery := 4
chip_arenas_microbit         := 8
chip_arenas_sifive_e         := 8
chip_arenas_lm3s6965evb      := 16 32
chip_on_stm32vldiscovery     := mps2-an385
chip_on_microbit             := mps2-an385
chip_on_lm3s6965evb          := mps2-an385
chip_on_sifive_e             := virt-rv32imac

# With two cores QEMU's slices of time fall badly at 1024 ns an instruction.
chip_shift_mps2-an521        := 9

# Memory beyond what board.h names, for the largest arenas: arena, books.
chip_ram_mps2-an385    := 0x21000000 0x21480000
chip_ram_virt-rv32imac := 0x82000000 0x82800000

ifneq ($(BOARD),)
# CHIP_AS: the board that the figures are of, where this one only lends RAM.
CHIP_AS     ?= $(BOARD)
chip_build  := $(build)/chip/$(CHIP_AS)
chip_sizes  := $(or $(chip_arenas_$(CHIP_AS)),$(chip_arenas))
chip_ram    := $(chip_ram_$(BOARD))
chip_time   := -icount shift=$(or $(chip_shift_$(CHIP_AS)),$(if $(filter riscv,$(board_arch)),0,10)),sleep=off
chip_qemu   := $(filter-out -icount shift=% -accel tcg$(comma)% -smp 4,$(board_qemu)) $(chip_time)
chip_src    := $(addprefix bench/chip/,main.c count.c ticks_$(board_arch).c line.c \
	slow.c slow_remote.c arena.c bag.c workload.c $(if $(chip_ram),,memory.c))
chip_flags  := $(CHIP_CPU) -DCHIP_ARENA_KIB=$(if $(chip_ram),4096,256)
chip_link   := $(CHIP_CPU) $(if $(chip_ram),-Wl$(comma)--defsym=chip_memory=$(word 1,$(chip_ram)) \
	-Wl$(comma)--defsym=chip_bags=$(word 2,$(chip_ram)))
chip_cores  := $(shell grep -s MICA_CORES boards/$(CHIP_AS)/mica_config.h)
chip_list   := $(if $(chip_cores),$(chip_several),$(if $(filter \
	$(CHIP_AS),$(chip_thorough)),$(chip_full),$(chip_brief)))

# Flags of an image, from the words of its name.
chip_upper   = $(if $(filter single,$(1)),SINGLE,CORE)
chip_words   = $(subst -, ,$(1))
chip_options = -DMICA_CONTEXT=MICA_CONTEXT_$(call chip_upper,$(word 1,$(call chip_words,$(1)))) \
	-DMICA_HARDEN=$(word 2,$(call chip_words,$(1))) -$(word 3,$(call chip_words,$(1))) \
	-DMICA_STATS=$(subst s,,$(word 4,$(call chip_words,$(1)))) \
	$(if $(filter %-r4,$(1)),-Ibench/chip/regions)

$(chip_build)/config/mica_config.h: boards/$(CHIP_AS)/mica_config.h
	@mkdir -p $(@D)
	$(Q)cp $< $@

# $(call chip_rules,name): the whole image built with these options.
define chip_rules
$(chip_build)/$(1)/%.o: %.c $(chip_build)/config/mica_config.h
	@mkdir -p $$(@D)
	$$(call say,CC $(1),$$<)
	$$(Q)$$(CC) $$(cflags) $(call chip_options,$(1)) $$(chip_flags) \
		-I$(chip_build)/config $$(includes) \
		$$(flags_$$(firstword $$(subst /, ,$$*))) -MMD -MP -c $$< -o $$@

$(chip_build)/$(1)/chip: $(chip_src:%.c=$(chip_build)/$(1)/%.o) $(board_ld) \
	$(patsubst $(build)/%,$(chip_build)/$(1)/%,$(board_obj) $(core_obj) $(port_obj))
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(board_ldflags) $$(chip_link) -o $$@ $$(filter %.o,$$^) -lgcc
endef
$(foreach f,$(chip_full),$(eval $(call chip_rules,$(f))))

.PHONY: bench bench-chip bench-chip-check
bench: bench-chip size	## with BOARD: instructions and bytes of malloc, free, realloc

# One command a point, for bench/chip/curve.py: the settings are its own.
.PHONY: bench-curve
bench-curve: $(board_ld)
	@mkdir -p $(bench_json)
	$(Q)bench/chip/curve.py $(bench_json)/curve.jsonl "$(chip_qemu)" \
		"i686-linux-gnu-gcc -std=gnu11 -O2 -static $(warnings) -fno-common \
		-DMICA_HOSTED=0 -DMICA_STATS=2 -Ibench/chip/curve -Iinclude -Iport/arena" "$(fill_src)" \
		"$(CC) $(filter-out -g -MMD -MP,$(cflags)) $(call chip_options,core-0-O2-s0-r1) $(chip_flags) \
		$(flags_boards) -Ibench/chip/curve $(includes) \
		$(board_ldflags) $(chip_link)" \
		"$(chip_src) $(core_src) $(port_src) $(board_src) -lgcc"

chip_gate := bench-chip-gate bench-chip-check
ifneq ($(chip_on_$(BOARD)),)
bench-chip bench-chip-gate bench-chip-check:
	@$(MAKE) --no-print-directory BOARD=$(chip_on_$(BOARD)) CHIP_AS=$(BOARD) \
		CHIP_CPU="$(board_cpuflags)" $@
else
bench-chip: $(chip_list:%=$(chip_build)/%/chip)
bench-chip-gate bench-chip-check: $(chip_gated:%=$(chip_build)/%/chip)
bench-chip bench-chip-gate bench-chip-check:
	@mkdir -p $(bench_json)
	$(Q)bench/chip/count.py $(if $(filter $(chip_gate),$@),--gate) $(CHIP_AS) $(BOARD) \
		$(chip_build) "$(chip_qemu)" $(bench_json)/$(if $(filter $(chip_gate),$@),gate,chip)-$(CHIP_AS).jsonl \
		"$(chip_sizes)" $(if $(filter $(chip_gate),$@),$(chip_gated),$(chip_list))
	$(Q)$(if $(filter %-check,$@),bench/bars.py 'fast *' 'median *' 'worst *')
endif

# ---- without BOARD: all of it ---------------------------------------------------

else
# The boards that others' images run on come first: then what both build is there.
cost_lenders := $(chip_board) virt-rv32imac
cost_all     := $(notdir $(patsubst %/,%,$(dir $(wildcard boards/*/board.mk))))
cost_boards  := $(or $(BOARDS),$(cost_lenders) $(filter-out $(cost_lenders),$(cost_all)))

.PHONY: curves
curves:	## what cannot be had together: sweep two settings, draw docs/curves.svg
	@$(MAKE) --no-print-directory BOARD=$(chip_board) bench-curve
	$(Q)bench/store.py
	$(Q)bench/cost.py

.PHONY: bench-chip-check cost cost-measure cost-page bars
bench-chip-check:
	@$(MAKE) --no-print-directory BOARD=$(chip_board) $@

cost: cost-measure	## count on every board, write docs/cost.md (a quarter of an hour); BOARDS="a b"
	$(Q)bench/store.py $(cost_boards)
	$(Q)bench/cost.py

cost-page:	## write docs/cost.md from bench/chip/counted again
	$(Q)bench/cost.py

# Two boards at a time, each by one process: what is counted does not know.
cost-measure: bench-fill
	@mkdir -p build/cost
	@echo $(cost_boards) | tr ' ' '\n' | MAKEFLAGS= COUNT_JOBS=1 xargs -P 2 -I @ sh -c \
		'$(MAKE) --no-print-directory BOARD=@ bench >build/cost/@.log 2>&1 && echo "@: counted" || \
		{ echo "@: see build/cost/@.log"; exit 1; }'

bars:	## what was measured last, beside its limits
	$(Q)bench/bars.py --show
endif

# One table of all limits; what it needs is measured first.
.PHONY: bars-check bench-chip-gate
ifeq ($(BOARD),)
bench-chip-gate:
	@for board in $(chip_board) microbit virt-rv32imac mps2-an521; do \
		$(MAKE) --no-print-directory BOARD=$$board $@ size || exit 1; done
	@$(MAKE) --no-print-directory BOARD=$(chip_board) bench-guarded
bars-check: bench-chip-gate bench-fill
	$(Q)bench/bars.py
bench-check: bars-check
endif
