// The map: its speed with 20,000 songs, and a region that becomes a playlist.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { sandboxed, shot } from "./browser.mjs";
import { hold } from "./budget.mjs";
import { look } from "./png.mjs";
import { until } from "./sandbox.mjs";

const FAMILIES = ["rock", "pop", "electronic", "jazz", "metal", "folk", "hip-hop", "soul"];

// Songs in clouds, one for each family; always the same ones.
function synthetic(songs) {
  let seed = 1;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const map = { state: "ready", done: 1, id: [], name: [], artists: [], genre: [], x: [], y: [] };
  map.genres = FAMILIES.map((name) => ({ name, title: name }));
  for (let i = 0; i < songs; i++) {
    const family = i % (FAMILIES.length + 1);
    const angle = (family * 2 * Math.PI) / FAMILIES.length;
    map.id.push(String(i).padStart(22, "0"));
    map.name.push(`Song ${i}`);
    map.artists.push(`Artist ${i % 500}`);
    map.genre.push(family === FAMILIES.length ? -1 : family);
    map.x.push(Math.max(-1, Math.min(1, 0.6 * Math.cos(angle) + 0.35 * (random() + random() - 1))));
    map.y.push(Math.max(-1, Math.min(1, 0.6 * Math.sin(angle) + 0.35 * (random() + random() - 1))));
  }
  return map;
}

// One song in the middle, the others in two corners.
function sparse() {
  const map = synthetic(3);
  [map.x, map.y, map.genre] = [
    [0, -0.9, 0.9],
    [0, -0.9, 0.9],
    [0, 1, 2],
  ];
  map.name = ["<b>In the middle</b>", "Low", "High"];
  return map;
}

// Counts the draw calls and the time of the script of each frame.
async function countFrames(page) {
  await page.addInitScript(() => {
    const frames = (globalThis.frames_ = []);
    let draws = 0;
    let spent = 0;
    for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"]) {
      const draw = WebGL2RenderingContext.prototype[name];
      WebGL2RenderingContext.prototype[name] = function (...values) {
        draws++;
        return draw.apply(this, values);
      };
    }
    const timed = (call) =>
      function (...values) {
        const begin = performance.now();
        try {
          return call.apply(this, values);
        } finally {
          spent += performance.now() - begin;
        }
      };
    const ask = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (call) => ask(timed(call));
    const listen = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type, call, ...rest) {
      const wrapped =
        /^(pointer|mouse|wheel|key)/.test(type) && typeof call === "function" ? timed(call) : call;
      return listen.call(this, type, wrapped, ...rest);
    };
    // Asked for at the end of a frame, so that it comes after the page's own callbacks of the next one.
    const close = () => {
      if (draws > 0) frames.push({ draws, spent });
      draws = 0;
      spent = 0;
      ask(() => setTimeout(close));
    };
    close();
  });
}

const frame = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve())));

