# SPDX-License-Identifier: MIT
# How images for boards are built; a CPU's fragment (cortex-m.mk) includes it,
# after it has set:
#
#   board_arch     folder of boards/common and of tests/kernel with its code
#   board_cross    prefix of the toolchain
#   board_cpuflags compiler flags that choose the CPU
#   board_qemu     command that runs an image: append `-kernel <image>`, and
#                  `-append '<words>'` for the argv[1..] of its main(); the
#                  exit status of the image is the command's
#
# What others use:
#   board_obj      start code, vectors, console: linked into every image
#   board_ld       the linker script
#   board_small    not empty: the board has less than 128 KiB of RAM
#   $(call image,<elf>,<objects>[,<flags>])
#                  a rule that links <objects> with board, core and port; a
#                  flag worth knowing: -Wl$(comma)--defsym=mica_arena_bytes=<bytes>
CC      := $(board_cross)gcc
CXX     := $(board_cross)g++
AR      := $(board_cross)ar
LD      := $(board_cross)ld
OBJCOPY := $(board_cross)objcopy
NM      := $(board_cross)nm
SIZE    := $(board_cross)size
port    := arena
comma   := ,

# Loops in start code must not become calls of memcpy before .data is there.
flags_boards  := -fno-tree-loop-distribute-patterns
board_cflags  := $(board_cpuflags) -Iboards/common -Iboards/common/$(board_arch)
board_ld      := $(build)/board.ld
board_ldflags := $(board_cpuflags) -nostdlib -Wl,--gc-sections \
	-Wl,--fatal-warnings -Wl,-T,$(board_ld)
board_src     := $(sort $(wildcard boards/common/*.c boards/common/$(board_arch)/*.c))
board_obj     := $(board_src:%.c=$(build)/%.o)

board_ram     := $(shell awk '$$2 == "BOARD_RAM_BYTES" { print $$3 }' boards/$(BOARD)/board.h)
board_small   := $(shell test $$(($(board_ram))) -lt 131072 && echo y)

# The linker script takes the memory map from the board's header.
$(board_ld): linker/board.ld linker/sections.ld.h boards/$(BOARD)/board.h
	@mkdir -p $(@D)
	$(call say,CPP,$<)
	$(Q)$(CC) -E -P -x c -Ilinker -Iboards/$(BOARD) $< -o $@

define image_rule
$(1): $(2) $(board_obj) $(core_obj) $(port_obj) $(board_ld)
	@mkdir -p $$(@D)
	$$(call say,LD,$(1))
	$$(Q)$$(CC) $$(board_ldflags) $(3) -Wl,-Map,$(1).map -o $$@ \
		$$(filter %.o,$$^) $$(filter %.a,$$^) -lgcc
endef
image = $(eval $(call image_rule,$(1),$(2),$(3)))
