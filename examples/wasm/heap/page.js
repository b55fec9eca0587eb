// SPDX-License-Identifier: MIT
// The page: controls, and one way to show a heap, whether live or loaded.
"use strict";

const $ = (id) => document.getElementById(id);
const page = {
	live: null,		// LiveHeap
	running: false,
	file: null,		// { name, doc, text }: the snapshot shown instead
	map: new HeapMap($("map")),
	curve: new Curve($("curve")),
	colours: theme(),
	doc: null,		// as shown, and its text
	text: "",
};

const stepsOfFrame = () => 2 ** Number($("speed").value);

// ---- showing --------------------------------------------------------------------------

// Down to the window's end, but for the line below it. More has a bar to scroll by.
function mapRoom() {
	const scroll = $("map-scroll");
	const room = Math.max(380, window.innerHeight - window.scrollY -
		scroll.getBoundingClientRect().top - 64);

	scroll.style.maxHeight = `${room}px`;
	return room;
}

function show(doc) {
	page.doc = doc;
	showCounters(doc);
	page.map.draw(doc, mapRoom());
	showScale();
	showClasses(doc);
	drawShares($("share"), $("shares"), snapshotShares(doc), page.colours);
	if (page.file)
		return;
	const { counters } = doc, { memory, base } = page.live.figures();

	page.curve.draw(page.colours);
	$("ratio").textContent = `${bytesText(counters.live_bytes)} of ${bytesText(memory - base)} ` +
		`above __heap_base, ${partText(counters.live_bytes, memory - base)}`;
}

// Name, member, how it is written, what it means. Of a live heap only: the last ones.
const COUNTERS = [
	["Live", "live_bytes", bytesText, "Usable bytes of live blocks"],
	["Live blocks", "live_blocks", countText, "Blocks that were not freed yet"],
	["Used", "used_bytes", bytesText, "Bytes in pages and runs in use"],
	["Peak", "peak_bytes", bytesText, "The most that ever was in pages and runs in use"],
	["Committed", "committed", bytesText, "Bytes with memory behind them"],
	["Reserved", "reserved", bytesText, "Bytes of all regions"],
	["Largest free", "largest_free", bytesText, "Usable bytes of the largest free run"],
	["Regions", "regions", countText, "Regions that exist"],
	["Pages", "pages", countText, "Pages that exist"],
	["Asked for", "asked", bytesText, "Bytes that the workload asked for and has not freed"],
	["Linear memory", "memory", bytesText, "All of it, the program's static data too"],
	["Operations", "operations", countText, "Calls of malloc, free and realloc"],
	["Failed", "failures", countText, "Requests that got nothing"],
];

function showCounters({ counters }) {
	const figures = page.file ? counters : { ...counters, ...page.live.figures() };
	const shown = COUNTERS.filter(([, member]) => figures[member] !== undefined &&
		(member !== "failures" || figures.failures));

	$("counters").replaceChildren(...shown.map(([name, member, text, title]) =>
		element("div", { title }, element("dt", { textContent: name }),
			element("dd", { textContent: text(figures[member]), id: `counter-${member}` }))));
}

function showClasses(doc) {
	const classes = snapshotClasses(doc);
	const most = Math.max(1, ...classes.map((c) => c.room));
	const bar = (part, name, size) => {
		const e = element("i", { className: name });

		e.style.width = `${100 * part / most}%`;
		e.style.background = sizeColour(size);
		return e;
	};

	$("classes").replaceChildren(...classes.flatMap((c) => [
		element("span", { className: "size", textContent: c.page ? bytesText(c.size) :
			`blocks ≥ ${bytesText(c.size)}` }),
		element("span", { className: "bar" }, bar(c.room, "room", c.size), bar(c.live, "full", c.size)),
		element("span", { className: "count",
			textContent: `${bytesText(c.live)} / ${bytesText(c.room)}` }),
	]));
}

function showSource() {
	const { file } = page, work = page.live.works[page.live.work];
	const { doc } = page;
	const build = `mica ${doc.version}, layout ${doc.layout}, contexts ${doc.contexts}, ` +
		`hardening ${doc.harden}, ${8 * doc.word_bytes} bits`;

	$("source").textContent = `${file ? file.name : "live in this page"} · ${build}`;
	$("about").textContent = file ? heapsText(doc) : work.text;
	$("live-controls").hidden = $("curve-panel").hidden = !!file;
	$("file-controls").hidden = !file;
}

function heapsText({ heaps }) {
	return heaps.length < 2 ? "One moment of a heap, as mica wrote it down" :
		"Heaps: " + heaps.map((h) => `${h.name || h.number} ${bytesText(h.used_bytes)}`).join(" · ");
}

function showScale() {
	const auto = $("zoom").options[0];
	const text = `fits: ${scaleText(page.map.scale)}`;

	if (!page.map.wanted && auto.textContent !== text)
		auto.textContent = text;
}

const scaleText = (scale) => `${bytesText(scale)} a px`;

function showProblem(text) {
	$("problem").textContent = text;
	$("problem").hidden = !text;
}

// ---- the live heap --------------------------------------------------------------------

function showLive() {
	const { live } = page;

	page.text = live.snapshot();
	const doc = snapshotRead(page.text);

	page.curve.add({ ...live.figures(), live: doc.counters.live_bytes });
	show(doc);
}

