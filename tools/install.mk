# SPDX-License-Identifier: MIT
# make install DESTDIR= PREFIX=: headers, libraries, pkg-config, CMake.

ifeq ($(BOARD),)

PREFIX ?= /usr/local
DESTDIR ?=
LIBDIR ?= lib

install_lib     := $(DESTDIR)$(PREFIX)/$(LIBDIR)
install_include := $(DESTDIR)$(PREFIX)/include/mica
install_cmake   := $(install_lib)/cmake/mica
# port.h is for ports, which are built with the sources.
install_headers := $(filter-out include/mica/port.h,$(wildcard include/mica/*.h))

# What the templates in tools/install leave open.
install_fill = sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(LIBDIR)|g' \
	-e 's|@VERSION@|$(mica_version)|g' -e 's|@SONAME@|$(mica_soname)|g'

.PHONY: install uninstall check-install
install: lib	## install under DESTDIR and PREFIX (/usr/local)
	$(Q)install -d $(install_include) $(install_cmake) $(install_lib)/pkgconfig
	$(Q)install -m 644 $(install_headers) $(install_include)
	$(Q)install -d $(install_include)/mimalloc
	$(Q)install -m 644 $(wildcard compat/mimalloc/mimalloc*.h) \
		$(install_include)/mimalloc
	$(Q)install -m 644 $(build)/libmica.a $(build)/libmica-plain.a $(install_lib)
	$(Q)install -m 755 $(build)/$(mica_real) $(install_lib)
	$(Q)ln -sf $(mica_real) $(install_lib)/$(mica_soname)
	$(Q)ln -sf $(mica_soname) $(install_lib)/libmica.so
	$(Q)for pc in mica mica-plain; do $(install_fill) tools/install/$$pc.pc.in \
		> $(install_lib)/pkgconfig/$$pc.pc; done
	$(Q)for part in mica-config mica-config-version; do \
		$(install_fill) tools/install/$$part.cmake.in \
		> $(install_cmake)/$$part.cmake; done
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))

uninstall:	## remove what install put there
	$(Q)rm -rf $(install_include) $(install_cmake)
	$(Q)rm -f $(addprefix $(install_lib)/,libmica.a libmica-plain.a libmica.so \
		$(mica_soname) $(mica_real) pkgconfig/mica.pc \
		pkgconfig/mica-plain.pc)

check-install: lib	## build programs against an installed copy
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tools/install/check.py \
		--build $(build) --cc '$(CC)'

endif
