// Logging in at Spotify: in this browser, or in one on another machine whose last address is pasted here.

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, post } from "./api.ts";
import { outcome, refresh } from "./live.ts";
import { asError, Away } from "./parts.tsx";
import { sentence } from "./text.ts";
import { until } from "./time.tsx";

interface Begun {
  run: number;
  authorize_url: string;
  redirect_uri: string;
  expires_at: string;
  paste: boolean;
}

// A login under way is kept for the tab, so that a reload waits for it again.
const KEPT = "genred-login";

function kept(): Begun | null {
  try {
    const begun = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Begun | null;
    return begun && new Date(begun.expires_at).getTime() > Date.now() ? begun : null;
  } catch {
    return null;
  }
}

function keep(begun: Begun | null): void {
  if (begun) sessionStorage.setItem(KEPT, JSON.stringify(begun));
  else sessionStorage.removeItem(KEPT);
}

// What to do after a login that failed, by what the daemon says of it.
function remedy(error: ApiError): string {
  const rows: [RegExp, string][] = [
    [/denied/, "It was refused at Spotify. Begin again, and press Agree there."],
    [/not the answer/, "The address belongs to another attempt. Open Spotify's page once more, and agree."],
    [/too late|ten minutes|no login is waiting/, "Begin again. There are ten minutes for it each time."],
    [/holds no code/, "Copy the whole address, from http to its last character."],
    [/client_id|Client ID/, "Compare the client id in step 1 with the one in Spotify's dashboard."],
    [/is taken/, "Use the way for a browser on another machine, below. It works here, too."],
    [/given up|started anew/, "Begin again when you like."],
    [/list of users/, "Add this account in the app's settings under User Management. Then begin again."],
  ];
  const known = rows.find(([pattern]) => pattern.test(error.message));
  if (known) return known[1];
  if (error.kind === "network" || error.kind === "rate")
    return "Check the connection of the machine where genred runs. Then begin again.";
  if (error.kind === "unreachable") return "Start genred on its machine, then begin again.";
  return "Begin again. If it stays so, run on genred's machine: genrectl doctor";
}

function Failed({ error }: { error: ApiError }) {
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>{sentence(error.message)}</strong>
      </p>
      <p>{remedy(error)}</p>
    </div>
  );
}

function Waiting({ begun, cancel }: { begun: Begun; cancel: () => void }) {
  const [url, setUrl] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    post("/api/login/answer", { url: url.trim() }).then(
      () => setBusy(false),
      (reason) => {
        setBusy(false);
        setError(asError(reason));
      },
    );
  };
  return (
    <>
      <p role="status">
        {begun.paste
          ? "Open Spotify's page in any browser, and agree there."
          : "Agree in the tab with Spotify's page. This page then goes on by itself."}{" "}
        There is time until {until(begun.expires_at)}.
      </p>
      <p class="row">
        <Away text="Open Spotify's page" href={begun.authorize_url} />
        <button type="button" class="plain" onClick={cancel}>
          Cancel
        </button>
      </p>
      {begun.paste && (
        <form class="paste" onSubmit={submit}>
          <p>
            The browser then ends at an address that begins with <code>{begun.redirect_uri}</code> and cannot
            be shown. That is right. Copy this address from its address bar:
          </p>
          {error && <Failed error={error} />}
          <label class="field">
            The address that it ended at
            <input
              type="text"
              inputMode="url"
              autocomplete="off"
              spellcheck={false}
              required
              value={url}
              onInput={(event) => setUrl(event.currentTarget.value)}
            />
          </label>
          <button class="primary" disabled={busy || !url.trim()}>
            Log in
          </button>
        </form>
      )}
    </>
  );
}

export function Login({ again }: { again: boolean }) {
  const [begun, setBegun] = useState<Begun | null>(kept);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const shown = useRef(true);
  const run = begun?.run;

  useEffect(() => {
    shown.current = true;
    return () => void (shown.current = false);
  }, []);
  useEffect(() => {
    if (run === undefined) return;
    let mine = true;
    const end = (reason: unknown) => {
      keep(null);
      void refresh();
      if (!mine) return;
      setBegun(null);
      setError(reason === null ? null : asError(reason));
    };
    outcome(run).then(() => end(null), end);
    return () => void (mine = false);
  }, [run]);

  const begin = (paste: boolean) => {
    // Opened at once, while the click still counts; where that is blocked, the link remains.
    const tab = paste ? null : open("", "_blank");
    if (tab) tab.opener = null;
    setBusy(true);
    setError(null);
    post<Begun>("/api/login", { paste }).then(
      (answer) => {
        const next = { ...answer, paste };
        const sound = /^https?:/.test(next.authorize_url);
        if (tab && sound) tab.location.replace(next.authorize_url);
        keep(next);
        setBusy(false);
        if (shown.current) setBegun(next);
      },
      (reason) => {
        tab?.close();
        setBusy(false);
        setError(asError(reason));
      },
    );
  };
  const cancel = () => {
    keep(null);
    if (run !== undefined) post("/api/cancel", { run }).catch(() => {});
    setBegun(null);
  };

  return (
    <>
      {error && <Failed error={error} />}
      {begun ? (
        <Waiting begun={begun} cancel={cancel} />
      ) : (
        <p class="row">
          <button type="button" class="primary" disabled={busy} onClick={() => begin(false)}>
            {again ? "Log in again" : "Log in at Spotify"}
          </button>
          <button type="button" disabled={busy} onClick={() => begin(true)}>
            The browser is on another machine
          </button>
        </p>
      )}
      <details>
        <summary>Spotify shows an error instead</summary>
        <dl>
          <dt>Invalid redirect URI</dt>
          <dd>
            The redirect URI in the app's settings is another one. Copy it once more from step 1, save, try
            again.
          </dd>
          <dt>Invalid client</dt>
          <dd>The client id in step 1 is not the app's. Copy it once more.</dd>
          <dt>User not registered</dt>
          <dd>Add the account in the app's settings under User Management.</dd>
          <dt>Illegal scope, or the app is disabled</dt>
          <dd>Look at the app in the dashboard: its owner needs Premium, and the app must be active.</dd>
        </dl>
      </details>
    </>
  );
}
