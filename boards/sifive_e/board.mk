# SPDX-License-Identifier: MIT
# SiFive E31 (FE310): an rv32imac with 16 KiB of RAM.
board_machine    := sifive_e
board_march      := rv32imac
board_mabi       := ilp32

include boards/common/riscv.mk
