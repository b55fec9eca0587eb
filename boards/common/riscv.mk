# SPDX-License-Identifier: MIT
# Any RISC-V board under QEMU, in machine mode. A board's board.mk sets
# board_machine, board_march and board_mabi, its board.h the memory map; all
# else is here and in image.mk. It may set, too:
#
#   board_qemu_flags  more of QEMU's, as a -cpu
#   board_time        how QEMU counts time; by default in instructions (128 ns
#                     each), so every run is the same
board_arch     := riscv
board_cross    := riscv64-unknown-elf-
# The older specification of the ISA has CSR instructions in the base, and is
# the one by which the compiler's own libraries are found.
board_cpuflags := -march=$(board_march) -mabi=$(board_mabi) -misa-spec=2.2 \
	-mcmodel=medany -msmall-data-limit=0
board_time     ?= -icount shift=7,sleep=off
board_qemu     := qemu-system-riscv$(if $(filter rv64%,$(board_march)),64,32) \
	-M $(board_machine) $(board_qemu_flags) -bios none -display none \
	-monitor none -serial none $(board_time) \
	-semihosting-config enable=on,target=native

include boards/common/image.mk
