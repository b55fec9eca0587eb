# SPDX-License-Identifier: MIT
# STM32 value line discovery, an STM32F100: a Cortex-M3 at 24 MHz.
board_cpu     := cortex-m3
board_machine := stm32vldiscovery
board_special := the smallest memory

include boards/common/cortex-m.mk
