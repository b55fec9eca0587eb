# SPDX-License-Identifier: MIT
# `make help`: every rule that carries `## text`, by what it is for.
#
# The text stays beside its rule, in whatever fragment that is; a target's name
# decides on the group. Variables: colour=1 on a terminal.

function group_of(target)
{
	if (target ~ /^demo/)
		return 1
	if (target ~ /^(all|lib|install|uninstall|amalgamation)/)
		return 2
	if (target ~ /^(check|soak|mutants|model)/)
		return 3
	if (target ~ /^(bench|siz(e|ing))/)
		return 4
	return 5
}

function paint(text, code)
{
	return colour ? "\033[" code "m" text "\033[0m" : text
}

BEGIN {
	split("See it work,Build and install,Test,Measure,The rest", title, ",")
}

/^[a-z][a-z0-9-]*:.*##/ && !seen[$0]++ {
	target = text = $0
	sub(/:.*/, "", target)
	sub(/.*##[ \t]*/, "", text)
	if (length(target) > width)
		width = length(target)
	group = group_of(target)
	line[group, ++count[group]] = target SUBSEP text
}

END {
	print paint("mica", 1) ": one allocator core, from a microcontroller to a Linux server"
	for (g = 1; g <= 5; g++) {
		if (!count[g])
			continue
		print "\n" paint(title[g], 1)
		for (n = 1; n <= count[g]; n++) {
			split(line[g, n], part, SUBSEP)
			printf "  %s%*s  %s\n", paint("make " part[1], 36), \
				width - length(part[1]), "", part[2]
		}
	}
	print "\n" paint("Settings", 1)
	printf "  %-*s  %s\n", width + 5, "BOARD=name", "for a board (`make boards` lists them) instead of this machine"
	printf "  %-*s  %s\n", width + 5, "CROSS=triplet", "for another Linux, such as aarch64-linux-gnu"
	printf "  %-*s  %s\n", width + 5, "O=-Os", "another optimisation level than -O2"
	printf "  %-*s  %s\n", width + 5, "V=1", "show the commands"
}
