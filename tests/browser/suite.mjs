// SPDX-License-Identifier: MIT
// Runs a module of tests in a browser and prints TAP: all tests in one instance, then
// each death test in one of its own.
//
//	node suite.mjs chromium|firefox MODULE [scale=N]
//
// The browser gets page and module from a server here, and sends back what is printed.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Browser } from "./browser.mjs";

const LIMIT_MS = 170000;
const STOPPED = 134;
const [browserName, modulePath, ...words] = process.argv.slice(2);

// In a worker, so that the page can go on sending.
const PAGE = `<!DOCTYPE html><meta charset="utf-8"><title>tests</title><script>
let sending = Promise.resolve();
const send = (message) => {
	sending = sending.then(() => fetch("/told", { method: "POST", body: JSON.stringify(message) }));
};
const worker = new Worker("/worker.js");
worker.onmessage = ({ data }) => send(data);
worker.onerror = (error) => send({ what: "broken", text: error.message });
</script>`;

async function worker(words) {
	const module = await WebAssembly.compileStreaming(fetch("/module.wasm"));

	function run(words, write) {
		const line = new TextEncoder().encode(["tests", ...words].map((w) => w + "\0").join(""));
		const decoder = new TextDecoder();
		let memory;
		const { exports } = new WebAssembly.Instance(module, { test: {
			write: (at, len) => write(decoder.decode(new Uint8Array(memory.buffer, at >>> 0, len))),
		} });

		memory = exports.memory;
		exports.__wasm_call_ctors();
		new Uint8Array(memory.buffer).set(line, exports.test_words() >>> 0);
		try {
			return exports.test_run(line.length);
		} catch (trap) {
			if (trap instanceof WebAssembly.RuntimeError && /^unreachable/.test(trap.message))
				return 134;
			write(`# ${trap}\n${trap.stack.replace(/^/gm, "# ")}\n`);
			return 1;
		}
	}

	function tell(what, words) {
		let text = "";
		const status = run(words, (piece) => {
			text += piece;
			if (what === "tests" && text.endsWith("\n")) {
				postMessage({ what: "text", text });
				text = "";
			}
		});

		postMessage({ what, text, status, words });
		return text;
	}

	const listing = tell("list", ["list"]);

	tell("tests", words);
	for (const [, name] of listing.matchAll(/^# test (\S+) (?!-$)/gm))
		tell("death", [...words, name]);
	postMessage({ what: "end", agent: navigator.userAgent });
}

// ---- TAP ----------------------------------------------------------------------------

const deaths = new Map();	// name: message
let number = 0, failed = 0, rest = "";

function readListing(text) {
	const tests = [...text.matchAll(/^# test (\S+) (.*)$/gm)];

	for (const [, name, message] of tests)
		if (message !== "-")
			deaths.set(name, message);
	console.log(`TAP version 13\n1..${tests.length}`);
}

function readTests(text) {
	const lines = (rest + text).split("\n");

	rest = lines.pop();
	for (const line of lines) {
		if (/^(not )?ok /.test(line))
			number++;
		failed |= line.startsWith("not ok");
		if (!/^(TAP version|1\.\.\d+$)/.test(line))
			console.log(line);
	}
}

// The message about the very pointer, nothing else, and a trap.
function readDeath({ text, status, words }) {
	const name = words.at(-1);
	const skip = text.match(/^ok 1 - .* (# SKIP .*)$/m);
	const [said, expected] = text.match(/^# dies: (.*\n)/m) ?? [];
	const shape = deaths.get(name).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
		.replace("%p", "0x[0-9a-f]+");
	const dies = said && new RegExp(`^${shape}\n$`).test(expected) && status === STOPPED &&
		text.slice(text.indexOf(said) + said.length) === expected;

	number++;
	if (skip || dies) {
		console.log(`ok ${number} - ${name}${skip ? " " + skip[1] : ""}`);
		return;
	}
	failed = 1;
	console.log(`# status ${status}\n${text.replace(/^/gm, "# ")}\nnot ok ${number} - ${name}`);
}

function hear(message) {
	switch (message.what) {
	case "list":
		readListing(message.text);
		break;
	case "text":
		readTests(message.text);
		break;
	case "tests":
		readTests(message.text);
		if (message.status > 1)
			failed = 1;
		break;
	case "death":
		readDeath(message);
		break;
	case "end":
		console.log(`# ${message.agent}`);
		return true;
	default:
		console.log(`# ${message.text}`);
		failed = 1;
		return true;
	}
	return false;
}

// ---- server -------------------------------------------------------------------------

function serve(onend) {
	const files = {
		"/": ["text/html", PAGE],
		"/worker.js": ["text/javascript",
			`(${worker})(${JSON.stringify(words)}).catch((e) => postMessage({ what: "broken", text: String(e) }));`],
		"/module.wasm": ["application/wasm", readFileSync(modulePath)],
	};

	return createServer((request, response) => {
		const [type, body] = files[request.url] ?? [];

		if (request.method === "POST") {
			let text = "";

			request.setEncoding("utf8").on("data", (piece) => { text += piece; });
			request.on("end", () => {
				response.end();
				if (hear(JSON.parse(text)))
					onend(null);
			});
			return;
		}
		response.writeHead(type ? 200 : 404, { "Content-Type": type ?? "text/plain" });
		response.end(body);
	});
}

let browser;
const problem = await new Promise((resolve) => {
	const server = serve(resolve);

	server.unref().listen(0, "127.0.0.1", () => {
		browser = new Browser(browserName, [`http://127.0.0.1:${server.address().port}/`]);
		browser.ended.then(resolve);
		setTimeout(() => resolve("it took too long"), LIMIT_MS).unref();
	});
});

if (problem)
	console.log(`# ${problem}\n${browser.said.replace(/^/gm, "# ")}`);
await browser.close();
process.exit(failed || problem ? 1 : 0);
