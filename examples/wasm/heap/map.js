// SPDX-License-Identifier: MIT
// The map: each region is a tape of bytes, cut into rows of one length.
//
// A run that fills several rows has one only, which says how many bytes it stands
// for. The scale, bytes a pixel, is the finest by which all fits, or what was asked
// for; rows are as high as there is room. A page is as high in colour as it is full.
"use strict";

const ROW = 14, ROW_HIGHEST = 26, ROW_GAP = 3, TITLE = 24, FOLD = 4, ROWS_MOST = 1500;
// Powers of two, and half of the way to the next.
const SCALES = [...Array(44).keys()].map((i) => 2 ** (i >> 1) / 4 * (i % 2 ? 1.5 : 1));

// Rows of one region at @row bytes each: { from, to, fold }.
function regionRows(region, row) {
	const rows = [];
	const plain = (to) => {
		for (let at = rows.at(-1)?.to ?? 0; at < to; at += row)
			rows.push({ from: at, to: Math.min(at + row, region.bytes), fold: null });
	};

	for (const run of region.runs) {
		const first = Math.ceil(run.at / row) * row;
		const end = Math.floor((run.at + run.bytes) / row) * row;

		if (end - first < FOLD * row)
			continue;
		if ((rows.at(-1)?.to ?? 0) < first)
			plain(first);
		rows.push({ from: first, to: end, fold: run });
		if (rows.length > ROWS_MOST)
			return rows;
	}
	if ((region.bytes - (rows.at(-1)?.to ?? 0)) / row > ROWS_MOST)
		return Array(ROWS_MOST + 1);
	plain(region.bytes);
	return rows;
}

function mapRows(doc, width, scale) {
	return doc.regions.map((region) => regionRows(region, Math.max(Math.floor(width * scale), 1)));
}

const mapHeight = (tapes, high) =>
	tapes.reduce((sum, rows) => sum + TITLE + rows.length * (high + ROW_GAP), 0);

// The highest rows with which all fits.
function rowHigh(tapes, height) {
	let high = ROW_HIGHEST;

	while (high > ROW && mapHeight(tapes, high) > height)
		high--;
	return high;
}

// @wanted: bytes a pixel, or 0: what fits into @height.
function mapLayout(doc, width, height, wanted) {
	let tapes;

	for (const scale of SCALES) {
		if (scale < wanted)
			continue;
		tapes = mapRows(doc, width, scale);
		const rows = tapes.reduce((sum, r) => sum + r.length, 0);

		if (rows <= ROWS_MOST && (wanted || mapHeight(tapes, ROW) <= height))
			return { scale, tapes };
	}
	return { scale: SCALES.at(-1), tapes };
}

class HeapMap {
	constructor(canvas) {
		this.canvas = canvas;
		this.doc = null;
		this.rows = [];		// as drawn: { region, from, to, fold, y }
		this.wanted = 0;
		this.high = ROW;
		this.shown = null;	// { region, run }: the one pointed at
		this.setTheme();
	}

	setTheme() {
		this.theme = theme();
		this.absent = stripes(this.theme.absent, this.theme.free, 6);
		this.heldFill = stripes(this.theme.panel, this.theme.held, 5);
	}

	draw(doc, height) {
		const width = this.canvas.parentElement.clientWidth;
		const { scale, tapes } = mapLayout(doc, width, height, this.wanted);

		this.doc = doc;
		this.scale = scale;
		this.high = rowHigh(tapes, height);
		this.canvas.style.height = `${mapHeight(tapes, this.high)}px`;
		this.context = canvasContext(this.canvas, width, mapHeight(tapes, this.high));
		this.width = width;
		this.rows = [];
		let y = 0;

		doc.regions.forEach((region, i) => {
			this.title(region, i, y);
			y = this.tape(region, tapes[i], y + TITLE);
		});
		this.outline();
	}

	title(region, i, y) {
		const words = [`region ${i}`, addressText(region.base), bytesText(region.bytes)];

		if (region.provider)
			words.push(region.provider);
		if (region.huge)
			words.push("one huge block");
		if (region.exclusive)
			words.push("exclusive");
		this.context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
		this.context.fillStyle = this.theme.soft;
		this.context.fillText(words.join("  ·  "), 0, y + TITLE - 8);
	}

	tape(region, rows, y) {
		let i = 0;

		for (const row of rows) {
			this.rows.push({ region, y, ...row });
			if (row.fold) {
				this.run(row.fold, 0, this.width, y);
				this.folded(row, y);
			} else {
				i = this.row(region, row, i, y);
			}
			y += this.high + ROW_GAP;
		}
		return y;
	}

	x(row, at) {
		return Math.round((Math.min(Math.max(at, row.from), row.to) - row.from) / this.scale * 2) / 2;
	}

