// What the first view costs: bytes, requests, time on a slow machine.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { open, sandboxed } from "./browser.mjs";
import { hold } from "./budget.mjs";

const SLOWDOWN = 4;
const TURNS = 5;

describe("the first view", () => {
  const box = sandboxed({ songs: 300 });

  box.scene("takes few bytes and requests", { at: "/nowhere" }, async (page) => {
    const protocol = await page.context().newCDPSession(page);
    await protocol.send("Network.enable");
    await protocol.send("Network.clearBrowserCache");
    let bytes = 0;
    const asked = [];
    protocol.on("Network.requestWillBeSent", (event) => asked.push(event.request.url));
    protocol.on("Network.dataReceived", (event) => (bytes += event.encodedDataLength));
    await page.goto("about:blank");
    await page.goto(box.url);
    await page.locator("main h1").waitFor();
    await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
    const ours = asked.filter((url) => url.startsWith(box.url));
    assert.ok(ours.some((url) => url.endsWith("/api/events")));
    hold("first_view_kb", bytes / 1024);
    hold("first_view_requests", ours.length);
    for (const url of ours)
      assert.equal(ours.filter((other) => other === url).length, 1, `${url} is asked twice`);
  });

  box.scene("is there soon on a slow machine", { at: "/nowhere" }, async () => {
    let best = Infinity;
    for (let turn = 0; turn < TURNS; turn++) {
      const page = await open(box.url, { at: "/nowhere" });
      const protocol = await page.context().newCDPSession(page);
      await protocol.send("Network.enable");
      await protocol.send("Network.clearBrowserCache");
      await page.goto("about:blank");
      await protocol.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
      await page.goto(box.url);
      await page.locator("main h1").waitFor();
      best = Math.min(best, await firstView(page));
      await page.context().close();
    }
    hold("first_view_ms", best);
  });
});

// From the start of the navigation until the last thing that home shows was painted.
function firstView(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) =>
          resolve(Math.max(...list.getEntries().map((entry) => entry.startTime))),
        ).observe({
          type: "largest-contentful-paint",
          buffered: true,
        });
      }),
  );
}
