# SPDX-License-Identifier: MIT
# What valgrind and AddressSanitizer say of programs on an annotated mica.

ifeq ($(BOARD)$(CROSS),)

.PHONY: check-annotate
check-annotate:	## programs under memcheck and AddressSanitizer
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tests/annotate/run.py \
		--build $(build)/annotate --cc '$(CC)'

endif
