# SPDX-License-Identifier: MIT
# The arena that a load needs, by the formulas of docs/sizing.md: a program for
# this machine, with a board's settings and the width of its CPU.

sizing_cc    := $(if $(filter rv64%,$(board_march)),gcc,i686-linux-gnu-gcc -static)
sizing_build := build/sizing/$(or $(BOARD),chip)

$(sizing_build): tools/sizing.c tools/sizing.h core/run.c $(wildcard core/*.h include/mica/*.h \
		$(if $(BOARD),boards/$(BOARD)/mica_config.h)) tools/sizing.mk
	@mkdir -p $(@D)
	$(Q)$(sizing_cc) -std=gnu11 -O2 $(warnings) -Werror -ffunction-sections -Wl,--gc-sections \
		-DMICA_HOSTED=0 -DMICA_STATS=0 $(EXTRA_CFLAGS) -Iinclude -Iport/arena -I. \
		$(if $(BOARD),-Iboards/$(BOARD)) tools/sizing.c core/run.c -o $@

.PHONY: sizing check-sizing
sizing: $(sizing_build)	## the arena that LOAD="32x100 200x10", or LOAD=4096@16-256, needs
	@$< $(LOAD)

check-sizing:
	@python3 tools/sizing_check.py
