// The dry run as a page: one song is taken out, the rest is done.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { sandboxed } from "./browser.mjs";

describe("the preview", () => {
  const box = sandboxed({ songs: 300, sort: "rock" }, (box) =>
    box.post("/api/choice", { genres: ["rock", "pop"] }),
  );

  box.scene("keeps what was ticked while one looks at a song", { at: "/preview" }, async (page) => {
    const list = page.getByRole("list", { name: "Songs that would move" });
    const first = () => list.getByRole("listitem").first().getByRole("checkbox");
    await first().uncheck();
    await list.getByRole("listitem").nth(2).getByRole("link").first().click();
    await page.getByRole("heading", { name: "Its genres" }).waitFor();
    await page.goBack();
    await list.waitFor();
    assert.equal(await first().isChecked(), false);
    assert.equal(page.requests.filter((request) => request === "POST /api/sort").length, 1);
  });

  box.scene("does all but the song that was taken out", { at: "/preview" }, async (page) => {
    await page.getByRole("list", { name: "Songs that would move" }).waitFor();
    const before = await box.playlists();
    assert.equal(before["pop (genred)"], undefined, "a preview writes nothing");
    const first = page.getByRole("list", { name: "Songs that would move" }).getByRole("listitem").first();
    const name = await first.getByRole("link").first().innerText();
    const href = await first.getByRole("link").first().getAttribute("href");
    const id = new URLSearchParams(href.split("?")[1]).get("track");
    await first.getByRole("checkbox").click();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("heading", { name: "Done" }).waitFor();
    const pop = (await box.playlists())["pop (genred)"];
    assert.ok(pop.length > 5);
    assert.ok(!pop.includes(`spotify:track:${id}`), `${name} was taken out`);
    const { tracks } = await box.ctl("list", "pop");
    assert.equal(pop.length, tracks.length - 1);
  });

  box.scene("refuses a plan whose playlist changed since", { at: "/preview" }, async (page) => {
    const songs = page.getByRole("list", { name: "Songs that would move" });
    await songs.waitFor();
    const pop = (await box.state()).playlists.find((playlist) => playlist.name === "pop (genred)");
    const uri = pop.items[0].uri ?? pop.items[0];
    await box.control("/playlist", { do: "remove", id: pop.id, uri });
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("heading", { name: "Nothing was changed" }).waitFor();
    assert.ok(!(await box.playlists())["pop (genred)"].includes(uri));
    await page.getByRole("button", { name: "Make a new preview" }).click();
    await songs.waitFor();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("heading", { name: "Done" }).waitFor();
    assert.ok(!(await box.playlists())["pop (genred)"].includes(uri), "what was taken out stays out");
  });
});
