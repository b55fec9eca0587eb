// SPDX-License-Identifier: MIT
// Runs programs under node's WASI; status 0 is a pass. Prints TAP.
//
//	node wasi.mjs MODULE ...
import { readFileSync } from "node:fs";

// Node warns of WASI itself; that is no failure.
process.removeAllListeners("warning");
const { WASI } = await import("node:wasi");

function run(module) {
	const wasi = new WASI({ version: "preview1", returnOnExit: true });
	const imports = {
		wasi_snapshot_preview1: wasi.wasiImport,
		env: { emscripten_notify_memory_growth: () => {} },
	};

	return wasi.start(new WebAssembly.Instance(module, imports));
}

const files = process.argv.slice(2);
let failed = 0;

console.log(`TAP version 13\n1..${files.length}`);
files.forEach((file, i) => {
	const module = new WebAssembly.Module(readFileSync(file));
	const name = file.replace(/.*\//, "").replace(".wasm", "");
	const status = run(module);

	if (status)
		console.log(`# it ended with status ${status}`);
	failed |= status;
	console.log(`${status ? "not ok" : "ok"} ${i + 1} - ${name} runs on mica`);
});
process.exitCode = failed;
