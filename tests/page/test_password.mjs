// A page with a password: nothing is told before it, and a restart asks for it again.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertAccessible, sandboxed, shot } from "./browser.mjs";

const ALLOW = [/status of 40[13]/, /ERR_|Failed to load/];

describe("the password", () => {
  const box = sandboxed({ songs: 80 }, (box) => box.ctl("web", "--password", { stdin: "correct horse\n" }));

  box.scene("opens the page, and only it does", { allow: ALLOW }, async (page) => {
    await page.getByLabel("Password").waitFor();
    await assertAccessible(page, "password");
    await shot(page, "password-1440-light");
    assert.ok(!(await page.content()).includes("genred)"), "nothing of the library is told");
    await page.getByLabel("Password").fill("wrong horse");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password").fill("correct horse");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Playlists" }).waitFor();
    const [cookie] = await page.context().cookies();
    assert.equal(cookie.sameSite, "Strict");
    assert.equal(cookie.httpOnly, true);
    await box.stop();
    await page.getByText("genred does not answer at the moment").waitFor();
    await box.start();
    await page.getByLabel("Password").waitFor();
  });
});
