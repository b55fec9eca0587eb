# SPDX-License-Identifier: MIT
# The tests as modules for WebAssembly, which tests/run.py runs in node.

wasm_cc := $(WASM_CC) --target=wasm32 -nostdlib -mbulk-memory
# Checks are `CHECK(!"words")` here and there; a GCC attribute keeps tests in order.
wasm_warnings := -Wno-unknown-attributes -Wno-string-conversion

check_src_wasm := $(test_all_src) $(wildcard core/*.c port/wasm/*.c) \
	tests/wasm/target.c
# How memory grows: each test in a module whose memory has not grown yet.
check_src_wasm_grow := tests/stress/load.c \
	$(filter-out tests/wasm/names.c,$(wildcard tests/wasm/*.c)) \
	$(wildcard tests/*.c core/*.c port/wasm/*.c)
# Tests are found by their section, which nothing else refers to. The stack comes
# first: an overflow traps.
wasm_link := -Wl,--export=__wasm_call_ctors -Wl,--no-gc-sections -Wl,--no-entry -Wl,--stack-first -Wl,-z,stack-size=131072
# Tests of rare classes want some.
wasm_rare  := -DMICA_RARE_BYTES=2048
wasm_small := -Oz -DMICA_REGIONS_MAX=1 $(wasm_rare)
wasm_bare  := -Oz -DMICA_HARDEN=0 -DMICA_STATS=0 -DMICA_REGIONS_MAX=1

# $(call wasm_variant,name,flags,sources,flags of the linker)
define wasm_variant_rules
wasm_obj_$(1) := $$(patsubst %.c,$$(check_dir)/$(1)/%.o,$(3))

$$(check_dir)/$(1)/%.o: %.c tests/wasm.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$< ($(1)))
	$$(Q)$$(wasm_cc) $$(check_cflags) $$(wasm_warnings) $(2) -Iinclude -Iport/wasm -I. -MMD -MP \
		-c $$< -o $$@

$$(check_dir)/$(1)/mica-tests.wasm: $$(wasm_obj_$(1))
	$$(call say,LD,$$@)
	$$(Q)$$(wasm_cc) $$(wasm_link) $(4) -o $$@ $$(wasm_obj_$(1))
endef
wasm_variant = $(eval $(call wasm_variant_rules,$(1),$(2),$(3),$(4)))

wasm_finite := -Wl,--max-memory=33554432
wasm_grows  := -Wl,--wrap=mica_port_grow
$(call wasm_variant,wasm,$(wasm_rare),$(check_src_wasm),$(wasm_finite))
$(call wasm_variant,wasm-small,$(wasm_small),$(check_src_wasm),$(wasm_finite))
$(call wasm_variant,wasm-grow,,$(check_src_wasm_grow),$(wasm_grows))
$(call wasm_variant,wasm-grow-least,$(wasm_bare),$(check_src_wasm_grow),$(wasm_grows))

# Addresses of 64 bits.
$(call wasm_variant,wasm64,--target=wasm64 $(wasm_rare),$(check_src_wasm),--target=wasm64)

# Workers on a shared memory: threads, with all tests of them.
wasm_shared := $(wasm_rare) -matomics -mmutable-globals -ftls-model=local-exec
wasm_shared_link = -Wl,--shared-memory -Wl,--import-memory -Wl,--max-memory=70254592 \
	-Wl,--export=__wasm_init_tls -Wl,--export=__tls_size -Wl,--export=__stack_pointer
$(call wasm_variant,wasm-threads,$(wasm_shared),$(check_src_wasm) \
	$(wildcard tests/wasm/workers/*.c),$(wasm_shared_link))

# ---- the archives ----

wasm_program := $(check_dir)/wasm-names.wasm

$(wasm_program): tests/wasm/names.c $(wasm_dir)/libmica.a
	@mkdir -p $(@D)
	$(Q)$(wasm_cc) -std=gnu11 -Oz -fno-builtin $(warnings) -Werror -Wl,--no-entry \
		-Wl,--export=cabi_realloc -o $@ $^

# Debian's rustc is the one that has a library for wasm32, whatever comes first.
wasm_rustc := $(firstword $(wildcard /usr/bin/rustc) rustc)
wasm_rust  := $(check_dir)/wasm-rust.wasm

$(wasm_rust): examples/wasm/mica.rs $(wasm_dir)/libmica-plain.a
	@mkdir -p $(@D)
	$(call say,RUSTC,$<)
	$(Q)$(wasm_rustc) --target wasm32-unknown-unknown --crate-type cdylib -O \
		-C link-arg=$(wasm_dir)/libmica-plain.a $< -o $@

wasm_kinds := $(check_dir)/wasm-threads.wasm $(check_dir)/wasm-64.wasm

$(check_dir)/wasm-threads.wasm: tests/wasm/names.c $(wasm_dir)/libmica-threads.a
	$(Q)$(wasm_cc) -std=gnu11 -O2 -fno-builtin $(wasm_shared) -Wl,--no-entry $(wasm_shared_link) -o $@ $^

$(check_dir)/wasm-64.wasm: tests/wasm/names.c $(wasm_dir)/libmica-64.a
	$(Q)$(wasm_cc) --target=wasm64 -std=gnu11 -O2 -fno-builtin -Wl,--no-entry -o $@ $^

.PHONY: check-wasm
check-wasm: $(wasm_program) $(wasm_least) $(wasm_rust) $(wasm_kinds)	## what `make wasm` builds, in node
	$(Q)node --experimental-wasm-memory64 tests/wasm/check.mjs $^

# ---- programs on wasi-libc, and on emscripten's where that is installed ----

wasm_wasi := $(check_dir)/wasi
wasm_programs := $(addprefix $(wasm_wasi)/,images.wasm words.wasm \
	$(if $(shell command -v emcc),emscripten.wasm))
wasm_hosted := -O2 -Iinclude -idirafter /usr/include

$(wasm_wasi)/images.wasm: tests/wasm/wasi/images.c $(wasm_dir)/libmica.a
	@mkdir -p $(@D)
	$(call say,CC,$< (wasi))
	$(Q)$(WASM_CC) --target=wasm32-wasi $(wasm_hosted) $^ -o $@

$(wasm_wasi)/words.wasm: tests/wasm/wasi/words.cc $(wasm_dir)/libmica.a
	@mkdir -p $(@D)
	$(call say,CXX,$< (wasi))
	$(Q)$(WASM_CC)++ --target=wasm32-wasi $(wasm_hosted) -std=c++17 -fno-exceptions $^ -o $@

$(wasm_wasi)/emscripten.wasm: tests/wasm/wasi/images.c $(wasm_dir)/libmica.a
	@mkdir -p $(@D)
	$(call say,EMCC,$<)
	$(Q)emcc $(wasm_hosted) $^ -s MALLOC=none -s ALLOW_MEMORY_GROWTH -s STANDALONE_WASM -o $@

.PHONY: check-wasi
check-wasi: $(wasm_programs)	## C and C++ programs under node's WASI
	$(Q)node tests/wasm/wasi.mjs $^
