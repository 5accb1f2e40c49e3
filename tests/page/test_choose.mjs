// Choosing: what is sorted, which genres, from which probability on, and genres of one's own.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { sandboxed } from "./browser.mjs";
import { until } from "./sandbox.mjs";

const genresOf = async (box) => {
  const flat = (list) => list.flatMap((genre) => [genre, ...flat(genre.children)]);
  return flat((await box.get("/api/genres")).genres);
};
const settings = (page, title) => page.getByRole("button", { name: `Settings of ${title}` });

describe("choosing", () => {
  const box = sandboxed({ songs: 300, sort: "rock" });

  box.scene("switches genres and places on and off", { at: "/choose" }, async (page) => {
    const { name } = (await genresOf(box)).find((genre) => !genre.chosen && genre.tracks > 0);
    await page.getByRole("switch", { name: new RegExp(`^${name},`) }).click();
    await until(async () => (await box.get("/api/choice")).genres.includes(name), `${name} is chosen`);
    await page.getByRole("switch", { name: /^rock,/ }).click();
    await until(async () => !(await box.get("/api/choice")).genres.includes("rock"), "rock is not");
    await page.getByRole("button", { name: "Look for my playlists" }).click();
    await page.getByText("Your playlists were looked for.").waitFor();
    const { places } = await box.get("/api/choice");
    const own = places.find((place) => place.id.startsWith("playlist:"));
    await page.getByRole("switch", { name: own.name, exact: true }).click();
    await until(
      async () => (await box.get("/api/choice")).from.includes(own.id),
      "the playlist is sorted, too",
    );
    await page.reload();
    assert.equal(
      await page.getByRole("switch", { name: own.name, exact: true }).getAttribute("aria-checked"),
      "true",
    );
    await page.getByRole("switch", { name: own.name, exact: true }).click();
    await until(async () => !(await box.get("/api/choice")).from.includes(own.id), "no longer");
  });

  box.scene(
    "takes a switch back when the daemon refuses",
    { at: "/choose", allow: [/status of 500/] },
    async (page) => {
      const pop = page.getByRole("switch", { name: /^pop/ });
      await pop.waitFor();
      await page.route("**/api/choice", (route) =>
        route.fulfill({ status: 500, json: { error: "store", message: "the disk is full", exit_status: 1 } }),
      );
      await pop.click();
      await page.getByText("The disk is full.", { exact: false }).waitFor();
      assert.equal(await pop.getAttribute("aria-checked"), "false");
    },
  );

  box.scene(
    "shows what a threshold would mean while one drags, without asking",
    { at: "/choose" },
    async (page) => {
      await settings(page, "rock").click();
      const slider = page.getByRole("slider", { name: "Threshold of rock" });
      await slider.waitFor();
      const seen = new Set([await slider.getAttribute("aria-valuetext")]);
      const asked = page.requests.length;
      await slider.scrollIntoViewIfNeeded();
      const area = await slider.boundingBox();
      await page.mouse.move(area.x + area.width / 2, area.y + area.height / 2);
      await page.mouse.down();
      for (let i = 0; i <= 10; i++) {
        await page.mouse.move(area.x + (area.width * (i + 0.5)) / 11, area.y + area.height / 2);
        seen.add(await slider.getAttribute("aria-valuetext"));
      }
      assert.ok(seen.size > 6, [...seen].join(" | "));
      assert.equal(page.requests.length, asked, "nothing is asked while one drags");
      await page.mouse.up();
      await until(
        async () => (await genresOf(box)).find((g) => g.name === "rock").threshold > 0.9,
        "it is kept",
      );
      const strict = (await genresOf(box)).find((g) => g.name === "rock").tracks;
      const told = Number(/(\d+) songs?,/.exec(await slider.getAttribute("aria-valuetext"))[1]);
      assert.equal(told, strict, "the curve told what the daemon counts");
      await page.getByRole("button", { name: "The model's own" }).click();
      await until(
        async () => (await genresOf(box)).find((g) => g.name === "rock").threshold === null,
        "the model's",
      );
    },
  );

  box.scene(
    "makes, shows and removes a genre by rule",
    { at: "/choose", allow: [/status of 400.*api\/rule/] },
    async (page) => {
      await page.getByRole("button", { name: "A genre of your own" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Night <b>drive");
      const rule = page.getByRole("textbox", { name: "Rule" });
      await rule.fill("electronic and (");
      await page.getByRole("dialog").locator(".bad").first().waitFor();
      await rule.fill("electronic or rock");
      await page
        .getByRole("dialog")
        .getByText(/^\d+ songs?$/)
        .waitFor();
      const found = parseInt(
        await page
          .getByRole("dialog")
          .getByText(/^\d+ songs?$/)
          .innerText(),
        10,
      );
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("is kept and chosen").waitFor();
      const own = await until(
        async () => (await genresOf(box)).find((genre) => genre.rule !== null),
        "it is there",
      );
      assert.equal(own.title, "Night <b>drive");
      assert.equal(own.tracks, found);
      assert.ok((await box.get("/api/choice")).genres.includes(own.name));
      await settings(page, own.title).click();
      await page.getByRole("button", { name: "Remove …" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
      await until(async () => !(await genresOf(box)).some((genre) => genre.rule !== null), "it is removed");
      await until(async () => !(await box.get("/api/choice")).genres.includes(own.name), "nor chosen");
    },
  );

  box.scene("two tabs do not undo each other", { at: "/choose" }, async (page) => {
    const [one, two] = (await box.get("/api/genres")).genres.filter(
      (genre) => !genre.chosen && genre.tracks > 0,
    );
    const other = await page.context().newPage();
    await other.goto(box.url + "#/choose");
    const toggle = (tab, { name }) => tab.getByRole("switch", { name: new RegExp(`^${name},`) });
    await toggle(other, two).waitFor();
    await toggle(page, one).click();
    await until(async () => (await box.get("/api/choice")).genres.includes(one.name), "the first");
    await toggle(other, two).click();
    await until(async () => (await box.get("/api/choice")).genres.includes(two.name), "the second");
    assert.ok((await box.get("/api/choice")).genres.includes(one.name), "the first is chosen still");
  });

  box.scene("renames, merges and hides, and takes each back", { at: "/choose" }, async (page) => {
    await settings(page, "soul").click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Soul & R&B");
    await page.getByRole("button", { name: "Rename" }).click();
    await until(async () => (await genresOf(box)).some((genre) => genre.title === "Soul & R&B"), "renamed");
    const before = (await genresOf(box)).find((genre) => genre.name === "pop").tracks;
    await settings(page, "asian-pop").click();
    await page.getByRole("button", { name: "Merge …" }).click();
    await page.getByRole("combobox").fill("pop");
    await page
      .getByRole("dialog")
      .getByRole("option", { name: /^pop \d/ })
      .click();
    await page.getByText("counts as pop", { exact: true }).waitFor();
    const after = (await genresOf(box)).find((genre) => genre.name === "pop").tracks;
    assert.ok(after > before, `${after} songs of pop, ${before} before`);
    await page.getByRole("button", { name: /Take back.*asian-pop/ }).click();
    await until(
      async () => (await genresOf(box)).find((genre) => genre.name === "pop").tracks === before,
      "the merge is taken back",
    );
    await settings(page, "spoken").click();
    await page.getByRole("button", { name: "Hide" }).click();
    await page.getByText("is hidden", { exact: true }).waitFor();
    await page.getByRole("button", { name: /Take back.*spoken/ }).click();
    await until(async () => (await genresOf(box)).some((genre) => genre.name === "spoken"), "it is back");
  });
});
