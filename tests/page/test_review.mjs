// The unsure songs, answered by keyboard alone and by swipe.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { sandboxed } from "./browser.mjs";
import { until } from "./sandbox.mjs";

const answered = async (box) => (await box.get("/api/review?n=1")).unsure;

describe("the review", () => {
  const box = sandboxed({ songs: 400 });

  box.scene("is answered by keys, taken back, and learned at once", { at: "/review" }, async (page) => {
    const title = page.locator(".review h2").first();
    const { unsure, tracks } = await box.get("/api/review?n=3");
    assert.ok(unsure > 5);
    await page.getByText(`Song 1 of ${unsure}`).waitFor();
    assert.equal(await title.innerText(), tracks[0].name);
    await page.keyboard.press("1");
    await page.getByText(`Song 2 of ${unsure}`).waitFor();
    await until(async () => {
      const song = await box.get(`/api/song?track=${tracks[0].id}`);
      return song.genres.some(({ name, word }) => name === tracks[0].guesses[0].genre && word === 1);
    }, "the first guess is the person's word");
    await page.keyboard.press("z");
    await until(async () => {
      const song = await box.get(`/api/song?track=${tracks[0].id}`);
      return song.genres.every(({ word }) => word === 0);
    }, "it is taken back");
    await page.keyboard.press("n");
    await page.keyboard.press("s");
    await page.keyboard.press("3");
    await page.getByRole("combobox").fill("jaz");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "What genred learned" }).waitFor();
    await until(async () => (await answered(box)) < unsure, "fewer are unsure");
  });

  box.scene("takes back its own answer, and nothing said before", { at: "/home" }, async (page) => {
    const { tracks } = await box.get("/api/review?n=1");
    const words = async () =>
      Object.fromEntries(
        (await box.get(`/api/song?track=${tracks[0].id}`)).genres
          .filter(({ word }) => word !== 0)
          .map(({ name, word }) => [name, word]),
      );
    await box.post("/api/label", { track: tracks[0].id, not: ["gospel"] });
    const before = await words();
    assert.equal(before.gospel, -1);
    await page.goto(box.url + "#/review");
    await page.getByText(/Song 1 of/).waitFor();
    assert.equal(await page.locator(".review h2").first().innerText(), tracks[0].name);
    await page.keyboard.press("n");
    await until(async () => Object.keys(await words()).length > 1, "neither guess");
    await page.keyboard.press("z");
    await until(async () => Object.keys(await words()).length === 1, "the answer is taken back");
    assert.deepEqual(await words(), before);
  });

  box.scene("loses no answer of somebody fast", { at: "/review" }, async (page) => {
    const before = await answered(box);
    await page.getByText(`of ${before}`).waitFor();
    for (let i = 0; i < 4; i++) await page.keyboard.press("1");
    await until(async () => (await answered(box)) <= before - 4, "four are answered");
  });

  box.scene("is answered by swipe", { at: "/review", touch: true, width: 360 }, async (page) => {
    const before = await answered(box);
    await page.getByText(/Song 1 of/).waitFor();
    const card = await page.locator(".review h2").first().boundingBox();
    const [x, y] = [card.x + card.width / 2, card.y + card.height / 2];
    const protocol = await page.context().newCDPSession(page);
    const touch = (type, at) =>
      protocol.send("Input.dispatchTouchEvent", { type, touchPoints: at === null ? [] : [{ x: at, y }] });
    await touch("touchStart", x);
    for (let i = 1; i <= 10; i++) await touch("touchMove", x + i * 16);
    await touch("touchEnd", null);
    await until(async () => (await answered(box)) < before, "the swipe is an answer");
  });
});
