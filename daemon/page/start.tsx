// The first steps: one after the other, each where it was left when the page is opened again.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, post, type Run, type Setup, type Status } from "./api.ts";
import { isBad } from "./advice.ts";
import { refresh, useLive } from "./live.ts";
import { stepWord } from "./jobs.ts";
import { Login } from "./login.tsx";
import { Answer, asError, Away, complain, notify, Trouble, useAsked } from "./parts.tsx";
import type { ViewProps } from "./route.ts";
import { StartGenres } from "./start_genres.tsx";
import { count, date, number } from "./text.ts";

type State = "done" | "now" | "later";

function Step(props: {
  at: number;
  title: string;
  state: State;
  said?: ComponentChildren; // in place of the rest once it is done
  open?: boolean;
  children: ComponentChildren;
}) {
  const [opened, setOpened] = useState(false);
  const shown = props.state === "now" || (props.state === "done" && (opened || props.open));
  return (
    <li class={`step ${props.state}`} aria-current={props.state === "now" ? "step" : undefined}>
      <span class="mark" aria-hidden="true">
        {props.state === "done" ? (
          <svg viewBox="0 0 24 24">
            <path d="m6 12.5 4 4 8-9" />
          </svg>
        ) : (
          props.at
        )}
      </span>
      <div class="body">
        <div class="row spread">
          <h2>
            {props.title}
            {props.state === "done" && <span class="hidden-text"> (done)</span>}
          </h2>
          {props.state === "done" && !props.open && (
            <button type="button" class="small" aria-expanded={opened} onClick={() => setOpened(!opened)}>
              {opened ? "Close" : "Change"}
              <span class="hidden-text">: {props.title}</span>
            </button>
          )}
        </div>
        {props.state === "done" && !shown && props.said && <p class="muted">{props.said}</p>}
        {shown && props.children}
      </div>
    </li>
  );
}

function Copied({ text, what }: { text: string; what: string }) {
  const field = useRef<HTMLInputElement>(null);
  const copy = () => {
    const byHand = () => {
      field.current?.select();
      notify("Press Ctrl+C to copy it.");
    };
    if (!navigator.clipboard) return byHand();
    navigator.clipboard.writeText(text).then(() => notify(`Copied: ${text}`), byHand);
  };
  return (
    <span class="copied">
      <input
        ref={field}
        type="text"
        readOnly
        value={text}
        aria-label={what}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" onClick={copy}>
        Copy<span class="hidden-text"> the {what}</span>
      </button>
    </span>
  );
}

// What is wrong with a client id, in words; "" when nothing is.
function wrongClientId(text: string): string {
  const id = text.trim();
  if (!id) return "";
  if (/^https?:/.test(id)) return "This is an address. The client id is 32 characters of 0 to 9 and a to f.";
  const strange = /[^0-9a-f]/i.exec(id)?.[0];
  if (strange) return `“${strange}” does not belong into a client id. It has only 0 to 9 and a to f.`;
  if (id.length < 32) return `${count(32 - id.length, "character")} of 32 still missing.`;
  if (id.length > 32) return `${count(id.length - 32, "character")} too many: it has 32.`;
  return "";
}

function ClientId({ setup, stored }: { setup: Setup; stored: () => void }) {
  const [id, setId] = useState(setup.client_id);
  const [left, setLeft] = useState(false); // the field was left once: it may say what is missing
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const trimmed = id.trim().toLowerCase();
  const wrong = wrongClientId(id);
  const said = wrong && (left || id.trim().length >= 32 || /[^0-9a-f\s]/i.test(id)) ? wrong : "";
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    post<Setup>("/api/setup", { client_id: trimmed }).then(
      () => {
        setBusy(false);
        stored();
        void refresh();
      },
      (reason) => {
        setBusy(false);
        setError(asError(reason));
      },
    );
  };
  return (
    <>
      <ol class="how">
        <li>
          Open <Away plain text="Spotify's dashboard" href={setup.dashboard} /> and create an app. Its name
          and description are yours to choose. Of the APIs tick <em>Web API</em>. It costs nothing, but its
          owner needs Premium.
        </li>
        <li>
          As redirect URI enter exactly this: no port, and not <em>localhost</em>.
          <Copied text={setup.redirect_uri} what="redirect URI" />
        </li>
        <li>
          Is somebody else's account to be sorted? Add it in the app's settings under <em>User Management</em>
          .
        </li>
        <li>
          Copy the app's client id.
          {setup.client_id_fixed ? (
            <p>
              It is set in {setup.config_file ? <code>{setup.config_file}</code> : "the configuration"}{" "}
              already: <code>{setup.client_id}</code>
            </p>
          ) : (
            <form onSubmit={submit}>
              {error && <Trouble error={error} />}
              <label class="field">
                Client id
                <input
                  class="code"
                  type="text"
                  autocomplete="off"
                  autocapitalize="none"
                  spellcheck={false}
                  required
                  value={id}
                  aria-invalid={said !== ""}
                  aria-describedby="client-id-said"
                  onInput={(event) => setId(event.currentTarget.value)}
                  onBlur={() => setLeft(true)}
                />
              </label>
              <p id="client-id-said" class={said ? "bad" : "muted"} aria-live="polite">
                {said ||
                  (trimmed.length === 32 ? "This looks right." : "32 characters. No secret is needed.")}
              </p>
              <button class="primary" disabled={busy || wrong !== "" || trimmed.length !== 32}>
                Save
              </button>
            </form>
          )}
        </li>
      </ol>
    </>
  );
}

