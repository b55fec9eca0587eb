# SPDX-License-Identifier: MIT
# The demo firmware, on a board under QEMU.

firmware_board := mps2-an385
firmware_arena := 16384

.PHONY: demo-firmware
demo-firmware:	## run the demo firmware on an emulated Cortex-M3
ifeq ($(BOARD),)
	@$(MAKE) --no-print-directory BOARD=$(firmware_board) $@
else
demo-firmware: $(build)/firmware
	@$(board_qemu) -kernel $< -append "$$(test -t 1 && echo color)"

firmware_src   := $(wildcard examples/firmware/*.c) tests/kernel/kernel.c \
	tests/kernel/queue.c tests/kernel/$(board_arch)/cpu.c
flags_examples := -Itests/kernel -Itests/kernel/$(board_arch)
$(call image,$(build)/firmware,$(firmware_src:%.c=$(build)/%.o),\
	-Wl$(comma)--defsym=mica_arena_bytes=$(firmware_arena))
endif
