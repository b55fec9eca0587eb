// SPDX-License-Identifier: MIT
// How things look: colours, numbers, canvases.
"use strict";

// A size's colour lies between those of the powers of two beside it.
const SIZE_COLOURS = [[3, 0x5f3dc4], [4, 0x4263eb], [5, 0x228be6], [6, 0x15aabf],
	[7, 0x0ca678], [8, 0x40c057], [9, 0x94c11f], [10, 0xe0b400], [11, 0xf59f00],
	[13, 0xf76707], [15, 0xe03131], [18, 0xd6336c], [22, 0x9c36b5]];

function sizeColour(bytes) {
	const power = Math.log2(Math.max(bytes, 8));
	const i = SIZE_COLOURS.findIndex(([p]) => p >= power);

	if (i <= 0)
		return hexColour(SIZE_COLOURS.at(i)[1]);
	const [[p, a], [q, b]] = [SIZE_COLOURS[i - 1], SIZE_COLOURS[i]];
	const part = (power - p) / (q - p);
	const mix = (shift) => Math.round((a >> shift & 255) * (1 - part) + (b >> shift & 255) * part);

	return hexColour(mix(16) << 16 | mix(8) << 8 | mix(0));
}

function hexColour(n) {
	return "#" + n.toString(16).padStart(6, "0");
}

// The style sheet's, which differ by light and dark.
function theme() {
	const style = getComputedStyle(document.documentElement);
	const of = (name) => style.getPropertyValue(`--${name}`).trim();

	return Object.fromEntries(["ground", "panel", "line", "ink", "soft", "free", "absent", "held",
		"own", "accent", "slack", "memory"].map((name) => [name, of(name)]));
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

function bytesText(n) {
	let unit = 0;

	while (n >= 1024 && unit < UNITS.length - 1) {
		n /= 1024;
		unit++;
	}
	return `${Number.isInteger(n) ? n : n.toFixed(n < 10 ? 2 : 1)} ${UNITS[unit]}`;
}

const countText = (n) => n.toLocaleString("en");
const addressText = (n) => "0x" + n.toString(16);
const partText = (part, whole) => (whole ? `${(100 * part / whole).toFixed(1)} %` : "-");

// As many dots as the screen has for it. Return: what draws, in CSS pixels.
function canvasContext(canvas, width, height) {
	const ratio = window.devicePixelRatio || 1;
	const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];

	if (canvas.width !== w || canvas.height !== h)
		[canvas.width, canvas.height] = [w, h];
	const context = canvas.getContext("2d");

	context.setTransform(ratio, 0, 0, ratio, 0, 0);
	context.clearRect(0, 0, width, height);
	return context;
}

function stripes(colour, ground, step) {
	const tile = document.createElement("canvas");

	tile.width = tile.height = step;
	const context = tile.getContext("2d");

	context.fillStyle = ground;
	context.fillRect(0, 0, step, step);
	context.strokeStyle = colour;
	for (const d of [-step, 0, step]) {
		context.moveTo(d, step);
		context.lineTo(d + step, 0);
	}
	context.stroke();
	return context.createPattern(tile, "repeat");
}

function element(name, attributes, ...inside) {
	const e = Object.assign(document.createElement(name), attributes);

	e.append(...inside);
	return e;
}
