// SPDX-License-Identifier: MIT
// What `make wasm` builds, as a program uses it. Prints TAP.
//
//	node check.mjs MODULE LEAST RUST THREADS WASM64
//
// MODULE: names.c with the archive. LEAST: malloc and free alone, after wasm-opt.
// RUST: examples/wasm/mica.rs. THREADS, WASM64: names.c with these archives.
import { readFileSync } from "node:fs";

const LEAST_BYTES = 3072;
const PAGE = 65536;
const [program, least, rust, threads, wide] = process.argv.slice(2);
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
	"malloc and its kin do what C says on a shared memory": () => {
		const memory = new WebAssembly.Memory({ initial: 16, maximum: 256, shared: true });
		const module = new WebAssembly.Module(readFileSync(threads));
		const { names, __wasm_init_tls } = new WebAssembly.Instance(module, { env: { memory } }).exports;

		__wasm_init_tls(memory.grow(1) * PAGE);
		const line = names();

		return line === 0 || `names.c:${line}`;
	},
	"malloc and its kin do what C says in wasm64": () => {
		const line = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wide))).exports.names();

		return line === 0 || `names.c:${line}`;
	},
	"a Rust program runs, without imports": () => {
		const module = new WebAssembly.Module(readFileSync(rust));
		const { example, grow } = new WebAssembly.Instance(module).exports;

		return WebAssembly.Module.imports(module).length === 0 &&
			example() === 1000789000 && grow(3000000) === 3000000;
	},
	"cabi_realloc does what hosts of components ask": () => {
		const { memory, cabi_realloc } = new WebAssembly.Instance(module).exports;
		const p = cabi_realloc(0, 0, 64, 100);

		new Uint8Array(memory.buffer).fill(7, p, p + 100);
		const q = cabi_realloc(p, 100, 64, 70000);

		if (p % 64 || q % 64 || !new Uint8Array(memory.buffer).slice(q, q + 100).every((b) => b === 7))
			return `${p}, ${q}`;
		if (cabi_realloc(q, 70000, 8, 0) !== 8)
			return "nothing is an aligned address";
		try {
			cabi_realloc(0, 0, 1, 0xfffffff0);
		} catch (error) {
			return error instanceof WebAssembly.RuntimeError;
		}
		return "it does not trap";
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
