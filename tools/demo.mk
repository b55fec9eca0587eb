# SPDX-License-Identifier: MIT
# The demonstration: programs of this machine first, then a microcontroller.
#
# On a bare machine the compiler itself comes with tools/setup, so the rest is
# made by a second make, once that is done.

demo_count := build/host/demo/count.so

.PHONY: demo demo-linux
demo:	## install what is missing, then show mica under real programs and on a chip
	$(Q)tools/setup build demo
	$(Q)$(MAKE) --no-print-directory demo-linux
	$(Q)$(MAKE) --no-print-directory demo-firmware

$(demo_count): tools/demo-count.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)gcc -std=gnu11 $(bench_flags) -fvisibility=hidden -shared -fPIC $< -o $@

demo-linux: lib $(demo_count) $(bench_host)/measure	## the first half: real programs with mica preloaded
	$(Q)tools/demo.py
