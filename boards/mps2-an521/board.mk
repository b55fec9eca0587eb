# SPDX-License-Identifier: MIT
# Arm MPS2+ with FPGA image AN521: two Cortex-M33 at 20 MHz, Secure world. They
# run in parallel, so time is not counted in instructions.
board_cpu     := cortex-m33
board_machine := mps2-an521
board_special := two cores; TrustZone as mps2-an505
board_time    := -accel tcg,thread=multi

include boards/common/cortex-m.mk
