# SPDX-License-Identifier: MIT
# Arm MPS2 with FPGA image AN500: a Cortex-M7 at 25 MHz.
board_cpu     := cortex-m7
board_machine := mps2-an500
board_special := the widest of the ARMv7-M cores

include boards/common/cortex-m.mk
