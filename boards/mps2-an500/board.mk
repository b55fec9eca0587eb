# SPDX-License-Identifier: MIT
# Arm MPS2 with FPGA image AN500: a Cortex-M7 at 25 MHz.
board_cpu     := cortex-m7
board_machine := mps2-an500
board_special := another CPU on the board of mps2-an385

include boards/common/cortex-m.mk
