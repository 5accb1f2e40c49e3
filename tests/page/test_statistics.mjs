// The charts, and what is kept of them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe } from "node:test";
import { sandboxed } from "./browser.mjs";
import { look } from "./png.mjs";

const TITLES = [
  "What you liked when",
  "Of which decades",
  "How fast",
  "How much energy",
  "Whom you like most",
];

async function saved(page, title, kind) {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: new RegExp(`Save as ${kind}.*${title}`) }).click();
  const file = await waiting;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

describe("the statistics", () => {
  const box = sandboxed({ songs: 400 });

  box.scene("tell the numbers that they draw", { at: "/statistics" }, async (page) => {
    const { tempo, artists, songs } = await box.get("/api/statistics");
    for (const title of TITLES) await page.getByRole("heading", { name: title }).waitFor();
    await page.getByText(`known of ${tempo.known} of ${songs} songs`).waitFor();
    await page.getByText("The numbers of Whom you like most").click();
    const first = page.getByRole("region", { name: "Numbers: Whom you like most" }).getByRole("row").nth(1);
    assert.match(await first.innerText(), new RegExp(`\\b${artists[0].tracks}\\b`));
  });

  for (const dark of [false, true]) {
    box.scene(
      `are kept as SVG and PNG, ${dark ? "dark" : "light"}`,
      { at: "/statistics", dark },
      async (page) => {
        for (const title of TITLES) {
          await page.getByRole("heading", { name: title }).waitFor();
          const svg = await saved(page, title, "SVG");
          const text = svg.bytes.toString();
          assert.match(svg.name, /^genred-[a-z]+\.svg$/);
          assert.ok(text.includes(title), "it has its title");
          assert.doesNotMatch(text, /class=|style=|var\(|light-dark/, "it stands by itself");
          const png = await saved(page, title, "PNG");
          const picture = look(png.bytes); // drawn from the SVG, so that is well-formed
          assert.ok(picture.colours > 3 && picture.drawn > 0.01, `${title}: ${JSON.stringify(picture)}`);
        }
      },
    );
  }
});
