# SPDX-License-Identifier: MIT
# mica for modules: clang --target=wasm32 -nostdlib program.c build/wasm/libmica.a
#
#	mica.o		the mica_ names, in one object
#	libmica-plain.a	the same as an archive
#	libmica.a	with malloc, free and their kin beside them
#	libmica-threads.a	the same for a shared memory: workers are threads
#	libmica-64.a	the same for wasm64
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
wasm: $(addprefix $(wasm_dir)/,mica.o libmica-plain.a libmica.a libmica-threads.a libmica-64.a)	## objects and archives for WebAssembly: build/wasm

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

# $(call wasm_kind,name,flags): the same sources for another kind of module.
define wasm_kind_rules
$$(wasm_dir)/$(1)/%.o: %.c compat/wasm.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$< (wasm $(1)))
	$$(Q)$$(WASM_CC) $$(wasm_cflags) $(2) -Iinclude -Iport/wasm -MMD -MP -c $$< -o $$@

$$(wasm_dir)/libmica-$(1).a: $$(patsubst $$(wasm_dir)/%,$$(wasm_dir)/$(1)/%,$$(wasm_obj) $$(wasm_names))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(WASM_AR) rcsD $$@ $$^
endef
$(eval $(call wasm_kind_rules,threads,-matomics -mmutable-globals -ftls-model=local-exec -UMICA_REGIONS_MAX))
$(eval $(call wasm_kind_rules,64,--target=wasm64))

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
