// SPDX-License-Identifier: MIT
// Runs a module of tests with threads: as run.mjs does, but on a shared memory, and
// with workers that wait for what the tests give them.
//
//	node workers.mjs MODULE [WORD ...]
import { readFileSync, writeSync } from "node:fs";
import { Worker, isMainThread, workerData } from "node:worker_threads";

const STOPPED = 134, WORKERS = 8, READY = 1, INITIAL_PAGES = 64, MOST_PAGES = INITIAL_PAGES + 16 * 63;

function print(text) {
	const bytes = Buffer.from(text);

	for (let at = 0; at < bytes.length;)
		at += writeSync(1, bytes, at);
}

function instance(module, memory, number) {
	const text = (at, len) => Buffer.from(new Uint8Array(memory.buffer, at >>> 0, len).slice()).toString();
	const { exports } = new WebAssembly.Instance(module, {
		env: { memory },
		test: { write: (at, len) => print(text(at, len)) },
	});

	if (exports.__tls_size.value > exports.worker_tls_bytes())
		throw new Error(`${exports.__tls_size.value} bytes for a thread`);
	exports.__wasm_init_tls(exports.worker_tls(number));
	if (number < WORKERS)
		exports.__stack_pointer.value = exports.worker_stack(number);
	return exports;
}

function trapped(trap) {
	if (!(trap instanceof WebAssembly.RuntimeError) || trap.message !== "unreachable")
		print(`# ${trap.stack}\n`);
	return trap.message === "unreachable" ? STOPPED : 1;
}

function work({ module, memory, number, ready }) {
	const exports = instance(module, memory, number);
	const state = exports.worker_state(number) >>> 2;
	const words = () => new Int32Array(memory.buffer);

	Atomics.add(ready, 0, 1);
	Atomics.notify(ready, 0);
	for (;;) {
		const now = Atomics.load(words(), state);

		if (now !== READY) {
			Atomics.wait(words(), state, now);
			continue;
		}
		try {
			exports.worker_run(number);
		} catch (trap) {
			process.exit(trapped(trap));
		}
	}
}

async function main(words) {
	const module = new WebAssembly.Module(readFileSync(words[0]));
	const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MOST_PAGES, shared: true });
	const exports = instance(module, memory, WORKERS);
	const ready = new Int32Array(new SharedArrayBuffer(4));
	const line = Buffer.from(["tests", ...words.slice(1)].map((w) => w + "\0").join(""));

	for (let number = 0; number < WORKERS; number++)
		new Worker(new URL(import.meta.url), { workerData: { module, memory, number, ready } });
	for (let n; (n = Atomics.load(ready, 0)) < WORKERS;)
		await new Promise((go) => setTimeout(go, 5));
	exports.__wasm_call_ctors();
	new Uint8Array(memory.buffer).set(line, exports.test_words() >>> 0);
	try {
		return exports.test_run(line.length);
	} catch (trap) {
		return trapped(trap);
	}
}

if (isMainThread)
	process.exit(await main(process.argv.slice(2)));
else
	work(workerData);
