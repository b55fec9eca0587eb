# SPDX-License-Identifier: MIT
# The front page, and the way back to a fresh tree.

help_boards = $(filter-out common,$(notdir $(patsubst %/board.mk,%,$(wildcard boards/*/board.mk))))

.PHONY: help clean
help:	## this page
	@awk -v boards=" $(help_boards)" -v colour=$$(test -t 1 && echo 1 || echo 0) \
		-f tools/help.awk $(sort $(filter-out %.d,$(MAKEFILE_LIST)))

clean:	## remove everything that was built
	$(Q)rm -rf build
