# SPDX-License-Identifier: MIT
# QEMU's virt without the A extension: AMO, LR and SC trap.
board_machine    := virt
board_march      := rv32im
board_mabi       := ilp32
board_qemu_flags := -cpu rv32,a=false,c=false

include boards/common/riscv.mk
