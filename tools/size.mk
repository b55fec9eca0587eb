# SPDX-License-Identifier: MIT
# Flash and static RAM of malloc and free, with all that they pull in and
# nothing else; of what realloc, calloc and aligned blocks add; of options.

size_board := mps2-an385

# Linked as firmware would (--gc-sections), with these functions as the only
# roots; the board's console and exit are not counted.
size_flags := -nostdlib -Wl,--gc-sections -Wl,-e,mica_malloc -Wl,-u,mica_free \
	-Wl,--defsym=board_console=0 -Wl,--defsym=board_exit=0

# A configuration's name: context, hardening level, MICA_STATS, MICA_REGIONS_MAX.
size_main    := core-0-s0-r1 single-0-s0-r1 core-1-s0-r1 single-1-s0-r1
size_options := core-0-s1-r1 core-0-s2-r1 core-0-s0-r4
# What a firmware calls besides malloc and free.
size_root_plain   :=
size_root_realloc := mica_realloc
size_root_calloc  := mica_calloc
size_root_aligned := mica_malloc_aligned
size_root_all     := mica_realloc mica_calloc mica_malloc_aligned

.PHONY: size size-check
ifeq ($(BOARD),)
size size-check:
	@$(MAKE) --no-print-directory BOARD=$(size_board) $@
else
size_build := $(build)/size
size_maps  := $(foreach c,$(size_main),$(foreach r,plain realloc calloc aligned all,$(c).$(r))) \
	$(size_options:%=%.plain)

size:	## with BOARD: bytes of flash and RAM by what is called and set; default: a Cortex-M3
size size-check: $(size_maps:%=$(size_build)/%.map) \
	$(foreach c,$(size_main) $(size_options),$(size_build)/$(c)/core/alloc.o)
	@mkdir -p build/bench
	$(Q)tools/size.py $(BOARD) "$(board_cpuflags)" $(NM) $(size_build) \
		build/bench/size-$(BOARD).jsonl $(size_maps)
	$(Q)$(if $(filter %-check,$@),bench/bars.py 'flash *')

size_words   = $(subst -, ,$(1))
size_defines = -DMICA_CONTEXT=MICA_CONTEXT_$(if $(filter single-%,$(1)),SINGLE,CORE) \
	-DMICA_HARDEN=$(word 2,$(call size_words,$(1))) \
	-DMICA_STATS=$(subst s,,$(word 3,$(call size_words,$(1)))) \
	$(if $(filter %-r4,$(1)),-Ibench/chip/regions)

define size_rules
$(size_build)/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(call say,CC -Os $(1),$$<)
	$$(Q)$$(CC) $$(cflags) -Os $(call size_defines,$(1)) $$(includes) -MMD -MP -c $$< -o $$@

.SECONDARY: $(patsubst $(build)/%,$(size_build)/$(1)/%,$(core_obj) $(port_obj))

$(size_build)/$(1).%.map: $(patsubst $(build)/%,$(size_build)/$(1)/%,$(core_obj) $(port_obj))
	$$(call say,LD,$$(@:.map=.elf))
	$$(Q)$$(CC) $$(filter -m%,$$(board_cflags)) $$(size_flags) $$(addprefix -Wl$$(comma)-u$$(comma),$$(size_root_$$*)) \
		-Wl,-Map,$$@ -o $$(@:.map=.elf) $$^ -lgcc
endef
$(foreach c,$(size_main) $(size_options),$(eval $(call size_rules,$(c))))
endif
