# SPDX-License-Identifier: MIT
# The front page, and the way back to a fresh tree.

.PHONY: help boards clean
help:	## this page
	@awk -v colour=$$(test -t 1 && echo 1 || echo 0) \
		-f tools/help.awk $(sort $(filter-out %.d,$(MAKEFILE_LIST)))

boards:	## the boards: name, CPU, RAM, what is special
	@awk -f tools/boards.awk boards/*/board.mk boards/*/board.h

clean:	## remove everything that was built
	$(Q)rm -rf build