// Reads the likes, by itself if that was never tried.
function Likes({ status }: { status: Status }) {
  const { progress, ended } = useLive();
  const runs = useAsked(() => get<{ runs: Run[] }>("/api/runs"), ended);
  const [error, setError] = useState<ApiError | null>(null);
  const begun = useRef(false);
  const now = progress ?? status.running;
  const last = runs.data?.runs.find((run) => run.job === "sync" || run.job === "sort");
  const begin = () => {
    begun.current = true;
    setError(null);
    post("/api/sync").catch((reason) => setError(asError(reason)));
  };
  useEffect(() => {
    if (runs.data && !last && !now && !begun.current) begin();
  }, [runs.data, last, now]);
  if (now) {
    const { step = "", done = 0, total = 0 } = now;
    return (
      <>
        <p>
          Reading your library: {stepWord(step)}
          {total > 0 && (
            <span class="number">
              , {number(done)} of {number(total)}
            </span>
          )}
        </p>
        <p class="muted">
          {status.liked > 0 && `${count(status.liked, "song")} so far. `}This page may be closed meanwhile.
        </p>
      </>
    );
  }
  const failed = last && last.outcome !== "done" ? last : null;
  return (
    <>
      {error && <Trouble error={error} />}
      {failed && isBad(failed.outcome) && (
        <Trouble error={new ApiError(500, failed.outcome, failed.message || "the likes could not be read")} />
      )}
      {failed && !isBad(failed.outcome) && (
        <p>Reading was ended before it was through. It goes on where it was.</p>
      )}
      {error || last ? (
        <button type="button" class="primary" onClick={begin}>
          Read the likes
        </button>
      ) : (
        <p class="muted" aria-busy="true">
          One moment …
        </p>
      )}
    </>
  );
}

function Go({ status }: { status: Status }) {
  const [busy, setBusy] = useState(false);
  const sort = () => {
    setBusy(true);
    post("/api/sort").then(
      () => notify("Sorting has begun."),
      (error) => {
        setBusy(false);
        complain(error);
      },
    );
  };
  return (
    <>
      <p>
        Look at what would go into each playlist, take out what does not belong, then let it be done. Nothing
        is written before.
      </p>
      <p class="row">
        <a class="button primary" href="#/preview">
          Preview
        </a>
        <button type="button" disabled={busy || status.running !== null} onClick={sort}>
          Sort without looking
        </button>
      </p>
    </>
  );
}

function stateOf(done: boolean, before: boolean): State {
  return done ? "done" : before ? "now" : "later";
}

export function Start({ values }: ViewProps) {
  const { status } = useLive();
  const setup = useAsked(() => get<Setup>("/api/setup"), status?.client_id_set);
  const heading = useRef<HTMLHeadingElement>(null);
  if (!status) {
    return (
      <>
        <h1>First steps</h1>
        <p class="muted" aria-busy="true">
          One moment …
        </p>
      </>
    );
  }
  const has = {
    id: status.client_id_set,
    login: status.logged_in,
    likes: status.labelled > 0 || status.last_sync !== null,
    genres: status.genres.length > 0,
    sorted: status.last_sort !== null || status.playlists.length > 0,
  };
  const loggedIn = has.id && has.login;
  const read = loggedIn && has.likes;
  const all = read && has.genres && has.sorted;
  return (
    <div class="start">
      <h1 ref={heading}>{all ? "All set up" : "Five steps to sorted playlists"}</h1>
      <p class="lead">
        {all ? (
          <>
            genred keeps your playlists sorted from here on. <a href="#/home">Go home</a>
          </>
        ) : (
          "genred reads your liked songs, finds their genres, and keeps one playlist for each that you choose. It changes nothing else, and nothing leaves this machine but what Spotify and the sources are asked."
        )}
      </p>
      <ol class="steps">
        <Step
          at={1}
          title="Get a client id"
          state={stateOf(has.id, true)}
          said={setup.data?.client_id_fixed ? "It is set in the configuration." : "It is set."}
        >
          <Answer asked={setup}>
            {(data) => <ClientId key={data.client_id} setup={data} stored={setup.again} />}
          </Answer>
        </Step>
        <Step
          at={2}
          title="Log in"
          state={stateOf(has.login, has.id)}
          open={values.get("step") === "login"}
          said={
            <>
              {status.user ? <bdi>{status.user}</bdi> : "Somebody"} is logged in, until{" "}
              {date(status.login_expires_at)}.
            </>
          }
        >
          <p>
            Spotify asks whether genred may read your likes and write your playlists. genred never sees your
            password.
          </p>
          <Login again={has.login} />
        </Step>
        <Step
          at={3}
          title="Read the likes"
          state={stateOf(has.likes, loggedIn)}
          said={`${count(status.liked, "liked song")}, of which ${number(status.labelled)} have a genre worked out.`}
        >
          <Likes status={status} />
        </Step>
        <Step at={4} title="Choose genres" state={stateOf(has.genres, read)} said={status.genres.join(", ")}>
          <StartGenres />
        </Step>
        <Step at={5} title="Look, then go" state={stateOf(has.sorted, read && has.genres)} said="Done.">
          <Go status={status} />
        </Step>
      </ol>
    </div>
  );
}
