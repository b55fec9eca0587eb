// SPDX-License-Identifier: MIT
// Times and memory of allocators in WebAssembly, all of them in one process, taking
// turns.
//
//	node run.mjs [--json FILE] [--rounds N] REFERENCE=MODULE NAME=MODULE ... -- NAME=BYTES,GZIPPED ...
//
// Time: of the processor, the least of N rounds, as a ratio to the first module's. Memory: what it
// grew to, less what the same program has without an allocator (module `none`), over
// the most that the program had live.
import { readFileSync, writeFileSync } from "node:fs";

const WORK = ["pair16", "mixed10k", "larson20k", "realloc_geo", "fill", "fragment", "large"];
const PAGE = 65536;

function options(words) {
	const o = { rounds: 60, json: null, modules: [], sizes: {} };
	let behind = false;

	while (words.length) {
		const word = words.shift();

		if (word === "--json")
			o.json = words.shift();
		else if (word === "--rounds")
			o.rounds = Number(words.shift());
		else if (word === "--")
			behind = true;
		else if (behind)
			o.sizes[word.split("=")[0]] = word.split("=")[1].split(",").map(Number);
		else
			o.modules.push(word.split("="));
	}
	return o;
}

// What a module may import: nothing that an allocator calls while all goes well.
function instance(module) {
	const imports = {};

	for (const { module: from, name } of WebAssembly.Module.imports(module)) {
		imports[from] ??= {};
		imports[from][name] = () => 0;
	}
	const { exports } = new WebAssembly.Instance(module, imports);

	exports._initialize?.();
	return exports;
}

const base = (exports) => exports.__heap_base.value;

function memoryOver(module, work, bare) {
	const exports = instance(module);

	exports.run(WORK.indexOf(work));
	return (exports.memory.buffer.byteLength - bare) / exports.peak_live();
}

// Memory above __heap_base when there is a first block.
function smallest(module) {
	const exports = instance(module);

	exports.block(16);
	return exports.memory.buffer.byteLength - base(exports);
}

function time(exports, k) {
	const begin = process.cpuUsage();

	exports.run(k);
	const { user, system } = process.cpuUsage(begin);

	return (user + system) / 1000;
}

function leastTimes(allocators, rounds) {
	const live = allocators.map(({ name, module }) => ({ name, exports: instance(module), least: {} }));

	for (let round = 0; round < rounds; round++)
		for (const work of WORK)
			for (const { exports, least } of live) {
				const ms = time(exports, WORK.indexOf(work));

				least[work] = Math.min(least[work] ?? Infinity, ms);
			}
	return live;
}

const o = options(process.argv.slice(2));
const all = o.modules.map(([name, file]) => ({ name, module: new WebAssembly.Module(readFileSync(file)) }));
const bare = base(instance(all.find(({ name }) => name === "none").module));
const allocators = all.filter(({ name }) => name !== "none");
const timed = leastTimes(allocators, o.rounds);
const rows = allocators.map(({ name, module }, i) => ({
	allocator: name,
	bytes: o.sizes[name]?.[0] ?? null,
	gzipped: o.sizes[name]?.[1] ?? null,
	time: Object.fromEntries(WORK.map((w) => [w, timed[i].least[w] / timed[0].least[w]])),
	ms: timed[i].least,
	memory: Object.fromEntries(WORK.filter((w) => w !== "pair16")
		.map((w) => [w, memoryOver(module, w, bare)])),
	smallest: smallest(module),
}));

const fixed = (x) => (x === null ? "-" : x.toFixed(2));
const heads = ["allocator", "bytes", "gzip", ...WORK, "| memory:", "mixed10k", "larson20k", "16 B", "large", "smallest"];
const lines = rows.map((r) => [r.allocator, String(r.bytes ?? "-"), String(r.gzipped ?? "-"),
	...WORK.map((w) => fixed(r.time[w])), "|", fixed(r.memory.mixed10k),
	fixed(r.memory.larson20k), fixed(r.memory.fill), fixed(r.memory.large), `${(r.smallest / 1024).toFixed(0)} KiB`]);
const widths = heads.map((h, i) => Math.max(h.length, ...lines.map((l) => l[i].length)));

console.log(`node ${process.version}, least of ${o.rounds} rounds, times as ratios to ${rows[0].allocator}`);
for (const line of [heads, ...lines])
	console.log("  " + line.map((c, i) => (i ? c.padStart(widths[i]) : c.padEnd(widths[i]))).join("  "));
if (o.json)
	writeFileSync(o.json, rows.map((r) => JSON.stringify({ node: process.version, ...r }) + "\n").join(""));
