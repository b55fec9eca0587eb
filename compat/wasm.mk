# SPDX-License-Identifier: MIT
# mica for modules: clang --target=wasm32 -nostdlib program.c build/wasm/libmica.a
#
#	mica.o		the mica_ names, in one object
#	libmica-plain.a	the same as an archive
#	libmica.a	with malloc, free and their kin beside them
#
# Smallest: no checks, no statistics, one region; other settings by WASM_FLAGS, and
# WASM_OPT=-O2 builds for speed. No libc, and no import.

WASM_CC    ?= clang
WASM_AR    ?= llvm-ar
WASM_LD    ?= wasm-ld
WASM_OPT   ?= -Oz
WASM_FLAGS ?= -DMICA_HARDEN=0 -DMICA_STATS=0 -DMICA_REGIONS_MAX=1

wasm_dir    := build/wasm
wasm_src    := $(sort $(wildcard core/*.c port/wasm/*.c))
wasm_obj    := $(wasm_src:%.c=$(wasm_dir)/%.o)
wasm_names  := $(patsubst %,$(wasm_dir)/compat/wasm/%.o,malloc libc cabi)
wasm_cflags := --target=wasm32 -std=gnu11 $(WASM_OPT) $(warnings) $(WERROR) -ffreestanding \
	-fno-builtin -mbulk-memory -fno-common -fvisibility=hidden -ffunction-sections -fdata-sections \
	$(WASM_FLAGS)

.PHONY: wasm wasm-size
wasm: $(addprefix $(wasm_dir)/,mica.o libmica-plain.a libmica.a)	## objects and archives for WebAssembly: build/wasm

# No loop of it may become a call of memset().
$(wasm_dir)/%.o: %.c compat/wasm.mk
	@mkdir -p $(@D)
	$(call say,CC,$< (wasm))
	$(Q)$(WASM_CC) $(wasm_cflags) -Iinclude -Iport/wasm -MMD -MP -c $< -o $@

$(wasm_dir)/mica.o: $(wasm_obj)
	$(call say,LD,$@)
	$(Q)$(WASM_LD) -r -o $@ $^

$(wasm_dir)/libmica-plain.a: $(wasm_obj)
$(wasm_dir)/libmica.a: $(wasm_obj) $(wasm_names)
$(wasm_dir)/libmica-plain.a $(wasm_dir)/libmica.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(WASM_AR) rcsD $@ $^

# What malloc and free are in a module, with all that they need.
wasm_least := $(wasm_dir)/malloc.wasm
wasm_limit := 3072

$(wasm_least): $(wasm_dir)/libmica-plain.a
	$(Q)$(WASM_LD) --no-entry --strip-all --export=mica_malloc --export=mica_free \
		-o $@.linked $<
	$(Q)wasm-opt -Oz $@.linked -o $@

wasm-size: $(wasm_least)	## bytes of malloc and free after wasm-opt -Oz
	@printf 'malloc and free: %d bytes, gzipped %d\n' \
		$$(wc -c < $<) $$(gzip -9 < $< | wc -c)

-include $(shell test -d $(wasm_dir) && find $(wasm_dir) -name '*.d')

# What it is like beside others.
include bench/wasm/bench.mk
