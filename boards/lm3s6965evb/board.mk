# SPDX-License-Identifier: MIT
# Stellaris LM3S6965 evaluation board: a Cortex-M3.
board_cpu     := cortex-m3
board_machine := lm3s6965evb
board_special := 64 KiB in all, as many small chips have

include boards/common/cortex-m.mk
