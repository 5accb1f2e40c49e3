// The first run: from nothing to playlists, with nothing but the page.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { sandboxed, shot } from "./browser.mjs";
import { until } from "./sandbox.mjs";

// The login leads through Spotify's page (the fake's) and back to the redirect listener.
const ALLOW = [/request to another host: http:\/\/127\.0\.0\.1:/, /favicon/, /status of 400.*login\/answer/];

for (const width of [360, 1440]) {
  describe(`the first run, ${width} pixels`, () => {
    const box = sandboxed({
      songs: 200,
      login: false,
      start: { GENRED_SPOTIFY_CLIENT_ID: null },
    });

    box.scene(
      "leads from a client id to sorted playlists",
      { width, touch: width < 500, allow: ALLOW },
      async (page) => {
        await page.getByRole("heading", { name: "Five steps to sorted playlists" }).waitFor();
        await shot(page, `start-1-${width}`);
        assert.equal(
          await page.getByLabel("redirect URI", { exact: true }).inputValue(),
          (await box.get("/api/setup")).redirect_uri,
        );
        const id = page.getByLabel("Client id");
        await id.fill("https://open.spotify.com/");
        await page.getByText("This is an address.").waitFor();
        await id.fill(box.fake.client_id.slice(1));
        await id.blur();
        await page.getByText("1 character of 32 still missing.").waitFor();
        assert.ok(await page.getByRole("button", { name: "Save" }).isDisabled());
        await id.fill(box.fake.client_id);
        await page.getByRole("button", { name: "Save" }).click();

        await page.getByRole("button", { name: "Log in at Spotify" }).click();
        await page.getByText("is logged in").waitFor();
        await page.bringToFront();
        await page.getByText("These are in your library.").waitFor();
        await shot(page, `start-4-${width}`);

        await page.reload();
        await page.getByText("These are in your library.").waitFor();
        const { genres } = await box.get("/api/genres");
        const rock = genres.find((genre) => genre.name === "rock");
        const row = page.locator("label.tick", { hasText: rock.title }).first();
        assert.match(await row.innerText(), new RegExp(`${rock.tracks} songs?`));
        await row.click();
        await page.getByRole("button", { name: "Choose", exact: true }).click();

        await page.getByRole("link", { name: "Preview" }).click();
        await page.getByRole("button", { name: "Apply" }).click();
        await page.getByRole("heading", { name: "Done" }).waitFor();
        await page.getByRole("link", { name: "Home", exact: true }).last().click();
        await page.getByRole("heading", { name: "Playlists" }).waitFor();
        const playlists = await box.playlists();
        assert.equal(playlists["rock (genred)"].length, rock.tracks);
      },
    );

    box.scene("says what to do when the login is refused", { width, allow: ALLOW }, async (page) => {
      await page.goto(box.url + "#/start?step=login");
      await page.getByRole("button", { name: "The browser is on another machine" }).click();
      await page.getByLabel("The address that it ended at").fill("http://127.0.0.1/callback?code=x&state=y");
      await page.getByRole("button", { name: "Log in", exact: true }).click();
      await page.getByRole("alert").waitFor();
      await until(async () => (await page.getByRole("alert").innerText()).length > 20, "it says why");
    });
  });
}
