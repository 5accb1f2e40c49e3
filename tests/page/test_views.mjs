// What holds of every view: nothing that the rules of WCAG 2.2 AA refuse, no sideways scrolling, other
// people's names as text only. A picture of each is kept in build/page/shots.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertAccessible, assertNoSidewaysScrolling, sandboxed, shot } from "./browser.mjs";

const WIDTHS = [360, 768, 1440];

describe("every view", () => {
  const views = {};
  const box = sandboxed({ songs: 300 }, async (box) => {
    const { tracks } = await box.ctl("list", "rock");
    const { runs } = await box.get("/api/runs");
    Object.assign(views, {
      home: "/home",
      start: "/start",
      choose: "/choose",
      preview: "/preview",
      review: "/review",
      song: `/song?track=${tracks[0].id}`,
      map: "/map",
      statistics: "/statistics",
      history: "/history",
      run: `/history?run=${runs[0].id}`,
      nowhere: "/nowhere",
    });
    // Something to preview, and a map that is ready.
    await box.post("/api/choice", { genres: ["rock", "pop", "soul"] });
    await box.get("/api/map");
  });

  for (const dark of [false, true]) {
    for (const width of WIDTHS) {
      const theme = dark ? "dark" : "light";
      box.scene(
        `${width} pixels, ${theme}`,
        { width, dark, calm: true, touch: width < 500 },
        async (page) => {
          for (const [name, at] of Object.entries(views)) {
            await page.goto(box.url + "#" + at);
            const view = /\w+/.exec(at)[0];
            if (view !== "nowhere") await page.locator(`main[data-view=${view}]`).waitFor();
            await page.locator("main h1").waitFor();
            await page.waitForFunction(() => !document.querySelector("main [aria-busy=true]"));
            assert.equal(await page.locator("h1").count(), 1, `${name} has one h1`);
            await assertNoSidewaysScrolling(page, name);
            await assertAccessible(page, `${name}, ${width}, ${theme}`);
            await shot(page, `${name}-${width}-${theme}`);
          }
        },
      );
    }
  }

  box.scene("shows names as the text that they are", { at: "/home" }, async (page) => {
    const odd = "<img onerror=alert(1) src=x>";
    const { tracks } = await box.ctl("similar", odd, "--count", "1").catch(() => ({ tracks: [] }));
    const { name, id } = await box.get("/api/map").then((map) => ({ name: map.name, id: map.id }));
    const at = name.indexOf(odd);
    assert.notEqual(at, -1, `the fake's song ${odd} is not in the library (${tracks.length})`);
    await page.goto(`${box.url}#/song?track=${id[at]}`);
    await page.getByRole("heading", { level: 1, name: odd }).waitFor();
    assert.equal(await page.locator("img").count(), 0);
    await page.goto(`${box.url}#/map`);
    await page.getByLabel("Find a song").fill("<img");
    await page.getByText(odd).first().waitFor();
    assert.equal(await page.locator("img").count(), 0);
  });

  for (const part of ["RTL", "夜の"]) {
    box.scene(`keeps a name with ${part} within its place`, { width: 360, at: "/home" }, async (page) => {
      const map = await box.get("/api/map");
      const at = map.name.findIndex((name) => name.includes(part));
      await page.goto(`${box.url}#/song?track=${map.id[at]}`);
      await page.locator("main h1").getByText(part).waitFor();
      await assertNoSidewaysScrolling(page, part);
      await shot(page, `song-${part === "RTL" ? "rtl" : "long"}-360`);
    });
  }
});
