# SPDX-License-Identifier: MIT
# The layers, proven from include lines and symbols.

.PHONY: check-layers
check-layers: $(core_obj) lib	## prove the layers: includes, calls, exports
	$(Q)PYTHONDONTWRITEBYTECODE=1 python3 tools/layers.py --build $(build) \
		--cc '$(CC)' --cxx '$(CXX)' --nm '$(NM)'
