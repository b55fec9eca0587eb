# SPDX-License-Identifier: MIT
# Arm MPS2 with FPGA image AN386: a Cortex-M4 at 25 MHz.
board_cpu     := cortex-m4
board_machine := mps2-an386
board_special := another CPU on the board of mps2-an385

include boards/common/cortex-m.mk
