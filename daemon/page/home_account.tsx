// The login at Spotify: how long it lasts, and leaving it.

import { useState } from "preact/hooks";
import { post, type Status } from "./api.ts";
import { refresh } from "./live.ts";
import { Away, complain, Dialog, notify } from "./parts.tsx";
import { count, date } from "./text.ts";

function Leave({ close }: { close: () => void }) {
  const [forget, setForget] = useState(false);
  const [busy, setBusy] = useState(false);
  const leave = () => {
    setBusy(true);
    post("/api/logout", { forget })
      .then(() => notify(forget ? "Logged out, and everything fetched is deleted." : "Logged out."), complain)
      .then(refresh)
      .finally(close);
  };
  return (
    <Dialog title="Log out" close={close}>
      <p>Your playlists at Spotify stay as they are. genred no longer reads or writes anything.</p>
      <label class="option">
        <input
          type="checkbox"
          checked={forget}
          onChange={(event) => setForget(event.currentTarget.checked)}
        />
        <span>
          Forget everything, too: what was fetched of your songs, your corrections, the history with its undo.
          It cannot be brought back, but by a backup (<code>genrectl backup</code>).
        </span>
      </label>
      <p class="row">
        <button type="button" class={forget ? "danger" : "primary"} disabled={busy} onClick={leave}>
          {forget ? "Log out and forget" : "Log out"}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </p>
    </Dialog>
  );
}

export function HomeAccount({ status }: { status: Status }) {
  const [leaving, setLeaving] = useState(false);
  return (
    <section class="card" aria-labelledby="account">
      <h2 id="account">Login</h2>
      {status.logged_in ? (
        <p>
          Until {date(status.login_expires_at)}
          {status.login_days_left !== null && ` (${count(status.login_days_left, "day")})`}. Then log in once
          more.
        </p>
      ) : (
        <p>Nobody is logged in.</p>
      )}
      <p class="row">
        <Away text={status.logged_in ? "Log in again" : "Log in"} href="#/start?step=login" />
        <button type="button" class="plain" onClick={() => setLeaving(true)}>
          Log out …
        </button>
      </p>
      {leaving && <Leave close={() => setLeaving(false)} />}
    </section>
  );
}
