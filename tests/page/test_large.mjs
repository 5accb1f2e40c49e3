// A library of 20,000 songs.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertNoSidewaysScrolling, sandboxed, shot } from "./browser.mjs";

describe("20,000 songs", () => {
  const box = sandboxed({ songs: 20000, sort: "rock" }, (box) =>
    box.post("/api/choice", { genres: ["rock", "pop", "indie", "hip-hop"] }),
  );

  for (const view of ["home", "choose", "review", "map", "statistics"]) {
    box.scene(`${view} is shown`, { at: `/${view}` }, async (page) => {
      await page.locator("main h1").waitFor();
      await page.waitForFunction(() => !document.querySelector("main [aria-busy=true]"));
      assert.ok((await page.locator("*").count()) < 6000, "what is not seen is not in the document");
      await shot(page, `large-${view}`);
    });
  }

  box.scene("a plan of thousands scrolls, and is applied", { at: "/preview", width: 360 }, async (page) => {
    const list = page.getByRole("list", { name: "Songs that would move" });
    await list.waitFor();
    const all = Number(await list.getByRole("listitem").first().getAttribute("aria-setsize"));
    assert.ok(all > 2000, `${all} songs`);
    for (const share of [0.3, 0.6, 0.99]) {
      await page.evaluate((to) => scrollTo(0, document.scrollingElement.scrollHeight * to), share);
      await page.waitForFunction(
        (least) =>
          [...document.querySelectorAll("[aria-posinset]")].some((li) => Number(li.ariaPosInSet) > least),
        all * (share - 0.2),
      );
    }
    assert.ok((await page.locator("*").count()) < 3000);
    await assertNoSidewaysScrolling(page, "the plan");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("heading", { name: "Done" }).waitFor({ timeout: 60_000 });
    const lists = await box.playlists();
    const sum = Object.entries(lists).reduce(
      (n, [name, l]) => n + (name.startsWith("rock") ? 0 : l.length),
      0,
    );
    assert.equal(sum, all);
  });
});
