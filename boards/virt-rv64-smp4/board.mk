# SPDX-License-Identifier: MIT
# QEMU's virt: four harts, rv64gc, in parallel. So time is not counted in
# instructions here, and no two runs are the same.
board_machine    := virt
board_march      := rv64gc
board_mabi       := lp64d
board_qemu_flags := -smp 4 -accel tcg,thread=multi
board_time       :=

include boards/common/riscv.mk
