# SPDX-License-Identifier: MIT
# For how many instructions is the guard held at most? The image that counts
# (bench/chip.mk), with a guard that reads the counter: bench/chip/guarded.

ifneq ($(BOARD),)
guarded_build := $(build)/guarded
guarded_image := $(guarded_build)/chip
guarded_src   := $(chip_src) bench/chip/guarded/guarded.c \
	bench/chip/guarded/scenes.c $(board_src) $(core_src) $(port_src)
guarded_qemu  := $(subst $(board_time),-icount shift=10$(comma)sleep=off,$(board_qemu))
guarded_flags := -O2 -DMICA_STATS=1 -Ibench/chip/guarded -I.

# Boards whose timer counts while SysTick is free to interrupt; a Cortex-M0's
# guard is another mask, and its RAM too small.
guarded_can   := $(if $(filter cortex-m0,$(board_cpu)),,$(shell grep -s BOARD_TIMER_BASE boards/$(BOARD)/board.h))

$(guarded_build)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC guarded,$<)
	$(Q)$(CC) $(cflags) $(guarded_flags) $(chip_flags) $(includes) \
		$(flags_$(firstword $(subst /, ,$*))) -MMD -MP -c $< -o $@

$(guarded_image): $(guarded_src:%.c=$(guarded_build)/%.o) $(board_ld)
	$(call say,LD,$@)
	$(Q)$(CC) $(board_ldflags) $(chip_link) -Wl,--wrap=board_exit \
		-Wl,--wrap=main,--wrap=mica_check -o $@ $(filter %.o,$^) -lgcc

.PHONY: bench-guarded
bench: $(if $(guarded_can),bench-guarded)
bench-guarded: $(guarded_image)	## with BOARD: the longest time that interrupts wait
	@mkdir -p build/bench
	$(Q)bench/chip/guarded/guarded.py $(BOARD) $< "$(guarded_qemu)" \
		build/bench/guarded-$(BOARD).jsonl \
		"-O2, context core, MICA_HARDEN=1, MICA_STATS=1"

-include $(shell test -d $(guarded_build) && find $(guarded_build) -name '*.d')
endif
