// One Chromium for all tests, a new context for each, and what no view may ever do.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, it } from "node:test";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { Sandbox } from "./sandbox.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const SHOTS = join(root, "build/page/shots");
const FAILED = join(root, "build/page/failed");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const WAIT_MS = 20_000;

let browser = null;

async function chromiumOnce() {
  browser ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--disable-dev-shm-usage", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
  });
  return browser;
}

export async function closeBrowser() {
  await (await browser)?.close();
  browser = null;
}

const slug = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

// Everything that fails a test by itself. `allow` holds patterns of what a test brings about on purpose.
function watch(context, page, url, { allow = [], hosts = [] }) {
  const problems = [];
  const note = (text) => allow.some((pattern) => pattern.test(text)) || problems.push(text);
  const known = [new URL(url).host, ...hosts];
  page.on("console", (message) => {
    if (message.type() === "error") note(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => note(`error: ${error.stack ?? error}`));
  page.on("dialog", (dialog) => {
    note(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  context.on("request", (request) => {
    const { host, protocol } = new URL(request.url());
    if (["data:", "blob:"].includes(protocol) || known.includes(host)) return;
    note(`request to another host: ${request.url()}`);
  });
  return problems;
}

// Keeps a picture in build/page/failed, and says what the browser complained about.
async function fail(page, name, error) {
  mkdirSync(FAILED, { recursive: true });
  await page.screenshot({ path: join(FAILED, name + ".png") }).catch(() => {});
  await page.context().close();
  if (page.problems.length) error.message += "\n" + page.problems.join("\n");
  throw error;
}

// Opens a page: `at` is what follows the #, `routes` {pattern: document} what is answered in place of the
// daemon. page.requests holds "METHOD /path" of all that was asked.
export async function open(url, options = {}) {
  const {
    width = 1440,
    dark = false,
    touch = false,
    calm = false,
    at = "/",
    routes = {},
    locale = "en-GB",
  } = options;
  const context = await (
    await chromiumOnce()
  ).newContext({
    viewport: { width, height: width < 500 ? 780 : 900 },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: calm ? "reduce" : "no-preference",
    hasTouch: touch,
    isMobile: touch,
    acceptDownloads: true,
    locale,
  });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  page.problems = watch(context, page, url, options);
  page.requests = [];
  page.on("request", (request) =>
    page.requests.push(`${request.method()} ${new URL(request.url()).pathname}`),
  );
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  for (const [pattern, document] of Object.entries(routes)) {
    await page.route(pattern, (route) => route.fulfill({ json: document }));
  }
  await options.prepare?.(page);
  try {
    await page.goto(url + "#" + at);
    await page.locator("h1").first().waitFor();
  } catch (error) {
    await fail(page, slug(url + at), error);
  }
  return page;
}

// One test on a page of its own.
export function scene(box, name, options, body) {
  it(name, { timeout: 120_000 }, async () => {
    const page = await open(box.url, typeof options === "function" ? await options(box) : options);
    try {
      await body(page);
      assert.deepEqual(page.problems, []);
    } catch (error) {
      await fail(page, slug(name), error);
    }
    await page.context().close();
  });
}

// The sandbox of a describe(): `setUp` runs once. Its scenes are made with box.scene(name, options, body).
export function sandboxed(
  { songs = 300, fake = [], login = true, sort = "rock,pop,electronic", start = {} } = {},
  setUp,
) {
  const holder = { scene: (name, options, body) => scene(holder, name, options, body) };
  before(async () => {
    const box = await Sandbox.begin("--songs", String(songs), ...fake);
    Object.setPrototypeOf(holder, box);
    holder.box = box;
    try {
      await box.start(start);
      if (login) await box.login();
      if (login && sort) await box.sort(sort);
      await setUp?.(box);
    } catch (error) {
      await box.end();
      throw error;
    }
  });
  after(() => holder.box?.end());
  return holder;
}

// --- looking at a page

export async function shot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, name + ".png"), fullPage: true });
}

export async function assertNoSidewaysScrolling(page, what) {
  const [wide, window] = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
  assert.ok(wide <= window, `${what}: ${wide} pixels in a window of ${window}`);
}

// Nothing that the rules of WCAG 2.2 AA refuse. Through the protocol, which the page's policy does not bind.
export async function assertAccessible(page, what) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const violations = await page.evaluate(async (tags) => {
    const found = await globalThis.axe.run(document, { runOnly: { type: "tag", values: tags } });
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`,
    );
  }, TAGS);
  assert.deepEqual(violations, [], what);
}

// The focused element's role and name as they are told, and whether one sees that it has the focus.
export async function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return {
      tag: element.tagName,
      name: (element.getAttribute("aria-label") ?? element.innerText ?? "").trim(),
      seen:
        (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none",
      inside: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    };
  });
}

// Presses Tab until `wanted` holds of what has the focus; each stop must be visible.
export async function tabTo(page, wanted, most = 80) {
  const passed = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at.tag === "BODY") continue;
    assert.ok(at.seen, `the focus is not seen on ${at.tag} ${at.name}`);
    if (wanted(at)) return at;
    passed.push(`${at.tag} ${at.name}`);
  }
  throw new Error("Tab does not lead there: " + passed.join(" | "));
}
