// SPDX-License-Identifier: MIT
// The curve of live bytes over linear memory, and the bar of what the bytes are.
"use strict";

const SAMPLES_MOST = 1200;

// Its whole history: when there are too many samples, every second one goes.
class Curve {
	constructor(canvas) {
		this.canvas = canvas;
		this.clear();
	}

	clear() {
		this.samples = [];
		this.every = 1;
		this.skipped = 0;
	}

	add(sample) {
		if (++this.skipped < this.every)
			return;
		this.skipped = 0;
		this.samples.push(sample);
		if (this.samples.length <= SAMPLES_MOST)
			return;
		this.samples = this.samples.filter((_, i) => i % 2 === 0);
		this.every *= 2;
	}

	draw(colours) {
		const { clientWidth: width, clientHeight: height } = this.canvas;
		const context = canvasContext(this.canvas, width, height);
		const box = { left: 58, top: 6, width: width - 60, height: height - 24 };
		const most = Math.max(65536, ...this.samples.map((s) => s.memory));
		const step = axisStep(most);
		const top = Math.ceil(most / step) * step;

		this.context = context;
		this.colours = colours;
		this.y = (bytes) => box.top + box.height * (1 - bytes / top);
		this.x = (i) => box.left + box.width * i / Math.max(this.samples.length - 1, 1);
		this.axis(box, step, top);
		if (!this.samples.length)
			return;
		this.area((s) => s.base, () => 0, colours.absent);
		this.area((s) => s.base + s.live, (s) => s.base, colours.accent);
		this.line((s) => s.memory, colours.memory);
		this.legend(box, height);
	}

	axis(box, step, top) {
		const context = this.context;

		context.font = "11px system-ui, 'DejaVu Sans', sans-serif";
		context.textAlign = "right";
		for (let bytes = 0; bytes <= top; bytes += step) {
			context.fillStyle = this.colours.line;
			context.fillRect(box.left, Math.round(this.y(bytes)), box.width, 1);
			context.fillStyle = this.colours.soft;
			context.fillText(bytesText(bytes), box.left - 6, this.y(bytes) + 4);
		}
		context.textAlign = "left";
	}

	area(upper, lower, colour) {
		const { context, samples } = this;

		context.beginPath();
		samples.forEach((s, i) => context.lineTo(this.x(i), this.y(upper(s))));
		for (let i = samples.length - 1; i >= 0; i--)
			context.lineTo(this.x(i), this.y(lower(samples[i])));
		context.closePath();
		context.globalAlpha = colour === this.colours.accent ? .55 : 1;
		context.fillStyle = colour;
		context.fill();
		context.globalAlpha = 1;
		if (colour === this.colours.accent)
			this.line(upper, colour);
	}

	line(value, colour) {
		const { context, samples } = this;

		context.beginPath();
		samples.forEach((s, i) => context.lineTo(this.x(i), this.y(value(s))));
		context.strokeStyle = colour;
		context.lineWidth = 2;
		context.lineJoin = "round";
		context.stroke();
	}

	legend(box, height) {
		const { context, colours } = this;
		let x = box.left;

		for (const [name, colour] of [["linear memory", colours.memory],
			["live bytes", colours.accent], ["static data", colours.absent]]) {
			context.fillStyle = colour;
			context.fillRect(x, height - 10, 10, 4);
			context.fillStyle = colours.soft;
			context.fillText(name, x + 14, height - 4);
			x += context.measureText(name).width + 28;
		}
	}
}

// Three to six lines.
function axisStep(most) {
	const power = 2 ** Math.floor(Math.log2(most));

	return most > power * 1.5 ? power / 2 : power / 4;
}

const SHARES = [["live", "live", "accent"], ["slack", "used, not live", "slack"],
	["free", "free", "free"], ["absent", "free, not committed", "absent"],
	["held", "held", "held"], ["own", "mica's own", "own"]];

function drawShares(canvas, list, shares, colours) {
	const { clientWidth: width, clientHeight: height } = canvas;
	const context = canvasContext(canvas, width, height);
	const all = Object.values(shares).reduce((a, b) => a + b, 0);
	const items = [];
	let x = 0;

	for (const [key, name, colour] of SHARES) {
		const wide = all ? width * shares[key] / all : 0;

		if (!shares[key])
			continue;
		context.fillStyle = colours[colour];
		context.fillRect(x, 0, Math.max(wide, 1), height);
		x += wide;
		const mark = element("i");

		mark.style.background = colours[colour];
		items.push(element("li", {}, mark, `${name} ${bytesText(shares[key])}, ${partText(shares[key], all)}`));
	}
	list.replaceChildren(...items);
}
