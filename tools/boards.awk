# SPDX-License-Identifier: MIT
# `make boards`: one line for each board, from its board.mk and board.h: name,
# CPU, RAM, what is special.

function hex(text,   value, i)
{
	text = tolower(text)
	if (text !~ /^0x/)
		return text + 0
	for (i = 3; i <= length(text); i++)
		value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return value
}

function size(bytes)
{
	return bytes < 1048576 ? bytes / 1024 " KiB" : bytes / 1048576 " MiB"
}

FNR == 1 {
	split(FILENAME, part, "/")
	board = part[2]
	if (!(board in known)) {
		known[board] = 1
		name[++count] = board
	}
}

$1 == "board_cpu" { cpu[board] = $3 }
$1 == "board_special" { special[board] = substr($0, index($0, ":=") + 3) }
$2 == "BOARD_RAM_BYTES" { ram[board] = size(hex($3)) }

END {
	for (n = 1; n <= count; n++) {
		board = name[n]
		if (length(board) > wide)
			wide = length(board)
		if (length(cpu[board]) > wide_cpu)
			wide_cpu = length(cpu[board])
	}
	for (n = 1; n <= count; n++) {
		board = name[n]
		printf "%-*s  %-*s  %7s  %s\n", wide, board, wide_cpu, \
			cpu[board], ram[board], special[board]
	}
}
