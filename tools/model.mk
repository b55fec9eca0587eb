# SPDX-License-Identifier: MIT
# The protocol of remote frees and abandoned pages, searched by spin.

ifeq ($(BOARD)$(CROSS),)

.PHONY: model
model:	## search the model of remote frees and abandoned pages
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tools/model.py build/model \
		--cc '$(CC)'

endif
