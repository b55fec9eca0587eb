# SPDX-License-Identifier: MIT
# Arm MPS2+ with FPGA image AN505: a Cortex-M33 at 20 MHz, Secure world.
board_cpu     := cortex-m33
board_machine := mps2-an505
board_special := TrustZone: all runs in the Secure world

include boards/common/cortex-m.mk
