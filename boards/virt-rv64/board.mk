# SPDX-License-Identifier: MIT
# QEMU's virt: one hart, rv64gc.
board_machine    := virt
board_march      := rv64gc
board_mabi       := lp64d

include boards/common/riscv.mk
