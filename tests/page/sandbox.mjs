// The real daemon and the strict fake for one group of tests; sandbox.py starts and ends them.

import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const DEADLINE_MS = 60_000;

// Polls until the condition gives something true, and returns it.
export async function until(condition, what) {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("waited in vain until " + what);
}

export class Sandbox {
  #process;
  #lines;
  #last = Promise.resolve();

  static async begin(...fakeArguments) {
    const box = new Sandbox();
    box.#process = spawn("python3", [join(here, "sandbox.py"), ...fakeArguments], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    box.#lines = createInterface({ input: box.#process.stdout })[Symbol.asyncIterator]();
    Object.assign(box, JSON.parse(await box.#line()));
    return box;
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the sandbox has ended");
    return value;
  }

  // One command after the other.
  #do(command) {
    const mine = this.#last.then(async () => {
      this.#process.stdin.write(JSON.stringify(command) + "\n");
      const { answer, error } = JSON.parse(await this.#line());
      if (error) throw new Error(error);
      return answer;
    });
    this.#last = mine.catch(() => {});
    return mine;
  }

  start = (environment = {}) => this.#do({ do: "start", environment });
  stop = () => this.#do({ do: "stop", kill: false });
  kill = () => this.#do({ do: "stop", kill: true });
  login = () => this.#do({ do: "login" });
  log = () => this.#do({ do: "log" });

  // What genrectl --json prints last.
  ctl = async (...args) => {
    const stdin = typeof args.at(-1) === "object" ? args.pop().stdin : null;
    const { status, output, error } = await this.#do({ do: "ctl", arguments: args, stdin });
    if (status !== 0) throw new Error(`genrectl ${args.join(" ")}: ${status} ${output}${error}`);
    const last = output.trim().split("\n").at(-1);
    return last ? JSON.parse(last) : null;
  };

  sort = (genres) => this.ctl("sort", "--genres", genres);

  async end() {
    this.#process.stdin.end();
    await new Promise((resolve) => this.#process.once("exit", resolve));
  }

  // --- the fake

  async control(path, body, method = body === undefined ? "GET" : "POST") {
    const answer = await fetch(this.fake.control_url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  state = () => this.control("/state");
  hold = (match) => this.control("/hold", { match });
  held = () => this.control("/wait_held?timeout=60");
  release = () => this.control("/release", {});
  unhold = async () => {
    await this.control("/hold", undefined, "DELETE");
    await this.release();
  };

  // {name: [uri]} of the playlists that genred made and the person still follows.
  async playlists() {
    const kept = {};
    for (const list of (await this.state()).playlists) {
      if (!(list.description ?? "").includes("kept by genred") || list.followed === false) continue;
      kept[list.name] = list.items.map((item) => item.uri ?? item);
    }
    return kept;
  }

  // What the daemon answers to the page.
  async get(path) {
    const answer = await fetch(this.url + path.replace(/^\//, ""));
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  // As the page does: with the token of this start.
  async post(path, body = {}) {
    const { token } = await this.get("/api/session");
    const answer = await fetch(this.url + path.replace(/^\//, ""), {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Origin: new URL(this.url).origin,
        "X-Genred-Token": token,
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
