# SPDX-License-Identifier: MIT
# Firmware that the adapters are shown and tested in.
#
# An image is compiled on its own: the core as one unit, the adapter, a
# program. Those of a board use its start code and linker script; those of
# picolibc use picolibc's own, as its users do.

adapters := $(or $(build),build)/adapters

adapter_warnings := -Wall -Wextra -Wconversion -Wundef -Wpointer-arith -Wvla -Werror
adapter_cflags   := $(O) -g -fno-common -ffunction-sections -fdata-sections \
	$(adapter_warnings) -I. -Iinclude
adapter_std_c    := -std=gnu11 -Wshadow -Wmissing-prototypes -Wstrict-prototypes
adapter_std_cc   := -std=gnu++17 -fno-exceptions -fno-rtti \
	-Wno-missing-field-initializers

$(adapters)/core.c: $(core_src) compat/adapters.mk
	@mkdir -p $(@D)
	@printf '#include "%s"\n' $(core_src) > $@

# $(call adapter,<image>,<compiler>,<its flags>,<sources>,<how to link>)
define adapter_rules
adapter_obj_$(1) := $(patsubst %,$(adapters)/$(1)/%.o,$(basename $(4))) \
	$(adapters)/$(1)/core.o

$(adapters)/$(1)/core.o: $(adapters)/core.c
	@mkdir -p $$(@D)
	$$(call say,CC,core ($(1)))
	$$(Q)$(2)gcc $$(adapter_cflags) $$(adapter_std_c) -ffreestanding $(3) \
		-MMD -MP -c $$< -o $$@

$(adapters)/$(1)/%.o: %.c compat/adapters.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$< ($(1)))
	$$(Q)$(2)gcc $$(adapter_cflags) $$(adapter_std_c) $(3) \
		-MMD -MP -c $$< -o $$@

$(adapters)/$(1)/%.o: %.cc compat/adapters.mk
	@mkdir -p $$(@D)
	$$(call say,CXX,$$< ($(1)))
	$$(Q)$(2)g++ $$(adapter_cflags) $$(adapter_std_cc) $(3) \
		-MMD -MP -c $$< -o $$@

$(adapters)/$(1).elf: $$(adapter_obj_$(1)) $(adapter_start)
	$$(call say,LD,$$@)
	$$(Q)$(2)gcc $(5) $$(filter %.o,$$^) -Wl,-Map,$$@.map -o $$@ \
		$(adapter_libs)

adapter_images += $(adapters)/$(1).elf
endef
adapter = $(eval $(call adapter_rules,$(1),$(2),$(3),$(4),$(5)))

