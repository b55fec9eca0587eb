# SPDX-License-Identifier: MIT
# Awk at work: fields, associative arrays, strings that grow; a checksum.
{
	for (i = 1; i <= NF; i += 3) {
		count[$i]++
		place[$i] = (length(place[$i]) < 300 ? place[$i] : "") NR ","
	}
	pair[$1, $2] = NR
}
END {
	for (word in count)
		sum += count[word] * length(place[word])
	for (both in pair) {
		split(both, part, SUBSEP)
		sum += length(part[1]) * pair[both] % 1000
	}
	print NR, length(count), length(pair), sum
}
