// Home: what was done and comes next, a running job with its end, no polling.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { sandboxed } from "./browser.mjs";
import { until } from "./sandbox.mjs";

const asks = (page, path) => page.requests.filter((request) => request === `GET ${path}`).length;

describe("home", () => {
  const box = sandboxed({ songs: 300 });

  box.scene("tells what was done, what comes next, and what is kept", { at: "/home" }, async (page) => {
    const status = await box.get("/api/status");
    await page.getByText("The next sync begins in").waitFor();
    for (const playlist of status.playlists) {
      const link = page.getByRole("link", { name: playlist.name });
      assert.equal(await link.getAttribute("href"), `https://open.spotify.com/playlist/${playlist.id}`);
      assert.match(await link.getAttribute("rel"), /noreferrer/);
    }
    await page.getByRole("link", { name: "Sort, done" }).waitFor();
    await page.getByText(`of ${status.liked} songs`, { exact: false }).first().waitFor();
  });

  box.scene("shows a running job without polling, and ends it", { at: "/home" }, async (page) => {
    await page.getByRole("button", { name: "Sort now" }).waitFor();
    await box.hold("GET /v1/me/tracks");
    try {
      await page.getByRole("button", { name: "Sort now" }).click();
      await box.held();
      await page.getByRole("region", { name: "Under way" }).waitFor();
      const before = asks(page, "/api/status");
      // The stream's heartbeat comes in between; nothing else does.
      await page.waitForTimeout(1500);
      assert.equal(asks(page, "/api/status"), before);
      await page.getByRole("button", { name: "Cancel" }).click();
    } finally {
      await box.unhold();
    }
    await page.getByRole("region", { name: "Under way" }).waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "Sort, cancelled" }).waitFor();
    await page.getByText("What was done so far stays.", { exact: false }).waitFor();
  });

  box.scene(
    "goes on when the daemon dies in the middle of a job",
    { at: "/home", allow: [/ERR_|Failed to load|status of/] },
    async (page) => {
      await page.getByRole("button", { name: "Sort now" }).waitFor();
      await box.hold("GET /v1/me/tracks");
      await page.getByRole("button", { name: "Sort now" }).click();
      await box.held();
      await page.getByRole("region", { name: "Under way" }).waitFor();
      await box.kill();
      await page.getByText("genred does not answer at the moment").waitFor();
      await box.unhold();
      await box.start();
      await page.getByText("genred does not answer at the moment").waitFor({ state: "hidden" });
      await page.getByRole("region", { name: "Under way" }).waitFor({ state: "hidden" });
      // The token of the daemon before is no longer good: the page fetches the new one by itself.
      await page.getByRole("button", { name: "Sort now" }).click();
      await page.getByRole("link", { name: "Sort, done" }).waitFor();
    },
  );

  box.scene("believes the newest answer, not the last to come", { at: "/nowhere" }, async (page) => {
    let late = null;
    await page.route("**/api/status", async (route) => {
      const answer = await route.fetch();
      if (!(await answer.json()).running) return route.fulfill({ response: answer });
      late ??= { route, answer }; // told while the job runs, and held
    });
    await page.goto(box.url + "#/home");
    await page.getByRole("button", { name: "Sort now" }).waitFor();
    await box.hold("GET /v1/me/tracks");
    await page.getByRole("button", { name: "Sort now" }).click();
    await box.held();
    await until(() => late, "the status is asked for while the job runs");
    await box.unhold();
    await page.getByRole("region", { name: "Under way" }).waitFor({ state: "hidden" });
    await late.route.fulfill({ response: late.answer });
    await page.waitForFunction(() => document.querySelector("main .primary:enabled"));
    assert.equal(await page.getByRole("region", { name: "Under way" }).count(), 0);
  });

  box.scene("leaves a playlist to the person", { at: "/home" }, async (page) => {
    await page.getByRole("button", { name: /Leave it to me.*rock/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Leave it to me" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await until(
      async () =>
        !(await box.get("/api/status")).playlists.some((p) => p.genre === "rock" && p.state === "active"),
      "rock is released",
    );
    assert.ok((await box.playlists())["rock (genred)"].length > 0);
  });
});
