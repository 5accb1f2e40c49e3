// The frame that all views share.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { focused, sandboxed, tabTo } from "./browser.mjs";
import { until } from "./sandbox.mjs";

describe("the frame", () => {
  const box = sandboxed({ songs: 80 });

  it("comes with a policy, a hash in every name, and an ETag", async () => {
    const index = await fetch(box.url);
    assert.match(
      index.headers.get("content-security-policy"),
      /default-src 'none'.*require-trusted-types-for/,
    );
    assert.doesNotMatch(index.headers.get("content-security-policy"), /unsafe-/);
    assert.equal(index.headers.get("cache-control"), "no-cache");
    const html = await index.text();
    for (const [, path] of html.matchAll(/(?:src|href)="(\/?assets[^"]+)"/g)) {
      assert.match(path, /-[0-9A-Z]{8}\.(js|css)$/);
      const asset = await fetch(new URL(path, box.url));
      assert.equal(asset.headers.get("content-encoding"), "gzip");
      assert.match(asset.headers.get("cache-control"), /immutable/);
      const again = await fetch(new URL(path, box.url), {
        headers: { "If-None-Match": asset.headers.get("etag") },
      });
      assert.equal(again.status, 304);
    }
  });

  box.scene("moves the focus to a view and names it", { at: "/" }, async (page) => {
    for (const title of ["Choose", "Review", "Map", "Statistics", "History"]) {
      await page.getByRole("navigation").getByRole("link", { name: title }).click();
      await page.waitForFunction((want) => document.title === `${want} · genred`, title);
      await page.locator("main h1").waitFor();
      assert.equal(await page.locator("h1").count(), 1);
      assert.equal(await page.evaluate(() => document.activeElement.id), "main");
      assert.equal(await page.locator("nav [aria-current=page]").innerText(), title);
    }
    await page.goBack();
    await page.waitForFunction(() => document.title === "Statistics · genred");
  });

  box.scene("skips to the content by keyboard", { at: "/" }, async (page) => {
    await tabTo(page, (at) => at.name === "Skip to the content", 1);
    await page.keyboard.press("Enter");
    assert.equal((await focused(page)).tag, "MAIN");
  });

  box.scene("says where one is when there is nothing", { at: "/nowhere" }, async (page) => {
    await page.getByText("There is nothing here").waitFor();
  });

  box.scene(
    "lets the stream go while nobody looks",
    { at: "/home", prepare: (page) => page.clock.install() },
    async (page) => {
      const streams = () => page.requests.filter((request) => request === "GET /api/events").length;
      const show = (hidden) =>
        page.evaluate((hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }, hidden);
      await until(() => streams() === 1, "it listens");
      await show(true);
      await page.clock.fastForward(10_000);
      await show(false);
      await page.clock.fastForward(60_000);
      assert.equal(streams(), 1, "a short look elsewhere changes nothing");
      await show(true);
      await page.clock.fastForward(25_000);
      await show(false);
      await until(() => streams() === 2, "it listens again");
    },
  );

  box.scene(
    "says so when the daemon ends, and goes on with the next one",
    { allow: [/ERR_|Failed to load/] },
    async (page) => {
      await page.locator("main h1").waitFor();
      await box.stop();
      await page.getByText("genred does not answer at the moment").waitFor();
      await box.start();
      await page.getByText("genred does not answer at the moment").waitFor({ state: "hidden" });
    },
  );
});
