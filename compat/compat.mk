# SPDX-License-Identifier: MIT
# The hosted libraries: mica with the libc and C++ names around it.
#
#	libmica.so	for LD_PRELOAD, -lmica and dlopen
#	libmica.a	the same names, for static programs: put it before libc
#	libmica-plain.a	the mica_ names only: the program's malloc stays
#
# Core, port and compat/libc are compiled as one unit: malloc's fast path then
# crosses no file, and `malloc` can be a true alias of mica_malloc, the same
# address, which costs no instruction. The C++ operators are members of their
# own in libmica.a, so that a C program does not drag libstdc++ in.

ifeq ($(BOARD),)

mica_version := $(shell awk '/define MICA_VERSION_/ { v = v s $$3; s = "." } \
	END { print v }' include/mica/mica.h)
mica_soname  := libmica.so.$(firstword $(subst ., ,$(mica_version)))
mica_real    := libmica.so.$(mica_version)

early_src := compat/libc/early.c
libc_src  := $(filter-out $(early_src),$(sort $(wildcard compat/libc/*.c)))
plain_src := $(core_src) $(port_src) $(addprefix compat/libc/,thread.c alias.c start.c snapshot.c)
# mimalloc's names: `new` apart, as it needs the C++ runtime.
mi_new    := compat/mimalloc/new.c
mi_src    := $(filter-out $(mi_new),$(sort $(wildcard compat/mimalloc/*.c)))
full_src  := $(core_src) $(port_src) $(libc_src) compat/cxx/delete.c
so_src    := $(full_src) compat/cxx/new.c $(mi_src) $(mi_new)

# Here is a libc; but what malloc means is not the compiler's to know.
unit_cflags = $(filter-out -ffreestanding,$(cflags)) -fno-builtin
pic_flags := -fPIC -ftls-model=initial-exec -fno-semantic-interposition -fno-plt
pie_flags := -fPIE -ftls-model=initial-exec
throwing  := -fexceptions
# The compiler's own (i686) stay global: they are merged with the program's.
localize  := $$(OBJCOPY) --localize-hidden $$@ && $$(OBJCOPY) --wildcard \
	--globalize-symbol='__x86.get_pc_thunk.*' $$@
# A program may bring its own delete (mimalloc-new-delete.h does).
yield_delete := && $$(OBJCOPY) --wildcard --weaken-symbol='_Zd[la]P*' $$@
weaken    := $(addprefix --weaken-symbol=,__gxx_personality_v0 \
	__cxa_begin_catch __cxa_end_catch __cxa_end_cleanup _Unwind_Resume)
so_ldflags := -shared -Wl,-soname,$(mica_soname) -Wl,-Bsymbolic-functions \
	-Wl,--gc-sections -Wl,--version-script=compat/libmica.map \
	-Wl,-z,now -Wl,-z,relro -Wl,-z,nodelete -Wl,-z,initfirst -Wl,-z,defs
cxx_flags := -std=c++17 -fno-rtti -fexceptions $(O) -g -Wall -Wextra \
	-fvisibility=hidden -ffreestanding -nostdinc++ $(WERROR) $(EXTRA_CFLAGS)

# $(call unit,<object>,<sources>,<compiler>,<flags>,<after>): compile as one.
define unit
$(1): $(2) compat/compat.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)printf '#include "%s"\n' $(2) > $$(@:.o=.c)
	$$(Q)$(3) $$(unit_cflags) $(4) $$(includes) -I. -MMD -MP -c $$(@:.o=.c) -o $$@
	$$(Q)$(5)
endef

# $(call libraries,<folder>,<C compiler>,<C++ compiler>,<sources that only the
# shared library has>): the three of them.
define libraries
$(call unit,$(1)/unit/so.o,$(so_src) $(4),$(2),$(pic_flags) $(throwing))
$(call unit,$(1)/unit/full.o,$(full_src),$(2),$(pie_flags),$(localize) $(yield_delete))
$(call unit,$(1)/unit/plain.o,$(plain_src),$(2),$(pie_flags),$(localize))
$(call unit,$(1)/unit/new.o,compat/cxx/new.c,$(2),$(pie_flags) $(throwing))
$(call unit,$(1)/unit/mimalloc.o,$(mi_src),$(2),$(pie_flags))
$(call unit,$(1)/unit/mimalloc_new.o,$(mi_new),$(2),$(pie_flags) $(throwing))

$(1)/unit/runtime_linked.o $(1)/unit/runtime_found.o: $(1)/unit/%.o: \
		compat/cxx/throw.cc compat/compat.mk
	@mkdir -p $$(@D)
	$$(call say,CXX,$$@)
	$$(Q)$(3) $$(cxx_flags) -fPIC $$(includes) \
		-DMICA_CXX_RUNTIME='"$$(*F).h"' \
		-MMD -MP -c $$< -o $$@
	$$(if $$(filter %_found.o,$$@),$$(Q)$$(OBJCOPY) $(weaken) $$@)

$(1)/$(mica_real): $(1)/unit/so.o $(1)/unit/runtime_found.o compat/libmica.map
	$$(call say,LD,$$@)
	$$(Q)$(2) $$(so_ldflags) $$(filter %.o,$$^) -o $$@

$(1)/$(mica_soname) $(1)/libmica.so: $(1)/$(mica_real)
	$$(Q)ln -sf $$(<F) $$@

$(1)/libmica.a: $(1)/unit/full.o $(1)/unit/new.o $(1)/unit/runtime_linked.o \
		$(1)/unit/mimalloc.o $(1)/unit/mimalloc_new.o
$(1)/libmica-plain.a: $(1)/unit/plain.o
$(1)/libmica.a $(1)/libmica-plain.a:
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcsD $$@ $$^
endef

lib_files = $(addprefix $(1)/,libmica.so $(mica_soname) $(mica_real) \
	libmica.a libmica-plain.a)

$(eval $(call libraries,$(build),$$(CC),$$(CXX),$(early_src)))
$(eval $(call libraries,$(build)/musl,musl-gcc,$$(CXX)))

lib: $(call lib_files,$(build))	## build the libraries: libmica.so, .a, -plain.a

.PHONY: lib-musl
lib-musl: $(call lib_files,$(build)/musl)	## the same for musl, by musl-gcc

# Guard pages behind blocks are there at level 3.
mi_guards := $(build)/mimalloc/guards.o
$(eval $(call unit,$(mi_guards),$(full_src) $(mi_src),$$(CC),$(pie_flags) -O1 -UMICA_HARDEN -DMICA_HARDEN=3))

.PHONY: check-mimalloc
check-mimalloc: lib $(mi_guards)	## programs written for mimalloc
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tests/compat/mimalloc/check.py \
		--build $(build) --cc '$(CC)' --cxx '$(CXX)'

.PHONY: check-package
check-package: lib	## a Debian package built from source on mica; needs the network
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tests/compat/mimalloc/package.py \
		--build $(build)

endif
