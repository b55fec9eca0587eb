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

# The same on other CPUs, one after the other.
preload_crosses := aarch64-linux-gnu arm-linux-gnueabihf i686-linux-gnu \
	riscv64-linux-gnu s390x-linux-gnu

.PHONY: check-preload-cross
check-preload-cross:	## the same on five other CPUs
	$(Q)failed=; for cross in $(preload_crosses); do \
		$(MAKE) --no-print-directory CROSS=$$cross check-preload || \
		failed=1; \
	done; test -z "$$failed"

endif
