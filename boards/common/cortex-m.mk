# SPDX-License-Identifier: MIT
# Any Cortex-M board under QEMU. A board's board.mk sets board_cpu and
# board_machine, its board.h the memory map; all else is here and in image.mk.
# It may set, too:
#
#   board_time     how QEMU counts time; by default in instructions (32 ns
#                  each), so every run is the same
board_arch     := cortex-m
board_cross    := arm-none-eabi-
board_cpuflags := -mcpu=$(board_cpu) -mthumb -masm-syntax-unified
board_time     ?= -icount shift=5,sleep=off
board_qemu     := qemu-system-arm -M $(board_machine) -display none \
	-monitor none -serial none $(board_time) \
	-semihosting-config enable=on,target=native

include boards/common/image.mk
