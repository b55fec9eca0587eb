# SPDX-License-Identifier: MIT
# Measurements in WebAssembly: bench/wasm/workload.c, linked with mica and with what
# else there is, after wasm-opt -O3. emscripten's allocators take part where emcc is
# installed. Sizes are those of malloc and free alone after wasm-opt -Oz.
#
# mica is libmica.a as `make wasm` builds it; mica-O2 the same built for speed.

ifeq ($(BOARD)$(CROSS),)

wasm_bench   := build/bench-wasm
wasm_emcc    := $(shell command -v emcc)
wasm_peers   := wasi mica mica-O2 $(if $(wasm_emcc),emdlmalloc emmalloc)
wasm_modules := $(wasm_peers:%=$(wasm_bench)/%.wasm) $(wasm_bench)/none.wasm
wasm_sizes   := $(wasm_peers:%=$(wasm_bench)/%.size)
wasm_bench_link := -Wl,--no-entry -Wl,--export=__heap_base -Wl,-z,stack-size=16384
wasm_bench_cc := $(WASM_CC) --target=wasm32 -O2 -std=gnu11 -fno-builtin -ffreestanding \
	-Wall -Wextra -Wshadow -Wconversion -Wundef

.PHONY: bench-wasm bench-wasm-check
bench-wasm: $(wasm_modules) $(wasm_sizes)	## allocators in WebAssembly: size, time, memory (make bench BOARD=wasm)
	@mkdir -p build/bench
	$(Q)node bench/wasm/run.mjs --json build/bench/wasm.jsonl \
		$(if $(QUICK),--rounds 10) $(if $(REPS),--rounds $(REPS)) \
		$(foreach p,$(wasm_peers) none,$(p)=$(wasm_bench)/$(p).wasm) -- \
		$(foreach p,$(wasm_peers),$(p)=$$(cat $(wasm_bench)/$(p).size))

# As small as promised: sizes are exact, and need nothing but the compiler.
bench-wasm-check: $(wasm_least)
	$(Q)bytes=$$(wc -c < $<); echo "wasm: malloc and free $$bytes bytes, limit $(wasm_limit)"; \
		test $$bytes -le $(wasm_limit)
bench-check: bench-wasm-check

$(wasm_bench)/workload.o $(wasm_bench)/least.o $(wasm_bench)/none.o: \
$(wasm_bench)/%.o: bench/wasm/%.c
	@mkdir -p $(@D)
	$(call say,CC,$< (wasm))
	$(Q)$(wasm_bench_cc) -c $< -o $@

# The archive once more, for speed.
$(wasm_bench)/libmica-O2.a: $(wasm_dir)/libmica.a
	$(Q)$(MAKE) --no-print-directory -s WASM_OPT=-O2 wasm_dir=$(@D)/O2 $(@D)/O2/libmica.a
	$(Q)cp $(@D)/O2/libmica.a $@

# $(call wasm_peer,name,link an object into a module,what it is linked with): the program
# of all workloads, and malloc and free alone.
define wasm_peer
$(wasm_bench)/$(1).wasm: $(wasm_bench)/workload.o $(3)
	$$(call say,LD,$$@)
	$$(Q)$(2) -o $$@.linked.wasm $$^
	$$(Q)wasm-opt -O3 $$@.linked.wasm -o $$@

$(wasm_bench)/$(1).size: $(wasm_bench)/least.o $(3)
	$$(Q)$(2) -o $$@.linked.wasm $$^
	$$(Q)wasm-opt -Oz --strip-producers --strip-debug $$@.linked.wasm -o $$@.wasm
	$$(Q)echo $$$$(wc -c < $$@.wasm),$$$$(gzip -9 < $$@.wasm | wc -c) >$$@
endef
wasm_bare_ld := $(WASM_CC) --target=wasm32 -nostdlib $(wasm_bench_link)
wasm_em_ld    = emcc -O2 -s STANDALONE_WASM --no-entry -s MALLOC=$(1) \
	-s ALLOW_MEMORY_GROWTH -s TOTAL_STACK=16384 -s INITIAL_MEMORY=524288 -Wl,--export=__heap_base
$(eval $(call wasm_peer,none,$(wasm_bare_ld),$(wasm_bench)/none.o))
$(eval $(call wasm_peer,mica,$(wasm_bare_ld),$(wasm_dir)/libmica.a))
$(eval $(call wasm_peer,mica-O2,$(wasm_bare_ld),$(wasm_bench)/libmica-O2.a))
$(eval $(call wasm_peer,wasi,$(WASM_CC) --target=wasm32-wasi -nostartfiles $(wasm_bench_link),))
$(eval $(call wasm_peer,emdlmalloc,$(call wasm_em_ld,dlmalloc),))
$(eval $(call wasm_peer,emmalloc,$(call wasm_em_ld,emmalloc),))

endif
