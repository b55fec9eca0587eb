// SPDX-License-Identifier: MIT
// The page that shows a heap, opened from disk in Chromium and used as a person
// does: by clicks. Prints TAP; what it looks like is written beside it.
//
//	node page.mjs PAGE FOLDER SNAPSHOT ...
//
// FOLDER gets the pictures. SNAPSHOT: written by mica, of a process and a firmware.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Chromium } from "./browser.mjs";

const LIMIT_MS = 170000;
const [pagePath, folder, ...snapshots] = process.argv.slice(2);
const browser = new Chromium([]);
const complaints = [];

browser.onevent = ({ method, params }) => {
	if (method === "Runtime.exceptionThrown")
		complaints.push(params.exceptionDetails.exception?.description);
	if (method === "Runtime.consoleAPICalled" && params.type === "error")
		complaints.push(JSON.stringify(params.args));
};

const text = (id) => browser.evaluate(`document.getElementById("${id}")?.textContent ?? null`);
const counter = (id) => text(`counter-${id}`);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(what, expression) {
	for (let i = 0; i < 300; i++) {
		if (await browser.evaluate(expression))
			return;
		await pause(100);
	}
	throw new Error(`it never came to be: ${what}`);
}

// A sum of all dots; and how many colours there are.
const dots = (id) => browser.evaluate(`(() => {
	const canvas = document.getElementById("${id}");
	if (!canvas.width || !canvas.height)
		return { sum: 0, colours: 0 };
	const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
	const colours = new Set();
	let sum = 0;

	for (let i = 0; i < data.length; i += 4) {
		const colour = data[i] << 16 | data[i + 1] << 8 | data[i + 2];

		colours.add(colour);
		sum = (Math.imul(sum, 31) + colour) | 0;
	}
	return { sum, colours: colours.size };
})()`);

const middle = (id) => browser.evaluate(`(() => {
	const box = document.getElementById("${id}").getBoundingClientRect();

	return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
})()`);

async function mouse(point, ...types) {
	for (const type of types)
		await browser.send("Input.dispatchMouseEvent", { type, ...point,
			button: type === "mouseMoved" ? "none" : "left", clickCount: 1 });
}

async function click(id) {
	await mouse(await middle(id), "mouseMoved", "mousePressed", "mouseReleased");
}

// A key in a list of choices takes the next one.
async function choose(id, value) {
	await browser.evaluate(`(() => {
		const list = document.getElementById("${id}");

		list.value = "${value}";
		list.dispatchEvent(new Event("change"));
	})()`);
}

async function give(files) {
	const { root } = await browser.send("DOM.getDocument");
	const { nodeId } = await browser.send("DOM.querySelector", { nodeId: root.nodeId, selector: "#file" });

	await browser.send("DOM.setFileInputFiles", { nodeId, files: files.map((f) => resolve(f)) });
}

async function drop(file) {
	const data = { items: [], files: [resolve(file)], dragOperationsMask: 1 };

	for (const type of ["dragEnter", "dragOver", "drop"])
		await browser.send("Input.dispatchDragEvent", { type, x: 300, y: 400, data });
}

async function picture(name) {
	const { data } = await browser.send("Page.captureScreenshot", { format: "png" });

	writeFileSync(join(folder, name), Buffer.from(data, "base64"));
}

async function dark(is) {
	await browser.send("Emulation.setEmulatedMedia",
		{ features: [{ name: "prefers-color-scheme", value: is ? "dark" : "light" }] });
}

function equal(a, b, what) {
	if (a !== b)
		throw new Error(`${what}: ${JSON.stringify(a)}, expected ${JSON.stringify(b)}`);
}

function check(is, what) {
	if (!is)
		throw new Error(what);
}

// As the page writes them.
const bytesText = (n) => browser.evaluate(`bytesText(${n})`);
const operations = async () => Number((await counter("operations")).replaceAll(",", ""));
const problem = () => browser.evaluate(`document.getElementById("problem").hidden ? "" : document.getElementById("problem").textContent`);
const shownFile = (name) => `document.getElementById("source").textContent.startsWith(${JSON.stringify(name)})`;

