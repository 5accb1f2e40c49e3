// The main path by keyboard alone: every stop is seen, nothing is a trap.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { sandboxed, tabTo } from "./browser.mjs";
import { until } from "./sandbox.mjs";

describe("by keyboard alone", () => {
  const box = sandboxed({ songs: 200, sort: "rock" });

  box.scene("a genre is chosen, previewed and applied", { at: "/home", calm: true }, async (page) => {
    await tabTo(page, (at) => at.name === "Choose");
    await page.keyboard.press("Enter");
    await page.getByRole("switch", { name: /^pop,/ }).waitFor();
    await tabTo(page, (at) => /^pop,/.test(at.name));
    await page.keyboard.press("Space");
    await until(async () => (await box.get("/api/choice")).genres.includes("pop"), "pop is chosen");
    await tabTo(page, (at) => at.name === "Preview");
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "Songs that would move" }).waitFor();
    await tabTo(page, (at) => at.name === "Apply", 200);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Done" }).waitFor();
    assert.ok((await box.playlists())["pop (genred)"].length > 0);
  });

  box.scene("a dialog takes the focus and gives it back", { at: "/home", calm: true }, async (page) => {
    await page.getByRole("button", { name: "Log out …" }).waitFor();
    await tabTo(page, (at) => at.name === "Log out …");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    assert.ok(await page.evaluate(() => document.activeElement.closest("dialog") !== null));
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Log out …");
  });
});
