# SPDX-License-Identifier: MIT
# What is measured on this machine. A board's figures are bench/chip's.
#
# bench-check gates counts and bytes only, which repeat exactly; times are for
# people to judge. Another fragment joins it with `bench-check: its-target`.

bench_host  := build/host/bench
bench_out   := build/bench
bench_mica  := build/host/libmica.so
bench_flags := -O2 -g -fno-builtin -Wall -Wextra -Wshadow -Wconversion -Wundef
pair_limit  := 34

.PHONY: bench-pair bench-pair-where bench-pair-check bench-check

$(bench_host)/libnothing.so: bench/host/nothing.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)gcc -std=gnu11 $(bench_flags) -shared -fPIC $< -o $@

$(bench_host)/pair: bench/host/pair.c $(bench_host)/libnothing.so
	$(call say,LD,$@)
	$(Q)gcc -std=gnu11 $(bench_flags) -fplt $< -o $@ -L$(@D) -lnothing \
		-Wl,-rpath,'$$ORIGIN'

bench-pair: $(bench_host)/pair lib	## count the instructions of malloc(16) + free
	$(Q)bench/pair.py $< --json $(bench_out)/pair.jsonl $(if $(LIBS),--libs $(LIBS))

bench-pair-where: $(bench_host)/pair lib	## the same by function, mica only
	$(Q)bench/pair.py $< --libs mica --where

bench-pair-check: $(bench_host)/pair lib
	$(Q)bench/pair.py $< --libs mica --limit $(pair_limit)

bench-check: bench-pair-check	## fail when a count or a size is over its limit
