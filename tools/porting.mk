# SPDX-License-Identifier: MIT
# The walk through a new board in docs/porting.md, followed word for word.

.PHONY: check-porting
check-porting:
	@python3 tools/porting_check.py
