# SPDX-License-Identifier: MIT
# Arm MPS2 with FPGA image AN385: a Cortex-M3 at 25 MHz.
board_cpu     := cortex-m3
board_machine := mps2-an385
board_special := runs `make bench`: a timer counts instructions

include boards/common/cortex-m.mk