function steps() {
	page.live.step(stepsOfFrame());
	showLive();
}

function frame() {
	if (!page.running)
		return;
	try {
		steps();
	} catch (error) {
		run(false);
		showProblem(`The module stopped: ${error.message}`);
		return;
	}
	requestAnimationFrame(frame);
}

function run(running) {
	const begins = running && !page.running;

	page.running = running;
	$("run").textContent = running ? "Pause" : "Run";
	if (begins)
		requestAnimationFrame(frame);
}

function reset(work) {
	page.live.begin(work);
	page.curve.clear();
	showProblem("");
	showLive();
	showSource();
}

function backToLive() {
	page.file = null;
	page.map.shown = null;
	showProblem("");
	page.doc = snapshotRead(page.text = page.live.snapshot());
	showSource();
	show(page.doc);
}

// ---- snapshots ------------------------------------------------------------------------

// What cannot be shown changes nothing but the line that says why.
async function load(file) {
	let text, doc;

	try {
		text = await file.text();
		doc = snapshotRead(text);
	} catch (error) {
		showProblem(`${file.name}: ${error.message}`);
		return;
	}
	run(false);
	showProblem("");
	page.file = { name: file.name };
	page.text = text;
	page.doc = doc;
	page.map.shown = null;
	showSource();
	show(doc);
}

function save() {
	const link = element("a", { download: "heap.json",
		href: URL.createObjectURL(new Blob([page.text], { type: "application/json" })) });

	link.click();
	URL.revokeObjectURL(link.href);
}

// ---- controls -------------------------------------------------------------------------

function point(event) {
	const box = $("map").getBoundingClientRect();
	const found = event.type === "pointerleave" || !page.doc ? null :
		page.map.find(event.clientX - box.left, event.clientY - box.top);

	page.map.shown = found?.run ? found : null;
	$("detail").textContent = found ? runText(page.doc, found) :
		"Point at something to learn what it is.";
	if (page.doc && !page.running)
		show(page.doc);
}

function controls() {
	$("run").onclick = () => run(!page.running);
	$("step").onclick = steps;
	$("free").onclick = () => { page.live.freeAll(); showLive(); };
	$("reset").onclick = () => reset(page.live.work);
	$("work").onchange = () => reset($("work").selectedIndex);
	$("speed").oninput = () => { $("speed-text").textContent = `${countText(stepsOfFrame())} a picture`; };
	$("zoom").onchange = () => { page.map.wanted = Number($("zoom").value); show(page.doc); };
	$("live").onclick = backToLive;
	$("save").onclick = save;
	$("load").onclick = () => $("file").click();
	$("file").onchange = () => {
		const [file] = $("file").files;

		$("file").value = "";
		if (file)
			load(file);
	};
	$("map").onpointermove = $("map").onpointerleave = point;
	$("speed").oninput();
}

function dropping() {
	const over = (event) => {
		event.preventDefault();
		$("drop").hidden = false;
	};

	window.addEventListener("dragover", over);
	window.addEventListener("dragleave", (event) => { $("drop").hidden = !event.relatedTarget; });
	window.addEventListener("drop", (event) => {
		event.preventDefault();
		$("drop").hidden = true;
		const [file] = event.dataTransfer.files;

		if (file)
			load(file);
	});
}

// What the map's colours mean, drawn as the map draws.
function legend() {
	const sample = (wide, draw) => {
		const canvas = element("canvas", { className: wide > 20 ? "scale" : "" });

		page.map.context = canvasContext(canvas, wide, ROW);
		page.map.high = ROW;
		draw(page.map.context);
		return canvas;
	};
	const run = (run) => sample(14, () => page.map.run(run, 0, 14, 0));
	const page_of = (used) => run({ kind: "page", block_bytes: 64, capacity: 4, used });
	const scale = sample(140, (context) => {
		for (let x = 0; x < 140; x++) {
			context.fillStyle = sizeColour(2 ** (3 + x * 19 / 140));
			context.fillRect(x, 0, 1, ROW);
		}
	});
	const rows = [["8 B", scale, "4 MiB"], [page_of(4), "page, full"], [page_of(2), "half full"],
		[run({ kind: "block", block_bytes: 64 }), "one block"], [run({ kind: "free", bytes: 1, committed: 1 }), "free"],
		[run({ kind: "free", bytes: 1, committed: 0 }), "not committed"], [run({ kind: "held" }), "held"]];
	const own = element("i");

	own.style.cssText = `display: inline-block; width: 14px; height: 14px; background: ${page.colours.own}`;
	$("kinds").replaceChildren(...[...rows, [own, "mica's own"]].map((row) => element("li", {}, ...row)));
}

function redraw() {
	page.colours = theme();
	page.map.setTheme();
	legend();
	if (page.doc)
		show(page.doc);
}

async function begin() {
	$("zoom").replaceChildren(new Option("fits", "0"),
		...SCALES.map((scale) => new Option(scaleText(scale), scale)));
	controls();
	dropping();
	legend();
	page.live = new LiveHeap(await moduleOfPage());
	$("work").replaceChildren(...page.live.works.map(({ name }) => new Option(name)));
	reset(0);
	window.addEventListener("resize", redraw);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
	document.documentElement.dataset.ready = "yes";
}

begin().catch((error) => showProblem(`This page cannot start: ${error.message}`));
