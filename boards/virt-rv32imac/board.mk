# SPDX-License-Identifier: MIT
# QEMU's virt as a microcontroller: rv32imac.
board_machine    := virt
board_march      := rv32imac
board_mabi       := ilp32

include boards/common/riscv.mk
