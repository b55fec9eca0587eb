// SPDX-License-Identifier: MIT
// Browsers without a screen: started with a profile of their own, which goes with them.
//
// Chromium can also be told what to do: its DevTools protocol, over a pipe.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATIENCE_MS = 10000;

// No questions on the first start, and nothing fetched but what is asked for.
const FIREFOX_SETTINGS = {
	"app.update.auto": false,
	"browser.aboutwelcome.enabled": false,
	"browser.shell.checkDefaultBrowser": false,
	"browser.startup.homepage_override.mstone": "ignore",
	"datareporting.policy.dataSubmissionEnabled": false,
	"extensions.getAddons.cache.enabled": false,
	"network.captive-portal-service.enabled": false,
	"network.connectivity-service.enabled": false,
	"services.settings.server": "data:,",
};

const COMMANDS = {
	chromium: (profile, more) => ["chromium", "--headless", "--disable-gpu",
		"--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-extensions",
		// Its sandbox is not for root, as whom containers run.
		...(process.getuid() === 0 ? ["--no-sandbox"] : []),
		`--user-data-dir=${profile}`, ...more],
	firefox: (profile, more) => ["firefox-esr", "--headless", "--no-remote",
		"--profile", profile, ...more],
};

function settings(profile) {
	const lines = Object.entries(FIREFOX_SETTINGS).map(([name, value]) =>
		`user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);

	writeFileSync(join(profile, "user.js"), lines.join(""));
}

export class Browser {
	constructor(name, more, stdio = ["ignore", "ignore", "pipe"]) {
		this.profile = mkdtempSync(join(tmpdir(), `mica-${name}-`));
		if (name === "firefox")
			settings(this.profile);
		const [program, ...words] = COMMANDS[name](this.profile, more);

		this.said = "";
		this.process = spawn(program, words, { stdio, env: { ...process.env, HOME: this.profile } });
		this.process.stderr.on("data", (text) => { this.said += text; });
		this.ended = new Promise((resolve) => {
			this.process.on("error", (error) => resolve(`${program} does not start: ${error.message}`));
			this.process.on("exit", (code, signal) => resolve(`${program} ended, ${signal ?? code}`));
		});
	}

	async close() {
		const patience = setTimeout(() => this.process.kill("SIGKILL"), PATIENCE_MS);

		this.process.kill("SIGTERM");
		await this.ended;
		clearTimeout(patience);
		rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
	}
}

// Messages are JSON, a NUL behind each.
export class Chromium extends Browser {
	constructor(more) {
		super("chromium", ["--remote-debugging-pipe", ...more],
			["ignore", "ignore", "pipe", "pipe", "pipe"]);
		this.number = 0;
		this.waiting = new Map();
		this.rest = "";
		this.onevent = () => {};
		this.process.stdio[3].on("error", () => {});
		this.process.stdio[4].setEncoding("utf8").on("data", (text) => this.receive(text));
		this.ended.then((why) => {
			for (const { reject } of this.waiting.values())
				reject(new Error(`${why}\n${this.said}`));
		});
	}

	receive(text) {
		const messages = (this.rest + text).split("\0");

		this.rest = messages.pop();
		for (const message of messages.map((m) => JSON.parse(m))) {
			const { resolve, reject } = this.waiting.get(message.id) ?? {};

			this.waiting.delete(message.id);
			if (!resolve)
				this.onevent(message);
			else if (message.error)
				reject(new Error(message.error.message));
			else
				resolve(message.result);
		}
	}

	send(method, params = {}) {
		const id = ++this.number;
		const message = { id, method, params, sessionId: this.session };

		this.process.stdio[3].write(JSON.stringify(message) + "\0");
		return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
	}

	// A page of that size, to which all else that is sent goes.
	async open(url, width, height) {
		const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
		const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });

		this.session = sessionId;
		await this.send("Page.enable");
		await this.send("Runtime.enable");
		await this.send("Emulation.setDeviceMetricsOverride",
			{ width, height, deviceScaleFactor: 1, mobile: false });
		await this.send("Page.navigate", { url });
	}

	async evaluate(expression) {
		const { result, exceptionDetails } = await this.send("Runtime.evaluate",
			{ expression, awaitPromise: true, returnByValue: true });

		if (exceptionDetails)
			throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value;
	}
}
