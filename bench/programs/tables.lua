-- SPDX-License-Identifier: MIT
-- Lua at work: tables, closures and strings that come and go; a checksum.
local state = 12345
local function number()
	state = (state * 1103515245 + 12345) & 0x7fffffff
	return state
end

local function tree(depth)
	if depth == 0 then return { number() } end
	return { tree(depth - 1), tree(depth - 1), number() }
end

local function sum(node)
	if #node == 1 then return node[1] % 7 end
	return sum(node[1]) + sum(node[2]) + node[3] % 7
end

local total, keep = 0, {}
for round = 1, 45 do
	keep[round % 4] = tree(13)
	total = total + sum(keep[round % 4])
end

local texts = {}
for i = 1, 1000000 do
	local key = "k" .. number() % 20000
	texts[key] = (texts[key] or ""):sub(-60) .. string.format("%x", number())
end
local keys = {}
for key in pairs(texts) do keys[#keys + 1] = key end
table.sort(keys)
for i, key in ipairs(keys) do total = total + i % 13 * #texts[key] end

local adders = {}
for i = 1, 900000 do
	adders[i % 5000] = function(x) return x + i end
	total = adders[i % 5000](total) % 1000003
end
print(#keys, total)