	// From the run @i on. Return: the first that goes on behind the row.
	row(region, row, i, y) {
		const { runs } = region;
		let drawn = 0;

		this.context.fillStyle = this.theme.own;
		this.context.fillRect(0, y, this.x(row, row.to), this.high);
		for (; i < runs.length; i++) {
			const run = runs[i], end = run.at + run.bytes;
			const from = this.x(row, run.at), to = this.x(row, end);

			if (run.at >= row.to)
				break;
			if (end > row.from && to > drawn) {
				this.run(run, from, Math.max(to, from + .5), y);
				drawn = to;
			}
			if (end > row.to)
				break;
		}
		return i;
	}

	// [@from, @to) of a row. Neighbours are told apart where there is room for it.
	run(run, from, to, y) {
		const { context, high } = this, width = to - from > 3 ? to - from - 1 : to - from;

		if (to - from > 3) {
			context.fillStyle = this.theme.panel;
			context.fillRect(from, y, to - from, high);
		}
		if (run.kind === "page") {
			const full = run.capacity ? run.used / run.capacity : 0;
			const level = run.used ? Math.max(Math.round(high * full), 1) : 0;

			context.fillStyle = this.theme.panel;
			context.fillRect(from, y, width, high);
			context.fillStyle = sizeColour(run.block_bytes);
			context.globalAlpha = .28;
			context.fillRect(from, y, width, high - level);
			context.globalAlpha = 1;
			context.fillRect(from, y + high - level, width, level);
		} else if (run.kind === "block") {
			context.fillStyle = sizeColour(run.block_bytes);
			context.fillRect(from, y, width, high);
			context.fillStyle = "rgba(255, 255, 255, .55)";
			context.fillRect(from, y + high / 2 - 1, width, 2);
		} else {
			context.fillStyle = run.kind === "held" ? this.heldFill :
				run.committed < run.bytes / 2 ? this.absent : this.theme.free;
			context.fillRect(from, y, width, high);
		}
	}

	folded(row, y) {
		const text = `… ${bytesText(row.to - row.from)} of one ${row.fold.kind === "free" ? "free run" : row.fold.kind} …`;
		const context = this.context;

		context.font = "11px system-ui, 'DejaVu Sans', sans-serif";
		const wide = context.measureText(text).width + 16;

		context.fillStyle = this.theme.panel;
		context.fillRect((this.width - wide) / 2, y, wide, this.high);
		context.fillStyle = this.theme.soft;
		context.fillText(text, (this.width - wide) / 2 + 8, y + this.high / 2 + 4);
	}

	// Of the run pointed at, on each row that it is on.
	outline() {
		if (!this.shown)
			return;
		const { region, run } = this.shown;

		this.context.strokeStyle = this.theme.ink;
		this.context.lineWidth = 2;
		for (const row of this.rows)
			if (row.region.base === region.base && run.at < row.to && run.at + run.bytes > row.from) {
				const from = row.fold ? 0 : this.x(row, run.at);
				const to = row.fold ? this.width : this.x(row, run.at + run.bytes);

				this.context.strokeRect(from + 1, row.y, Math.max(to - from - 2, 1), this.high);
			}
	}

	// What is at a point of the canvas. Return: { region, run }; run null: mica's own.
	find(x, y) {
		const row = this.rows.find((r) => y >= r.y - ROW_GAP / 2 && y < r.y + this.high + ROW_GAP / 2);

		if (!row)
			return null;
		if (row.fold)
			return { region: row.region, run: row.fold };
		const at = row.from + x * this.scale;

		if (at >= row.to)
			return null;
		const run = row.region.runs.find((r) => at >= r.at && at < r.at + r.bytes);

		return { region: row.region, run: run ?? null };
	}
}

function runText(doc, { region, run }) {
	if (!run)
		return "mica's own: the region's bounds and tables, or cut off by alignment";
	const heap = doc.heaps.find((h) => h.number === run.heap);
	const words = [`${run.kind === "free" ? "free run" : run.kind} at ${addressText(region.base + run.at)}`,
		bytesText(run.bytes)];

	if (run.kind === "page")
		words.push(`blocks of ${bytesText(run.block_bytes)}`,
			`${run.used} of ${run.capacity} live`);
	if (run.kind === "block")
		words.push(`${countText(run.block_bytes)} bytes usable`);
	if (run.kind === "free" && run.committed < run.bytes)
		words.push(`${bytesText(run.committed)} committed`);
	if (run.abandoned)
		words.push("its thread has ended");
	if (run.settled === false)
		words.push("in use by another thread or core");
	if (heap && doc.heaps.length > 1)
		words.push(`heap ${heap.name || heap.number}`);
	return words.join("  ·  ");
}
