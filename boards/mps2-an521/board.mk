# SPDX-License-Identifier: MIT
# Arm MPS2+ with FPGA image AN521: two Cortex-M33 at 20 MHz, Secure world.
board_cpu     := cortex-m33
board_machine := mps2-an521
board_special := TrustZone as mps2-an505

include boards/common/cortex-m.mk
