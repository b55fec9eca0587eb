// SPDX-License-Identifier: MIT
// mica in this page: the module, its workloads, and what its memory is.
"use strict";

class LiveHeap {
	constructor(module) {
		this.module = module;
		this.begin(0);
		this.works = this.readWorks();
	}

	// A new instance, whose memory has not grown.
	begin(work) {
		const page = { write: (at, len) => this.pieces.push(this.text(at, len)) };

		this.pieces = [];
		this.work = work;
		this.exports = new WebAssembly.Instance(this.module, { page }).exports;
		this.exports.heap_begin(work);
	}

	text(at, len) {
		return new TextDecoder().decode(new Uint8Array(this.exports.memory.buffer, at >>> 0, len));
	}

	// Up to its NUL.
	string(at) {
		const bytes = new Uint8Array(this.exports.memory.buffer, at >>> 0);

		return this.text(at, bytes.indexOf(0));
	}

	readWorks() {
		const { heap_works, heap_work_name, heap_work_text } = this.exports;

		return Array.from({ length: heap_works() }, (_, k) => ({
			name: this.string(heap_work_name(k)), text: this.string(heap_work_text(k)),
		}));
	}

	step(n) {
		this.exports.heap_step(n);
	}

	freeAll() {
		this.exports.heap_free_all();
	}

	snapshot() {
		this.pieces = [];
		const status = this.exports.heap_snapshot();

		if (status)
			throw new Error(`mica_snapshot() returned ${status}`);
		return this.pieces.join("");
	}

	figures() {
		const { memory, __heap_base, heap_asked, heap_operations, heap_failures } = this.exports;

		return {
			memory: memory.buffer.byteLength, base: __heap_base.value,
			asked: heap_asked() >>> 0, operations: heap_operations() >>> 0,
			failures: heap_failures() >>> 0,
		};
	}
}

async function moduleOfPage() {
	const text = atob(document.getElementById("module").textContent.trim());

	return WebAssembly.compile(Uint8Array.from(text, (c) => c.charCodeAt(0)));
}
