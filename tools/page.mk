# SPDX-License-Identifier: MIT
# The page that shows a heap, examples/wasm/heap: one file that opens from disk; its
# test leaves pictures of it under build/check/page.

ifeq ($(BOARD)$(CROSS),)

page_dir  := examples/wasm/heap
page_out  := build/examples
page_mica := $(page_out)/libmica.a

.PHONY: wasm-page
wasm-page: $(page_out)/heap.html	## a page that draws a heap, live: build/examples/heap.html

$(page_out)/heap.html: $(page_out)/heap.wasm $(wildcard $(page_dir)/*)
	$(call say,EMBED,$@)
	$(Q)python3 $(page_dir)/embed.py $(page_dir)/page.html $< $@

# The archive once more, with statistics and checks.
$(page_mica): $(wasm_dir)/libmica-plain.a
	$(Q)$(MAKE) --no-print-directory -s WASM_OPT=-O2 WASM_FLAGS=-DMICA_STATS=1 \
		wasm_dir=$(@D)/mica $(@D)/mica/libmica-plain.a
	$(Q)cp $(@D)/mica/libmica-plain.a $@

$(page_out)/heap.o: $(page_dir)/heap.c $(wildcard include/mica/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(WASM_CC) --target=wasm32 -std=gnu11 -O2 $(warnings) $(WERROR) -ffreestanding \
		-fno-builtin -mbulk-memory -fvisibility=hidden -Iinclude -c $< -o $@

$(page_out)/heap.wasm: $(page_out)/heap.o $(page_mica)
	$(call say,LD,$@)
	$(Q)$(WASM_CC) --target=wasm32 -nostdlib -Wl,--no-entry -Wl,--strip-all \
		-Wl,--export=__heap_base -Wl,--stack-first -Wl,-z,stack-size=16384 \
		-Wl,--max-memory=268435456 $^ -o $@

# ---- its test, with snapshots that mica writes for it: of a process that has many sizes,
# and of a firmware ----

page_check := $(check_dir)/page
page_snaps := $(addprefix $(page_check)/,process.json firmware.json)

# What a program has live when it ends: one that does not tidy up before.
$(page_check)/process.json: lib
	@mkdir -p $(@D)
	$(Q)MICA_SNAPSHOT=$(CURDIR)/$@ LD_PRELOAD=$(CURDIR)/$(build)/libmica.so \
		perl -e '@x = map { "x" x ($$_ * 61 % 700) } 1..30000; \
			push @x, "x" x ($$_ << 14) for 1..9; undef $$x[$$_ * 5] for 0..5999'

$(page_check)/firmware.json:
	@mkdir -p $(@D)
	$(Q)$(MAKE) -s --no-print-directory BOARD=$(snapshot_board) snapshot-target
	$(Q)$$($(snapshot_make) snapshot-run) 2>&1 \
		| sed -n '/^{$$/,/^}$$/p' > $@

.PHONY: check-page $(page_snaps)
check-page: $(page_out)/heap.html $(page_snaps)	## test the page of the heap, in Chromium
	$(Q)node tests/browser/page.mjs $< $(page_check) $(page_snaps)

endif