async function spoilt(what, change, words) {
	const file = join(folder, "spoilt.json");
	const before = [await text("source"), await dots("map")];

	writeFileSync(file, change(readFileSync(snapshots[0], "utf8")));
	await give([file]);
	await until(`a word about ${what}`, `document.getElementById("problem").textContent.includes(${JSON.stringify(words)})`);
	equal(JSON.stringify([await text("source"), await dots("map")]), JSON.stringify(before), `after ${what}`);
}

const tests = {
	"it opens from disk, with mica in it": async () => {
		await browser.open(pathToFileURL(resolve(pagePath)).href, 1440, 900);
		await until("ready", `document.documentElement?.dataset.ready === "yes" || document.getElementById("problem")?.hidden === false`);
		equal(await problem(), "", "the problem shown");
		equal(await counter("operations"), "0", "operations");
	},
	"a click on Run has a workload run, drawn live": async () => {
		const before = [await dots("map"), await dots("curve"), await counter("memory")];

		await click("run");
		await until("ten thousand operations", `Number(document.getElementById("counter-operations").textContent.replaceAll(",", "")) > 10000`);
		equal(await text("run"), "Pause", "the button");
		const first = await dots("map");

		await until("another picture", `Number(document.getElementById("counter-operations").textContent.replaceAll(",", "")) > 12000`);
		check((await dots("map")).sum !== first.sum, "the map stays as it is");
		check((await dots("map")).colours > before[0].colours + 10, "the map has no colours");
		check((await dots("curve")).sum !== before[1].sum, "the curve stays as it is");
		check(await counter("memory") !== before[2], "memory did not grow");
	},
	"another click pauses it": async () => {
		await click("run");
		await pause(200);
		const before = await operations();

		await pause(500);
		equal(await operations(), before, "operations");
		equal(await text("run"), "Run", "the button");
		await picture("live.png");
	},
	"Step goes on by as many steps as are set": async () => {
		const before = await operations();

		await click("step");
		const steps = await browser.evaluate("stepsOfFrame()");
		const done = await operations() - before;

		check(done >= steps && done <= 2 * steps, `${done} operations in ${steps} steps`);
	},
	"pointing at something tells what it is": async () => {
		const { x } = await middle("map");
		const y = await browser.evaluate(`document.getElementById("map").getBoundingClientRect().y + TITLE + ROW / 2`);

		await mouse({ x, y }, "mouseMoved");
		check(/ at 0x[0-9a-f]+/.test(await text("detail")), await text("detail"));
		await mouse({ x: 5, y: 5 }, "mouseMoved");
	},
	"Free all leaves nothing live": async () => {
		await click("free");
		equal(await counter("live_blocks"), "0", "live blocks");
		equal(await counter("asked"), "0 B", "asked for");
	},
	"every workload runs": async () => {
		const names = await browser.evaluate("page.live.works.map((w) => w.name)");

		check(names.length >= 5, names.join());
		for (const name of names) {
			await choose("work", name);
			equal(await counter("operations"), "0", `operations of ${name}`);
			for (let i = 0; i < 20; i++)
				await click("step");
			check(await operations() >= 200, `${name} did ${await operations()}`);
			check(await counter("live_blocks") !== "0", `${name} has no blocks`);
			equal(await counter("failures"), null, `failed requests of ${name}`);
		}
	},
	...Object.fromEntries(snapshots.map((file, i) => [`it shows ${basename(file)}, given by ${i ? "dropping it" : "a file dialog"}`, async () => {
		const doc = JSON.parse(readFileSync(file, "utf8"));
		const before = await dots("map");

		await (i ? drop(file) : give([file]));
		await until("the file's name", shownFile(basename(file)));
		equal(await problem(), "", "the problem shown");
		equal(await counter("live_bytes"), await bytesText(doc.counters.live_bytes), "live bytes");
		equal(await counter("pages"), doc.counters.pages.toLocaleString("en"), "pages");
		equal(await browser.evaluate("page.map.rows.length && new Set(page.map.rows.map((r) => r.region)).size"),
			doc.regions.length, "regions drawn");
		check((await dots("map")).sum !== before.sum, "the map stays as it is");
		equal(await browser.evaluate("Object.values(snapshotShares(page.doc)).reduce((a, b) => a + b)"),
			doc.counters.reserved, "the bytes that the bar shows");
		await picture(`${basename(file, ".json")}.png`);
	}])),
	"a page's colour is its class, and as high as it is full": async () => {
		await give([snapshots[0]]);
		await until("the file's name", shownFile(basename(snapshots[0])));
		const wrong = await browser.evaluate(`(() => {
			const { map } = page, context = map.canvas.getContext("2d"), wrong = [];
			let seen = 0;

			for (const row of map.rows.filter((r) => !r.fold))
				for (const run of row.region.runs) {
					const x = map.x(row, run.at) + 2;

					if (run.kind !== "page" || run.at < row.from || map.x(row, run.at + run.bytes) < x + 4)
						continue;
					const { data } = context.getImageData(x, row.y, 1, map.high);
					const colours = Array.from({ length: map.high }, (_, y) =>
						hexColour(data[4 * y] << 16 | data[4 * y + 1] << 8 | data[4 * y + 2]));
					const full = colours.filter((c) => c === sizeColour(run.block_bytes)).length;

					seen++;
					if (Math.abs(full - map.high * run.used / run.capacity) > 1)
						wrong.push([run.at, run.used, run.capacity, full, map.high]);
				}
			return seen > 50 ? wrong.join("; ") : "only " + seen + " pages";
		})()`);

		equal(wrong, "", "pages that are not");
	},
	"what cannot be shown changes nothing, and is named": async () => {
		await spoilt("no JSON", (s) => s.slice(0, -40), "not JSON");
		await spoilt("another document", () => "{}", "no snapshot");
		await spoilt("a later format", (s) => s.replace('"mica_snapshot": 1', '"mica_snapshot": 2'), "format 2");
		await spoilt("a gap", (s) => s.replace(/"runs": \[\n\{"at": \d+/, '"runs": [\n{"at": 7'), "does not begin at");
		await spoilt("a kind", (s) => s.replace('"kind": "free"', '"kind": "none"'), 'its kind is "none"');
		await spoilt("a counter", (s) => s.replace('"live_bytes": ', '"live_bytes": -'), "no counter live_bytes");
		await spoilt("a page too full", (s) => s.replace(/"used": \d+, "settled"/, '"used": 99999999, "settled"'), "more blocks live");
	},
	"and back to the live heap": async () => {
		await click("live");
		check((await text("source")).startsWith("live in this page"), await text("source"));
		equal(await problem(), "", "the problem shown");
		const before = await operations();

		await click("step");
		check(await operations() > before, "it does not go on");
	},
	"it follows the system when that turns dark": async () => {
		await dark(false);
		const light = await browser.evaluate("getComputedStyle(document.body).backgroundColor");

		await choose("work", "requests");
		await click("run");
		await until("some work", `Number(document.getElementById("counter-operations").textContent.replaceAll(",", "")) > 150000`);
		await click("run");
		await picture("light.png");
		await dark(true);
		await pause(200);
		check(await browser.evaluate("getComputedStyle(document.body).backgroundColor") !== light, "as light as before");
		await picture("dark.png");
	},
	"nothing went wrong that only the console tells": async () => {
		equal(complaints.join("\n"), "", "complaints");
	},
};

const names = Object.keys(tests);
const late = setTimeout(() => {
	console.log(`# it took too long\n${browser.said.replace(/^/gm, "# ")}`);
	browser.process.kill("SIGKILL");
}, LIMIT_MS);
let failed = 0;

console.log(`TAP version 13\n1..${names.length}`);
for (const [i, name] of names.entries()) {
	try {
		await tests[name]();
		console.log(`ok ${i + 1} - ${name}`);
	} catch (error) {
		failed = 1;
		console.log(`# ${error.message.replace(/\n/g, "\n# ")}\nnot ok ${i + 1} - ${name}`);
	}
}
clearTimeout(late);
await browser.close();
process.exit(failed);
