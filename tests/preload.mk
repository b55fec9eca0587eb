# SPDX-License-Identifier: MIT
# The hosted libraries under real programs: preloaded, linked, static, musl.

ifeq ($(BOARD),)

# Another CPU's programs run in QEMU; musl is there for this machine only.
preload_musl := $(if $(CROSS),,$(if $(shell command -v musl-gcc),lib-musl))

.PHONY: check-preload
check-preload: lib $(preload_musl)	## test the libraries under small programs
	$(Q)python3 tests/preload/run.py --build $(build) --cc '$(CC)' \
		--cxx '$(CXX)' $(if $(CROSS),--cross $(CROSS)) \
		$(if $(preload_musl),--musl musl-gcc) $(TESTS)

endif
