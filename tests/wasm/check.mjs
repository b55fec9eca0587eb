// SPDX-License-Identifier: MIT
// What `make wasm` builds, as a program uses it. Prints TAP.
//
//	node check.mjs MODULE LEAST
//
// MODULE: names.c with the archive. LEAST: malloc and free alone, after wasm-opt.
import { readFileSync } from "node:fs";

const LEAST_BYTES = 3072;
const PAGE = 65536;
const [program, least] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(program));

const tests = {
	"the module has no imports": () => WebAssembly.Module.imports(module).length === 0,
	"malloc and its kin do what C says": () => {
		const line = new WebAssembly.Instance(module).exports.names();

		return line === 0 || `names.c:${line}`;
	},
	"the first block takes one page of memory at most": () => {
		const { memory, block } = new WebAssembly.Instance(module).exports;
		const before = memory.buffer.byteLength;

		return block(1) !== 0 && memory.buffer.byteLength <= before + PAGE;
	},
	"memory that the host has grown is the host's": () => {
		const { memory, block } = new WebAssembly.Instance(module).exports;
		const pages = memory.grow(2);

		for (let i = 0; i < 100; i++) {
			const at = block(5000) >>> 0;

			if (at + 5000 > pages * PAGE && at < (pages + 2) * PAGE)
				return `a block at ${at}`;
		}
		return true;
	},
	[`malloc and free take no more than ${LEAST_BYTES} bytes`]: () => {
		const bytes = readFileSync(least).length;

		return bytes <= LEAST_BYTES || `they take ${bytes}`;
	},
};

const names = Object.keys(tests);
let failed = 0;

console.log(`TAP version 13\n1..${names.length}`);
names.forEach((name, i) => {
	let result;

	try {
		result = tests[name]();
	} catch (error) {
		result = error.stack;
	}
	if (result !== true)
		console.log(`# ${result}`);
	failed |= result !== true;
	console.log(`${result === true ? "ok" : "not ok"} ${i + 1} - ${name}`);
});
process.exitCode = failed;