async function drag(page, steps) {
  const area = await page.getByLabel("Map of songs").boundingBox();
  const [x, y] = [area.x + area.width / 2, area.y + area.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 1; i <= steps; i++) {
    await page.mouse.move(x + i * 3, y + Math.sin(i / 5) * 40);
    await frame(page);
  }
  await page.mouse.up();
  for (let i = 0; i < steps; i++) {
    await page.mouse.wheel(0, i < steps / 2 ? -60 : 60);
    await frame(page);
  }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

describe("the map", () => {
  const box = sandboxed({ songs: 300 });

  box.scene(
    "draws 20,000 songs in one call, in little time",
    { at: "/map", routes: { "**/api/map": synthetic(20000) }, prepare: countFrames },
    async (page) => {
      await page.getByText("20,000 songs", { exact: false }).first().waitFor();
      await page.waitForFunction(() => globalThis.frames_.length > 0);
      const picture = look(await page.locator("canvas").screenshot());
      assert.ok(picture.colours > FAMILIES.length && picture.drawn > 0.02, JSON.stringify(picture));
      await page.evaluate(() => void (globalThis.frames_.length = 0));
      await drag(page, 60);
      const frames = await page.evaluate(() => globalThis.frames_);
      assert.ok(frames.length > 60, `${frames.length} frames`);
      hold("map_draws", Math.max(...frames.map((one) => one.draws)));
      hold("map_script_ms", median(frames.map((one) => one.spent)));
      await shot(page, "map-20000-1440-light");
    },
  );

  box.scene(
    "draws nothing while nothing changes",
    { at: "/map", routes: { "**/api/map": sparse() }, prepare: countFrames, calm: true },
    async (page) => {
      await page.getByLabel("Map of songs").waitFor();
      await page.getByText("3 songs in view").waitFor();
      await page.evaluate(() => void (globalThis.frames_.length = 0));
      for (let i = 0; i < 30; i++) await frame(page);
      assert.equal(await page.evaluate(() => globalThis.frames_.length), 0);
    },
  );

  box.scene(
    "tells the song under the pointer, as text",
    { at: "/map", routes: { "**/api/map": sparse() } },
    async (page) => {
      await page.getByText("3 songs in view").waitFor();
      const area = await page.getByLabel("Map of songs").boundingBox();
      await page.mouse.move(area.x + area.width / 2 + 1, area.y + area.height / 2 + 1);
      await page.locator(".map-told").getByRole("link", { name: "<b>In the middle</b>" }).waitFor();
    },
  );

  box.scene(
    "is operated by keyboard alone",
    { at: "/map", routes: { "**/api/map": sparse() }, calm: true },
    async (page) => {
      await page.getByText("3 songs in view").waitFor();
      await page.getByLabel("Map of songs").focus();
      await page.keyboard.press("Enter");
      await page.locator(".map-told").getByRole("link", { name: "<b>In the middle</b>" }).waitFor();
      for (let i = 0; i < 8; i++) await page.keyboard.press("+");
      await page.getByRole("heading", { name: "1 song in view" }).waitFor();
      await page.keyboard.press("0");
      await page.getByRole("heading", { name: "3 songs in view" }).waitFor();
      await page.getByRole("button", { name: "Take the songs in view" }).press("Enter");
      await page.getByRole("heading", { name: "3 songs taken" }).waitFor();
    },
  );

  box.scene("makes a playlist of what is within a lasso", { at: "/map" }, async (page) => {
    await page.getByRole("heading", { name: /^[1-9][\d,]* songs in view/ }).waitFor();
    const area = await page.getByLabel("Map of songs").boundingBox();
    await page.getByRole("button", { name: "Lasso" }).click();
    const at = (x, y) => page.mouse.move(area.x + area.width * x, area.y + area.height * y, { steps: 8 });
    await at(0.25, 0.15);
    await page.mouse.down();
    for (const [x, y] of [
      [0.7, 0.15],
      [0.7, 0.8],
      [0.25, 0.8],
      [0.25, 0.15],
    ])
      await at(x, y);
    await page.mouse.up();
    const taken = page.getByRole("region", { name: "Songs taken from the map" });
    await taken.getByRole("heading", { name: /\d+ songs? taken/ }).waitFor();
    const first = taken.getByRole("checkbox").first();
    await first.uncheck();
    const told = await taken.getByRole("heading").first().innerText();
    const count = Number(/^([\d,]+) songs? taken, 1 left out/.exec(told)[1].replace(",", ""));
    assert.ok(count > 0);
    await page.reload();
    await taken.getByText("1 left out").waitFor();
    await taken.getByLabel("Name of the playlist").fill("Evening <i>& 夜");
    const answer = page.waitForResponse("**/api/region");
    await taken.getByRole("button", { name: "Make a playlist of these" }).click();
    const asked = (await answer).request().postDataJSON();
    assert.equal(asked.tracks.length, count);
    await page.getByRole("button", { name: "Sort now" }).click();
    const list = await until(async () => {
      const lists = await box.playlists();
      const name = Object.keys(lists).find((one) => one.includes("Evening <i>& 夜"));
      return name && lists[name].length >= count && lists[name];
    }, "the playlist is at Spotify");
    assert.deepEqual(list.map((uri) => uri.split(":").at(-1)).sort(), [...asked.tracks].sort());
  });
});
