# SPDX-License-Identifier: MIT
# Ruby at work: objects, hashes, strings, blocks; a checksum.
state = 12_345
number = -> { state = (state * 1_103_515_245 + 12_345) & 0x7fffffff }

Record = Struct.new(:key, :words, :total)
records = Array.new(80_000) do |i|
  words = Array.new(8) { format("%x-%d-and-some-more-text", number.call, i) }
  Record.new(i, words, words.sum(&:length))
end
groups = records.group_by { |r| r.words.first[0, 2] }
lines = groups.sort.map do |key, list|
  key + ":" + list.map { |r| r.words.join(",").upcase }.join("\n")
end
index = Hash.new { |hash, key| hash[key] = [] }
lines.each { |line| line.split(/[,\n]/).each { |word| index[word[-40..]] << word } }
puts records.sum(&:total), lines.sum(&:length), index.size