adapter_harness := $(sort $(wildcard tests/*.c))

ifneq ($(BOARD),)

# ---- newlib, C++ and the RTOSes: on a board's start code ----

adapter_cc     := $(patsubst %gcc,%,$(CC))
adapter_start  := $(board_obj) $(build)/board.ld
adapter_libs   := -Wl,--start-group -lc -lgcc -Wl,--end-group
adapter_board  := $(board_cflags) -Iport/$(port) -Iboards/$(BOARD)
adapter_nano   := --specs=nano.specs
adapter_arena  := -Wl,--defsym=mica_arena_bytes=65536
adapter_tests  := $(adapter_harness) tests/board/target.c
adapter_newlib := port/arena/port.c compat/newlib/newlib.c examples/newlib/syscalls.c

$(call adapter,example-newlib,$(adapter_cc),$(adapter_board),\
	$(adapter_newlib) examples/newlib/main.c,$(board_ldflags) $(adapter_arena))
$(call adapter,example-newlib-nano,$(adapter_cc),$(adapter_nano) $(adapter_board),\
	$(adapter_newlib) examples/newlib/main.c,\
	$(adapter_nano) $(board_ldflags) $(adapter_arena))
$(call adapter,newlib,$(adapter_cc),-fno-builtin $(adapter_board),\
	$(adapter_newlib) tests/compat/libc.c tests/compat/newlib.c $(adapter_tests),\
	$(board_ldflags) $(adapter_arena))
$(call adapter,newlib-nano,$(adapter_cc),-fno-builtin $(adapter_nano) $(adapter_board),\
	$(adapter_newlib) tests/compat/libc.c tests/compat/newlib.c $(adapter_tests),\
	$(adapter_nano) -u _printf_float $(board_ldflags) $(adapter_arena))

# The compiler's crtbegin.o, not linked here, would define __dso_handle.
adapter_dso    := -Wl,--defsym=__dso_handle=0
adapter_libs   := -Wl,--start-group -lstdc++ -lsupc++ -lc -lgcc -Wl,--end-group

$(call adapter,example-cxx,$(adapter_cc),$(adapter_nano) $(adapter_board),\
	compat/cxx/freestanding.c $(adapter_newlib) examples/cxx/main.cc,\
	$(adapter_nano) $(board_ldflags) $(adapter_arena) $(adapter_dso))
$(call adapter,cxx,$(adapter_cc),-fno-builtin $(adapter_nano) $(adapter_board),\
	port/arena/port.c compat/cxx/freestanding.c tests/compat/cxx.cc \
	$(adapter_tests),\
	$(adapter_nano) $(board_ldflags) $(adapter_arena))

# ---- banks of RAM: no libc, and no arena but what the program provides ----

adapter_libs   := -lgcc

$(call adapter,example-banks,$(adapter_cc),-ffreestanding -fno-builtin $(adapter_board),\
	port/arena/port.c port/arena/memory.c examples/banks/main.c,\
	$(board_ldflags))

# ---- RTOSes: against declarations in tests/, on the kernel of tests/kernel ----

adapter_libs   := -lgcc
adapter_rtos   := -fno-builtin -ffreestanding -Itests/compat/config \
	-Itests/kernel -Itests/kernel/cortex-m $(adapter_board)
adapter_kernel := tests/kernel/kernel.c tests/kernel/queue.c \
	tests/kernel/cortex-m/cpu.c \
	port/arena/memory.c $(adapter_tests)
adapter_freertos := compat/freertos/heap_mica.c tests/compat/freertos/heap.c \
	port/arena/port.c $(adapter_kernel)

$(call adapter,freertos,$(adapter_cc),-Itests/compat/freertos $(adapter_rtos),\
	$(adapter_freertos),$(board_ldflags))
$(call adapter,freertos-application,$(adapter_cc),\
	-DconfigAPPLICATION_ALLOCATED_HEAP=1 \
	-Itests/compat/freertos $(adapter_rtos),\
	tests/compat/freertos/application.c $(adapter_freertos),$(board_ldflags))
$(call adapter,freertos-regions,$(adapter_cc),\
	-DconfigMICA_HEAP_REGIONS_ONLY=1 \
	-Itests/compat/freertos $(adapter_rtos),\
	tests/compat/freertos/regions.c $(adapter_freertos),$(board_ldflags))
$(call adapter,rtx,$(adapter_cc),-Itests/compat/rtx $(adapter_rtos),\
	tests/compat/rtx/weak.c compat/cmsis-rtos2/rtx_mica.c \
	tests/compat/rtx/memory.c port/arena/port.c $(adapter_kernel),$(board_ldflags))
$(call adapter,threadx,$(adapter_cc),-Itests/compat/threadx $(adapter_rtos),\
	compat/threadx/tx_byte_mica.c tests/compat/threadx/byte.c \
	port/arena/port.c $(adapter_kernel),$(board_ldflags) $(adapter_arena))

# Zephyr: its options are set by Kconfig, and come as a header before all else.
adapter_zephyr  := COMMON_LIBC_MALLOC=n MINIMAL_LIBC=y MICA=y MICA_LIBC_MALLOC=y
adapter_kconfig := compat/adapters.mk tests/compat/zephyr/configure.py \
	tests/compat/zephyr/Kconfig \
	compat/zephyr/Kconfig
adapter_zsrc    := port/zephyr/port.c compat/baremetal/malloc.c \
	compat/baremetal/aligned.c tests/compat/zephyr/malloc.c $(adapter_kernel)
adapter_libs    := -Wl,--start-group -lc -lgcc -Wl,--end-group

# $(call zephyr_rules,<image>,<option>,<flags of the linker>)
define zephyr_rules
$(adapters)/$(1)/autoconf.h: $(adapter_kconfig)
	@mkdir -p $$(@D)
	$$(call say,KCONFIG,$$@)
	$$(Q)tests/compat/zephyr/configure.py $$@ $(adapter_zephyr) $(2)
$(call adapter,$(1),$(adapter_cc),-imacros $(adapters)/$(1)/autoconf.h \
	-Icompat/zephyr/include -Iport/zephyr -Itests/compat/zephyr/include \
	-fno-builtin -Itests/kernel -Itests/kernel/cortex-m $(adapter_board),\
	$(adapter_zsrc),$(board_ldflags) $(3))
$$(adapter_obj_$(1)): $(adapters)/$(1)/autoconf.h
endef
$(eval $(call zephyr_rules,zephyr,MICA_HEAP_SIZE=32768))
$(eval $(call zephyr_rules,zephyr-rest,MICA_HEAP_SIZE=-1 MICA_REGIONS_MAX=4,\
	-Wl$(comma)--defsym=_end=board_bss_end))

else

# ---- picolibc: its start code, its linker script, on three CPUs ----

adapter_start :=
adapter_libs  :=
adapter_pico  := port/arena/port.c compat/picolibc/picolibc.c examples/picolibc/board.c

# $(call picolibc_rules,<suffix>,<compiler>,<CPU>,<flash>,<RAM>,<more flags for
# the compiler>): example and tests, with 1 MiB of flash and 128 KiB of RAM.
define picolibc_rules
$(call adapter,example-picolibc-$(1),$(2),$(3) $(6) $(picolibc_flags),\
	$(adapter_pico) examples/picolibc/main.c,$(3) $(call picolibc_link,$(4),$(5)))
$(call adapter,picolibc-$(1),$(2),$(3) $(6) $(picolibc_flags) -fno-builtin,\
	$(adapter_pico) tests/compat/libc.c tests/board/target.c $(adapter_harness),\
	$(3) $(call picolibc_link,$(4),$(5)))
endef
picolibc_flags := --specs=picolibc.specs -Iport/arena -Itests/compat/config
picolibc_link   = --specs=picolibc.specs -DPICOLIBC_DOUBLE_PRINTF_SCANF \
	--oslib=semihost --crt0=hosted \
	-Wl,--defsym=__flash=$(strip $(1)) -Wl,--defsym=__flash_size=0x100000 \
	-Wl,--defsym=__ram=$(strip $(2)) -Wl,--defsym=__ram_size=0x20000
$(eval $(call picolibc_rules,cortex-m3,arm-none-eabi-,-mcpu=cortex-m3 -mthumb,\
	0x00000000,0x20000000))
$(eval $(call picolibc_rules,rv32,riscv64-unknown-elf-,\
	-march=rv32imac -mabi=ilp32 -mcmodel=medany,\
	0x80000000,0x80100000,-march=rv32imac_zicsr -DMICA_GRANULE_SHIFT=4))
$(eval $(call picolibc_rules,rv64,riscv64-unknown-elf-,\
	-march=rv64gc -mabi=lp64d -mcmodel=medany,\
	0x80000000,0x80100000,-DMICA_GRANULE_SHIFT=4))

.PHONY: check-adapters
check-adapters:	## libc, C++ and RTOS adapters in firmware, in QEMU
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tests/compat/check.py

endif

.PHONY: adapters
adapters: $(adapter_images)

-include $(shell test -d $(adapters) && find $(adapters) -name '*.d')
