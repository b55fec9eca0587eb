# SPDX-License-Identifier: MIT
# The layers, proven from include lines and symbols, of a host and of a chip.

.PHONY: core-objects check-layers
core-objects: $(core_obj)

ifeq ($(BOARD),)

layers_chip := $(if $(shell command -v arm-none-eabi-gcc),mps2-an385)

check-layers: $(core_obj) lib	## prove the layers: includes, calls, exports
	$(if $(layers_chip),$(Q)$(MAKE) --no-print-directory \
		BOARD=$(layers_chip) CROSS= core-objects)
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tools/layers.py --build $(build) \
		--cc '$(CC)' --cxx '$(CXX)' --nm '$(NM)' \
		$(if $(layers_chip),--chip build/$(layers_chip) \
			--chip-prefix arm-none-eabi-)

endif
