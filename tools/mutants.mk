# SPDX-License-Identifier: MIT
# Seeded faults in the core, each of which a test must catch.

.PHONY: mutants
mutants:	## replay the seeded faults; every one must be caught
	@python3 tools/mutants/run.py $(MUTANTS)
