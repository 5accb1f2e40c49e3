// What was done, and undoing it.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { sandboxed } from "./browser.mjs";
import { until } from "./sandbox.mjs";

describe("the history", () => {
  const box = sandboxed({ songs: 200 });

  box.scene("shows a run's differences and undoes it", { at: "/history" }, async (page) => {
    const before = await box.playlists();
    assert.equal(Object.keys(before).length, 3);
    await page.getByRole("link", { name: /^Sort/ }).first().click();
    const rock = page.locator("section", { has: page.getByRole("heading", { name: "rock (genred)" }) });
    await rock.getByText(`Made, ${before["rock (genred)"].length} songs added.`).waitFor();
    await page.getByRole("button", { name: "Undo this run" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: /Undo/ }).waitFor();
    assert.deepEqual(await box.playlists(), {});
    await page.getByRole("button", { name: "Undo this run" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Undo", exact: true }).click();
    await until(async () => Object.keys(await box.playlists()).length === 3, "the undo is undone");
    assert.deepEqual(await box.playlists(), before);
  });

  box.scene(
    "says so when there is no such run",
    { at: "/history?run=999", allow: [/status of 400/] },
    async (page) => {
      await page.getByText("There is no run 999", { exact: false }).waitFor();
    },
  );
});
