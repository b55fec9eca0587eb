# SPDX-License-Identifier: MIT
# mica: one core, many machines. `make help` lists what can be done.
#
# BOARD=<name> builds for boards/<name>, CROSS=<triplet> for another Linux;
# neither builds for this machine. Everything built lands in build/<target>/.

BOARD ?=
CROSS ?=
O ?= -O2
V ?=

# No board, no start code: what is called so there has another name without one.
ifeq ($(BOARD),wasm)
.PHONY: all lib bench size
all lib: wasm
bench: bench-wasm
size: wasm-size
wasm bench-wasm wasm-size:
	@$(MAKE) --no-print-directory BOARD= $@
else

target  := $(or $(BOARD),$(CROSS),host)
build   := build/$(target)

CC      := $(if $(CROSS),$(CROSS)-gcc,gcc)
CXX     := $(if $(CROSS),$(CROSS)-g++,g++)
AR      := $(if $(CROSS),$(CROSS)-ar,ar)
LD      := $(if $(CROSS),$(CROSS)-ld,ld)
OBJCOPY := $(if $(CROSS),$(CROSS)-objcopy,objcopy)
NM      := $(if $(CROSS),$(CROSS)-nm,nm)
SIZE    := $(if $(CROSS),$(CROSS)-size,size)
port    := linux

# A board names its compiler, CPU flags, port and how QEMU runs it.
ifneq ($(BOARD),)
include boards/$(BOARD)/board.mk
endif

warnings := -Wall -Wextra -Wshadow -Wconversion -Wundef -Wmissing-prototypes \
	-Wstrict-prototypes -Wpointer-arith -Wvla
cflags   := -std=gnu11 $(O) -g $(warnings) $(WERROR) -ffreestanding -fno-common \
	-fvisibility=hidden -ffunction-sections -fdata-sections \
	$(board_cflags) $(EXTRA_CFLAGS)
includes := -Iinclude -Iport/$(port) $(if $(BOARD),-Iboards/$(BOARD))

core_src := $(sort $(wildcard core/*.c))
port_src := $(sort $(wildcard port/$(port)/*.c))
core_obj := $(core_src:%.c=$(build)/%.o)
port_obj := $(port_src:%.c=$(build)/%.o)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s%s\n' '$(1)' '$(2)')

.PHONY: all lib
.DEFAULT_GOAL := all
all: lib	## build the library for BOARD or this machine

$(build)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(cflags) $(includes) $(flags_$(firstword $(subst /, ,$*))) -MMD -MP -c $< -o $@

# The rooms of the house, each with its own list of what it builds.
include $(sort $(wildcard compat/*.mk tests/*.mk bench/*.mk tools/*.mk))

-include $(shell test -d $(build) && find $(build) -name '*.d')

endif
