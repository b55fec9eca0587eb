// SPDX-License-Identifier: MIT
// Runs a module of tests, as a program would run: words in, TAP and a status out.
//
//	node run.mjs [--fresh] MODULE [WORD ...]
//
// --fresh: each test in an instance of its own, whose memory has not grown yet.
// A trap that the module means (a fault was reported) ends with status 134.
import { readFileSync, writeSync } from "node:fs";

const STOPPED = 134;

function print(text) {
	const bytes = Buffer.from(text);

	for (let at = 0; at < bytes.length;)
		at += writeSync(1, bytes, at);
}

// Addresses and lengths of wasm64 come as BigInt.
const place = (x) => (typeof x === "bigint" ? Number(x) : x >>> 0);

function run(module, words, write) {
	let memory;
	const decoder = new TextDecoder();
	const text = (at, len) => decoder.decode(new Uint8Array(memory.buffer, place(at), place(len)).slice());
	const instance = new WebAssembly.Instance(module, {
		test: { write: (at, len) => write(text(at, len)) },
	});
	const { test_words, test_run } = instance.exports;
	const line = new TextEncoder().encode(words.map((w) => w + "\0").join(""));

	memory = instance.exports.memory;
	instance.exports.__wasm_call_ctors();
	const words64 = typeof test_words() === "bigint";

	new Uint8Array(memory.buffer).set(line, place(test_words()));
	try {
		return test_run(words64 ? BigInt(line.length) : line.length);
	} catch (trap) {
		if (!(trap instanceof WebAssembly.RuntimeError) || trap.message !== "unreachable")
			write(`# ${trap.stack}\n`);
		return trap.message === "unreachable" ? STOPPED : 1;
	}
}

function runFresh(module, words) {
	let listing = "", failed = 0, number = 0;

	run(module, ["tests", "list"], (text) => { listing += text; });
	const names = [...listing.matchAll(/^# test (\S+) -$/gm)].map((m) => m[1]);
	print(`TAP version 13\n1..${names.length}\n`);
	for (const name of names) {
		let output = "";
		const status = run(module, [...words, name], (text) => { output += text; });

		number++;
		failed |= status;
		print(output.replace(/^TAP version 13\n1\.\.\d+\n/, "")
			.replace(/^(not )?ok 1 /m, `$1ok ${number} `));
	}
	return failed;
}

const args = process.argv.slice(2);
const fresh = args[0] === "--fresh" && !!args.shift();
const module = new WebAssembly.Module(readFileSync(args[0]));
const words = ["tests", ...args.slice(1)];
const named = words.slice(1).some((word) => !word.startsWith("scale="));

process.exitCode = fresh && !named ? runFresh(module, words) : run(module, words, print);
