# SPDX-License-Identifier: MIT
# Arm MPS3 with FPGA image AN547: a Cortex-M55 at 32 MHz, Secure world.
board_cpu     := cortex-m55
board_machine := mps3-an547
board_special := TrustZone as mps2-an505

include boards/common/cortex-m.mk
