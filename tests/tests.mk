# SPDX-License-Identifier: MIT
# The test programs. `make check` runs them all by tests/run.py, which knows
# how each is started; this file knows how each is built.

# HARDEN=2 or 3: what does not count blocks and bytes to the last, which a word
# behind each block and blocks in quarantine change.
test_harden_src := $(wildcard tests/*.c tests/death/*.c) \
	$(filter-out tests/stress/sizing.c tests/stress/ends.c,$(wildcard tests/stress/*.c)) \
	$(patsubst %,tests/api/%.c,aligned early fault harden level malloc output \
	option zero) $(patsubst %,tests/unit/%.c,bits remote roster run \
	size_class)
test_whole_src := $(wildcard tests/*.c tests/api/*.c tests/stress/*.c \
	tests/death/*.c tests/unit/*.c)
test_all_src := $(if $(HARDEN),$(test_harden_src),$(test_whole_src))

# ---- this machine and others under user-mode QEMU: build/check/<variant> ----

check_dir    := build/check
check_cflags := -std=gnu11 -O2 -g $(warnings) -Werror -ffreestanding \
	-fno-common -fvisibility=hidden $(EXTRA_CFLAGS)
check_on_host  := $(test_all_src) $(wildcard tests/host/*.c)
check_src_host := $(check_on_host) $(wildcard core/*.c port/linux/*.c)
check_src_tag  := $(test_all_src) tests/host/threads.c \
	$(wildcard core/*.c port/arena/*.c tests/arena/*.c)
check_src_fake := $(test_all_src) tests/host/threads.c \
	$(wildcard core/*.c port/fake/*.c tests/fake/*.c)

# The chip's layout where several contexts take part: tests/parallel's port.
check_src_parallel := $(check_src_tag) $(wildcard tests/parallel/*.c)

# $(call check_variant,name,compiler,flags,port,sources)
define check_variant_rules
check_obj_$(1) := $$(patsubst %.c,$$(check_dir)/$(1)/%.o,$(5))

$$(check_dir)/$(1)/%.o: %.c tests/tests.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$< ($(1)))
	$$(Q)$(2) $$(check_cflags) $(3) -Iinclude -Iport/$(4) -I. -MMD -MP \
		-c $$< -o $$@

$$(check_dir)/$(1)/mica-tests: $$(check_obj_$(1))
	$$(call say,LD,$$@)
	$$(Q)$(2) $(3) -o $$@ $$(check_obj_$(1)) -pthread
endef
check_variant = $(eval $(call check_variant_rules,$(1),$(2),$(3),$(4),$(5)))

check_i686   := i686-linux-gnu-gcc -static
check_tag    := -DMICA_LAYOUT=MICA_LAYOUT_TAG -DMICA_GRANULE_SHIFT=3 -DMICA_REGIONS_MAX=8
check_core   := $(check_tag) -DMICA_CONTEXT=MICA_CONTEXT_CORE
check_single := $(check_tag) -DMICA_CONTEXT=MICA_CONTEXT_SINGLE
check_cores  := -Itests/parallel $(check_core) -DMICA_CORES=8 -DMICA_HEAPS=8
check_thread := -Itests/parallel $(check_tag) -DMICA_CONTEXT=MICA_CONTEXT_THREAD -DMICA_HEAPS=8
# No -fsanitize=null: it tests a thread-local address by the flags of an add
# that the linker turns into a lea. The address sanitizer sees NULL as well.
check_asan   := -fsanitize=address,undefined -fno-sanitize=null \
	-fno-sanitize-recover=all \
	-fno-omit-frame-pointer -DTEST_SLOW=1
check_tsan   := -fsanitize=thread -DTEST_SLOW=1

$(call check_variant,host,gcc,,linux,$(check_src_host))
# The levels of hardening that are not the default, on both layouts.
check_harden_host := $(test_harden_src) $(wildcard tests/host/*.c core/*.c port/linux/*.c)
check_harden_tag  := $(test_harden_src) tests/host/threads.c \
	$(wildcard core/*.c port/arena/*.c tests/arena/*.c)
check_harden_cores := $(check_harden_tag) $(wildcard tests/parallel/*.c)
$(foreach l,2 3,\
	$(call check_variant,host-harden$l,gcc,-DMICA_HARDEN=$l,linux,$(check_harden_host))\
	$(call check_variant,tag-harden$l,$(check_i686),$(check_core) -DMICA_HARDEN=$l -DMICA_OUTPUT_HOOKS=1,arena,$(check_harden_tag))\
	$(call check_variant,cores-harden$l,gcc,$(check_cores) -DMICA_HARDEN=$l -DMICA_OUTPUT_HOOKS=1,arena,$(check_harden_cores)))
$(call check_variant,asan,gcc,$(check_asan),linux,$(check_src_host))
$(call check_variant,tsan,gcc,$(check_tsan),linux,$(check_src_host))
$(call check_variant,tag-core,$(check_i686),$(check_core),arena,$(check_src_tag))
$(call check_variant,tag-heaps,$(check_i686),$(check_core) -DMICA_HEAPS=8,arena,$(check_src_tag))
$(call check_variant,tag-single,$(check_i686),$(check_single),arena,$(check_src_tag))
$(call check_variant,tag-cores,gcc,$(check_cores),arena,$(check_src_parallel))
$(call check_variant,tag-cores-tsan,gcc,$(check_cores) $(check_tsan),arena,$(check_src_parallel))
$(call check_variant,tag-thread,gcc,$(check_thread),arena,$(check_src_parallel))
$(call check_variant,fake,gcc,,fake,$(check_src_fake))
$(call check_variant,fake-core,$(check_i686),$(check_core),fake,$(check_src_fake))
$(call check_variant,fake-heaps,$(check_i686),$(check_core) -DMICA_HEAPS=8,fake,$(check_src_fake))
$(call check_variant,fake-single,$(check_i686),$(check_single),fake,$(check_src_fake))

# Pages so large that they have classes beyond the linear ones. What counts blocks
# for a page, or pages for an arena, is for small ones.
check_src_pages := $(wildcard tests/*.c tests/death/*.c) \
	$(filter-out $(patsubst %,tests/stress/%.c,ends single sizing),$(wildcard tests/stress/*.c)) \
	$(patsubst %,tests/api/%.c,aligned early fault malloc option visit zero) \
	tests/host/threads.c $(wildcard core/*.c port/arena/*.c tests/arena/*.c)
$(call check_variant,tag-pages,$(check_i686),$(check_single) -DMICA_PAGE_SHIFT=13,arena,$(check_src_pages))

# With the hooks of trace.h, which must change nothing else: all tests, on either
# engine.
check_trace := -DMICA_TRACE=1
$(call check_variant,trace,gcc,$(check_trace),linux,$(check_src_host))
$(call check_variant,trace-core,$(check_i686),$(check_core) $(check_trace),arena,$(check_src_tag))

# As the libraries are built: core and port in one unit; with the hooks, too.
check_unity := $(check_dir)/unity/all.c
$(call check_variant,unity,gcc,,linux,$(check_on_host) $(check_unity))
$(call check_variant,trace-unity,gcc,$(check_trace),linux,$(check_on_host) $(check_unity))
$(check_unity): $(wildcard core/*.c port/linux/*.c)
	@mkdir -p $(@D)
	@printf '#include "%s"\n' $^ > $@

check_crosses := aarch64-linux-gnu arm-linux-gnueabihf i686-linux-gnu \
	riscv64-linux-gnu s390x-linux-gnu
$(foreach c,$(check_crosses),$(call check_variant,$(c),$(c)-gcc -static,\
	-DTEST_SLOW=1,linux,$(check_src_host)))

-include $(shell test -d $(check_dir) && find $(check_dir) -name '*.d')

# ---- a board ----
#
# Where there is memory, one image of all tests, in two sizes of arena. Where
# there is little, one image for each file of tests, and all that is left is
# the arena. The helpers are an archive: what a file does not use is left out.

ifneq ($(BOARD),)
test_board_src := $(test_all_src) $(wildcard tests/board/*.c tests/kernel/*.c \
	tests/kernel/$(board_arch)/*.c)
test_board_obj := $(test_board_src:%.c=$(build)/%.o)
test_units     := $(shell grep -l -e '^TEST\b' -e '^DEATH\b' $(test_board_src))
test_help_obj  := $(filter-out $(test_units:%.c=$(build)/%.o),$(test_board_obj))
test_help      := $(build)/tests/help.a
flags_tests    := -I. -Itests/kernel/$(board_arch)

$(call image,$(build)/tests.elf,$(test_board_obj),-Wl$(comma)--defsym=mica_arena_bytes=65536)
$(call image,$(build)/tests-large.elf,$(test_board_obj))
$(foreach u,$(test_units),$(call image,$(u:tests/%.c=$(build)/images/%.elf),\
	$(u:%.c=$(build)/%.o) $(test_help)))

$(test_help): $(test_help_obj)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rc $@ $^

test_images       := $(if $(board_small),$(test_units:tests/%.c=$(build)/images/%.elf),\
	$(build)/tests.elf)
test_images_large := $(build)/tests-large.elf

.PHONY: check-images check-images-large check-list check-list-large
.PHONY: check-images-steps check-list-steps
check-images: $(test_images)
check-images-large: $(test_images_large)

# For tests/run.py: how an image is run, then the images.
check-list:
	@echo '$(board_qemu)'
	@echo '$(strip $(test_images))'

check-list-large:
	@echo '$(board_qemu)'
	@echo '$(test_images_large)'

# An interrupt at every instruction: where the CPU has one above the guard. An
# instruction takes 1024 ns, so that the timer tells one from the next.
test_steps_src := $(wildcard tests/*.c tests/steps/*.c) tests/board/target.c
test_steps     := $(build)/tests-steps.elf
$(call image,$(test_steps),$(test_steps_src:%.c=$(build)/%.o),\
	$(if $(board_small),,-Wl$(comma)--defsym=mica_arena_bytes=32768))

check-images-steps: $(test_steps)

check-list-steps:
	@echo '$(subst $(board_time),-icount shift=10$(comma)sleep=off,$(board_qemu))'
	@echo '$(test_steps)'
endif

# ---- what people type ----

.PHONY: check soak check-geometry
check:	## build and run all tests; BOARD=x or CROSS=x: those of one machine
	$(if $(BOARD)$(CROSS),,@tools/setup check)
	@python3 tests/run.py $(or $(BOARD),$(CROSS))

soak:	## the tests, each with twenty times the work
	@python3 tests/run.py --scale 2000 $(or $(BOARD),$(CROSS))

check-geometry:
	@python3 tests/geometry.py
