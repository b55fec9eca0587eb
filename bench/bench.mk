# SPDX-License-Identifier: MIT
# What is measured on this machine. A board's figures are bench/chip's.
#
# bench-check gates counts and bytes only, which repeat exactly; times are for
# people to judge. Another fragment joins it with `bench-check: its-target`.

bench_host  := build/host/bench
bench_out   := build/bench
bench_flags := -O2 -g -fno-builtin -Wall -Wextra -Wshadow -Wconversion -Wundef
pair_limit  := 34

# Workloads: all of bench/host that is a program of one file.
bench_work := larson xmalloc alloc_test mstress simple grow large threads rho cubes
bench_bin  := $(bench_work:%=$(bench_host)/%) $(bench_host)/measure

ifeq ($(BOARD)$(CROSS),)

.PHONY: bench-bin bench-pair bench-pair-where bench-pair-check bench-check

# QUICK=1 repeats less, BENCH=larson,xmalloc and LIBS=mica,mimalloc choose,
# REPS=N repeats N times, CLOCK=cpu compares processor time. Such a part does not replace the files of a whole run.
bench_options = $(if $(QUICK)$(BENCH)$(LIBS),--name part) \
	$(if $(QUICK),--reps 3) $(if $(REPS),--reps $(REPS)) $(if $(CLOCK),--clock $(CLOCK)) \
	$(if $(BENCH),--only $(BENCH)) $(if $(LIBS),--libs $(LIBS))

bench-bin: $(bench_bin)

.PHONY: bench
bench: bench-bin lib $(if $(QUICK)$(BENCH),,bench-pair)	## compare time and memory with other allocators; QUICK=1 BENCH= LIBS=
	$(Q)bench/run.py $(bench_options)

$(bench_host)/libnothing.so: bench/host/nothing.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)gcc -std=gnu11 $(bench_flags) -shared -fPIC $< -o $@

$(bench_host)/pair: bench/host/pair.c $(bench_host)/libnothing.so
	$(call say,LD,$@)
	$(Q)gcc -std=gnu11 $(bench_flags) -fplt $< -o $@ -L$(@D) -lnothing \
		-Wl,-rpath,'$$ORIGIN'

$(bench_work:%=$(bench_host)/%): $(bench_host)/%: bench/host/%.c bench/host/work.h
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)gcc -std=gnu11 $(bench_flags) -pthread $< -o $@

$(bench_host)/measure: bench/host/measure.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)gcc -std=gnu11 $(bench_flags) -static $< -o $@

bench-pair: $(bench_host)/pair lib	## count the instructions of malloc(16) + free
	$(Q)bench/pair.py $< --json $(bench_out)/pair.jsonl $(if $(LIBS),--libs $(LIBS))

bench-pair-where: $(bench_host)/pair lib	## the same by function, mica only
	$(Q)bench/pair.py $< --libs mica --where

# A library for each level of hardening, under build/hardenN.
.PHONY: bench-harden
bench-harden: bench-bin $(bench_host)/pair	## what each level of hardening costs; QUICK=1: counts only
	$(Q)for l in 0 1 2 3; do $(MAKE) --no-print-directory -s lib \
		build=build/harden$$l EXTRA_CFLAGS=-DMICA_HARDEN=$$l || exit 1; done
	$(Q)bench/harden.py $(if $(QUICK),--no-times) $(if $(REPS),--reps $(REPS))

bench-pair-check: $(bench_host)/pair lib
	$(Q)bench/pair.py $< --libs mica --limit $(pair_limit)

bench-check: bench-pair-check	## fail when a count or a size is over its limit

endif
