// SPDX-License-Identifier: MIT
// A snapshot, as docs/snapshot.md has it: is it one, and what is in it.
"use strict";

const SNAPSHOT_FORMAT = 1;
const SNAPSHOT_COUNTERS = ["live_bytes", "live_blocks", "used_bytes", "peak_bytes",
	"committed", "reserved", "largest_free", "regions", "pages"];

// Throws an Error whose message is for the person who gave the text.
function snapshotRead(text) {
	let doc;

	try {
		doc = JSON.parse(text);
	} catch (error) {
		throw new Error(`This is not JSON: ${error.message}`);
	}
	if (doc === null || typeof doc !== "object" || !("mica_snapshot" in doc))
		throw new Error("This is JSON, but no snapshot of a heap.");
	if (doc.mica_snapshot !== SNAPSHOT_FORMAT)
		throw new Error(`This snapshot has format ${doc.mica_snapshot}; ` +
			`this page knows format ${SNAPSHOT_FORMAT}.`);
	const problem = snapshotProblem(doc);

	if (problem)
		throw new Error(`This snapshot is broken: ${problem}.`);
	return doc;
}

const isCount = (n) => Number.isSafeInteger(n) && n >= 0;

function snapshotProblem(doc) {
	const wrong = SNAPSHOT_COUNTERS.find((name) => !isCount(doc.counters?.[name]));

	if (wrong)
		return `no counter ${wrong}`;
	if (!Array.isArray(doc.regions) || !Array.isArray(doc.heaps))
		return "it has no list of regions, or none of heaps";
	for (const [i, region] of doc.regions.entries()) {
		const what = regionProblem(region);

		if (what)
			return `region ${i}: ${what}`;
	}
	return null;
}

function regionProblem(region) {
	if (!["base", "bytes", "head_bytes", "runs_at", "committed"].every((m) => isCount(region?.[m])))
		return "a number is missing";
	if (!Array.isArray(region.runs))
		return "it has no runs";
	let end = region.runs_at;

	for (const [i, run] of region.runs.entries()) {
		const what = runProblem(run, end);

		if (what)
			return `run ${i}: ${what}`;
		end = run.at + run.bytes;
	}
	return end > region.bytes ? "its runs end outside it" : null;
}

function runProblem(run, at) {
	if (run?.at !== at)
		return `it does not begin at ${at}`;
	if (!isCount(run.bytes) || !run.bytes)
		return "it has no length";
	switch (run.kind) {
	case "page":
		if (!["block_bytes", "capacity", "used"].every((m) => isCount(run[m])))
			return "a number is missing";
		return run.used > run.capacity ? "more blocks live than there can be" : null;
	case "block":
		return isCount(run.block_bytes) ? null : "a number is missing";
	case "free":
		return isCount(run.committed) ? null : "a number is missing";
	case "held":
		return null;
	}
	return `its kind is ${JSON.stringify(run.kind)}`;
}

// Blocks that are runs are summed up between powers of two.
function snapshotClasses(doc) {
	const classes = new Map();

	for (const region of doc.regions)
		for (const run of region.runs) {
			if (run.kind !== "page" && run.kind !== "block")
				continue;
			const page = run.kind === "page";
			const size = page ? run.block_bytes : 2 ** Math.floor(Math.log2(run.block_bytes || 1));
			const key = `${run.kind} ${size}`;
			const sum = classes.get(key) ?? { page, size, runs: 0, live: 0, room: 0, blocks: 0 };

			sum.runs++;
			sum.blocks += page ? run.used : 1;
			sum.live += page ? run.used * run.block_bytes : run.block_bytes;
			sum.room += run.bytes;
			classes.set(key, sum);
		}
	return [...classes.values()].sort((a, b) => a.size - b.size || b.page - a.page);
}

// Bytes of all regions, by what they are; they add up.
function snapshotShares(doc) {
	const shares = { live: 0, slack: 0, free: 0, absent: 0, held: 0, own: 0 };

	for (const region of doc.regions) {
		let rest = region.bytes;

		for (const run of region.runs) {
			const live = run.kind === "page" ? run.used * run.block_bytes :
				run.kind === "block" ? run.block_bytes : 0;

			rest -= run.bytes;
			shares.live += live;
			if (run.kind === "free") {
				shares.free += run.committed;
				shares.absent += run.bytes - run.committed;
			} else if (run.kind === "held") {
				shares.held += run.bytes;
			} else {
				shares.slack += run.bytes - live;
			}
		}
		shares.own += rest;
	}
	return shares;
}
