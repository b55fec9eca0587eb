# SPDX-License-Identifier: MIT
# mica as two files, for whoever wants no build system but his own.

amalgamated := build/amalgamation/mica.c build/amalgamation/mica.h

.PHONY: amalgamation check-amalgamation run-amalgamation
amalgamation: $(amalgamated)	## mica.c and mica.h, one file each, to drop in

$(amalgamated) &: tools/amalgamate.py compat/libc/thread.c \
		compat/libc/alias.c compat/libc/alias.h compat/libc/start.c \
		compat/libc/snapshot.c compat/libc/snapshot.h \
		$(wildcard include/mica/*.h core/*.[ch] port/*.h port/*/*.[ch])
	$(call say,PY,$(amalgamated))
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 $< build/amalgamation

ifeq ($(BOARD),)

check-amalgamation: amalgamation	## compile and run the two files as such
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tools/amalgamate_check.py \
		build/amalgamation --cc '$(CC)' --cxx '$(CXX)'

else

# A firmware of start code, the two files, and a program.
amalgamation_obj := $(build)/amalgamation/mica.o $(build)/amalgamation/test.o

$(build)/amalgamation/mica.o: build/amalgamation/mica.c $(amalgamated)
$(build)/amalgamation/test.o: tools/amalgamate_test.c $(amalgamated)
$(amalgamation_obj):
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -std=gnu11 $(O) $(warnings) -Werror -ffreestanding \
		-ffunction-sections -fdata-sections $(board_cflags) \
		-Ibuild/amalgamation -Iboards/$(BOARD) -c $< -o $@

$(build)/amalgamation.elf: $(amalgamation_obj) $(board_obj) $(board_ld)
	$(call say,LD,$@)
	$(Q)$(CC) $(board_ldflags) $(filter %.o,$^) -lgcc -o $@

run-amalgamation: $(build)/amalgamation.elf
	$(Q)timeout 60 $(board_qemu) -kernel $<

endif
