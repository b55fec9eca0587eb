# SPDX-License-Identifier: MIT
# Any Cortex-M board under QEMU. A board's board.mk sets board_cpu and
# board_machine, its board.h the memory map; all else is here.
#
# What others use:
#   board_obj    start code, vectors, console: linked into every image
#   board_qemu   command that runs an image: append `-kernel <image>`, and
#                `-append '<words>'` for the argv[1..] of its main(); the exit
#                status of the image is the command's; time is counted in
#                instructions (32 ns each), so every run is the same
#   $(call image,<elf>,<objects>[,<flags>])
#                a rule that links <objects> with board, core and port; a flag
#                worth knowing: -Wl$(comma)--defsym=mica_arena_bytes=<bytes>
CC      := arm-none-eabi-gcc
CXX     := arm-none-eabi-g++
AR      := arm-none-eabi-ar
LD      := arm-none-eabi-ld
OBJCOPY := arm-none-eabi-objcopy
NM      := arm-none-eabi-nm
SIZE    := arm-none-eabi-size
port    := arena
comma   := ,

# Loops in start code must not become calls of memcpy before .data is there.
flags_boards  := -fno-tree-loop-distribute-patterns
board_cflags  := -mcpu=$(board_cpu) -mthumb -Iboards/common
board_ldflags := -mcpu=$(board_cpu) -mthumb -nostdlib -Wl,--gc-sections \
	-Wl,--fatal-warnings -Wl,-T,$(build)/cortex-m.ld
board_src     := $(sort $(wildcard boards/common/*.c))
board_obj     := $(board_src:%.c=$(build)/%.o)
board_qemu    := qemu-system-arm -M $(board_machine) -display none \
	-monitor none -serial none -icount shift=5,sleep=off \
	-semihosting-config enable=on,target=native

# The linker script takes the memory map from the board's header.
$(build)/cortex-m.ld: linker/cortex-m.ld linker/sections.ld.h boards/$(BOARD)/board.h
	@mkdir -p $(@D)
	$(call say,CPP,$<)
	$(Q)$(CC) -E -P -x c -Ilinker -Iboards/$(BOARD) $< -o $@

define image_rule
$(1): $(2) $(board_obj) $(core_obj) $(port_obj) $(build)/cortex-m.ld
	@mkdir -p $$(@D)
	$$(call say,LD,$(1))
	$$(Q)$$(CC) $$(board_ldflags) $(3) -Wl,-Map,$(1).map -o $$@ \
		$$(filter %.o,$$^) -lgcc
endef
image = $(eval $(call image_rule,$(1),$(2),$(3)))
