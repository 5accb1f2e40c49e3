// One song: its numbers, the person's word on it, leaving it out.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { sandboxed } from "./browser.mjs";
import { until } from "./sandbox.mjs";

describe("a song", () => {
  const song = {};
  const box = sandboxed({ songs: 300 }, async (box) => {
    const { tracks } = await box.ctl("list", "rock");
    Object.assign(song, tracks[3]);
  });
  const at = () => ({ at: `/song?track=${song.id}` });
  const facts = () => box.get(`/api/song?track=${song.id}`);
  const word = async (genre) => (await facts()).genres.find(({ name }) => name === genre)?.word ?? 0;

  box.scene("is held against its genre, with reasons and neighbours", at, async (page) => {
    await page.getByRole("heading", { level: 1, name: song.name }).waitFor();
    assert.equal(await page.locator(".histogram").count(), (await facts()).numbers.length);
    await page.getByRole("heading", { name: "Why it is" }).waitFor();
    assert.ok((await page.locator(".part-bar .against").count()) > 0);
    const neighbour = page
      .locator("section", { has: page.getByRole("heading", { name: "Songs like it" }) })
      .getByRole("link")
      .first();
    const name = await neighbour.innerText();
    await neighbour.click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  });

  box.scene("hears the person's word, and takes it back", at, async (page) => {
    const row = page.locator("li", { hasText: /^rock/ }).first();
    await row.getByRole("button", { name: /It is not/ }).click();
    await until(async () => (await word("rock")) === -1, "it is not rock");
    await page
      .getByRole("button", { name: /Take .*back/ })
      .first()
      .click();
    await until(async () => (await word("rock")) === 0, "nothing is said");
    await page.getByRole("button", { name: "Another genre" }).click();
    await page.getByRole("combobox", { name: "Of which genre is it" }).fill("reggae");
    await page.keyboard.press("Enter");
    await until(async () => (await word("reggae")) === 1, "it is reggae");
  });

  box.scene("is left out of sorting, and let in again", at, async (page) => {
    await page
      .getByRole("button", { name: /^Leave out/ })
      .first()
      .click();
    await until(async () => (await facts()).excluded, "it is left out");
    await page
      .getByRole("button", { name: /^Sort it again/ })
      .first()
      .click();
    await until(async () => !(await facts()).excluded, "it is in again");
  });

  box.scene(
    "says so when there is none",
    { at: "/song?track=0000000000000000000000", allow: [/status of 400/] },
    async (page) => {
      await page.getByRole("alert").first().waitFor();
    },
  );
});
