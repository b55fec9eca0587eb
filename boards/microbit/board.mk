# SPDX-License-Identifier: MIT
# BBC micro:bit, an nRF51822: a Cortex-M0 at 16 MHz.
board_cpu     := cortex-m0
board_machine := microbit
board_special := no compare-and-swap, no interrupt above the guard

include boards/common/cortex-m.mk
