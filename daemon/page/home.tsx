// What genred did last, what it will do next, and what stands in its way.

import { useState } from "preact/hooks";
import { get, post, type Run, type Status } from "./api.ts";
import { advice, isBad, outcomeWord } from "./advice.ts";
import { HomeAccount } from "./home_account.tsx";
import { HomePlaylists } from "./home_playlists.tsx";
import { HomeSources } from "./home_sources.tsx";
import { jobWord } from "./jobs.ts";
import { useLive } from "./live.ts";
import { Away, complain, notify, useAsked } from "./parts.tsx";
import { linkTo, type ViewProps } from "./route.ts";
import { Sound } from "./sound.tsx";
import { count, number, percent, sentence } from "./text.ts";
import { Ago, left, until, useMinute } from "./time.tsx";

const LOGIN_WARNING_DAYS = 14;

function sumOf(status: Status): number {
  return status.playlists.reduce((sum, playlist) => sum + playlist.total, 0);
}

function Figures({ status }: { status: Status }) {
  const songs = status.liked + status.others;
  const share = songs > 0 ? status.labelled / songs : 0;
  return (
    <dl class="figures">
      <div>
        <dt>{songs === status.liked ? "liked songs" : "songs"}</dt>
        <dd class="figure">{number(songs)}</dd>
      </div>
      <div>
        <dt>with genres worked out</dt>
        <dd class="figure">{songs > 0 ? percent(share) : "0"}</dd>
      </div>
      <div>
        <dt>{status.playlists.length === 1 ? "playlist" : "playlists"}</dt>
        <dd class="figure">{number(status.playlists.length)}</dd>
      </div>
      <div>
        <dt>songs in them</dt>
        <dd class="figure">{number(sumOf(status))}</dd>
      </div>
    </dl>
  );
}

function changesOf(run: Run): string {
  if (!run.added && !run.removed) return "nothing to change";
  const parts = [];
  if (run.added) parts.push(`${count(run.added, "song")} added`);
  if (run.removed) parts.push(`${count(run.removed, "song")} removed`);
  return parts.join(", ");
}

function Last({ run }: { run: Run }) {
  const bad = isBad(run.outcome);
  const todo = advice(run.outcome);
  return (
    <>
      <p>
        <a href={linkTo("history", { run: String(run.id) })}>
          {jobWord(run.job)}, {outcomeWord(run.outcome)}
        </a>{" "}
        <Ago time={run.finished_at ?? run.started_at} />
        {!bad && `: ${changesOf(run)}`}
      </p>
      {run.message && <p class={bad ? "bad" : "muted"}>{sentence(run.message)}</p>}
      {todo && <p>{todo.text}</p>}
      {todo?.link && <Away {...todo.link} />}
    </>
  );
}

function Next({ status, now }: { status: Status; now: number }) {
  const pause = status.cooldown_until ?? status.budget.room_at;
  if (pause) {
    return (
      <p>
        Spotify is asked nothing until {until(pause)} (in {left(pause, now)}):{" "}
        {status.cooldown_until ? "it asked for a pause." : "today's calls are used up."} genred goes on by
        itself then.
      </p>
    );
  }
  if (!status.logged_in) return <p>Nothing, until you log in.</p>;
  if (!status.next_sync) return <p>Nothing by itself: it syncs when you ask.</p>;
  return (
    <p>
      The next sync begins <Ago time={status.next_sync} />. It reads what is new and brings your playlists up
      to date.
    </p>
  );
}

function Sorting({ status }: { status: Status }) {
  const [busy, setBusy] = useState(false);
  const sort = () => {
    setBusy(true);
    post("/api/sort")
      .then(() => notify("Sorting has begun."), complain)
      .finally(() => setBusy(false));
  };
  if (!status.genres.length) {
    return (
      <p class="row">
        <a class="button primary" href="#/choose">
          Choose genres
        </a>
      </p>
    );
  }
  return (
    <p class="row">
      <button type="button" class="primary" disabled={busy || status.running !== null} onClick={sort}>
        Sort now
      </button>
      <a class="button" href="#/preview">
        Preview
      </a>
    </p>
  );
}

function LoginWarning({ status }: { status: Status }) {
  const days = status.login_days_left;
  const ended = !status.logged_in;
  if (!ended && (days === null || days > LOGIN_WARNING_DAYS)) return null;
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>
          {ended
            ? "Nobody is logged in at Spotify."
            : days === 0
              ? "The login at Spotify ends today."
              : `The login at Spotify ends in ${count(days ?? 0, "day")}.`}
        </strong>
      </p>
      <p>What is stored can be looked at, but nothing is read or written until you log in again.</p>
      <Away text="Log in again" href="#/start?step=login" />
    </div>
  );
}

export function Home(_: ViewProps) {
  const { status, ended } = useLive();
  const now = useMinute();
  const runs = useAsked(() => get<{ runs: Run[] }>("/api/runs"), ended);
  if (!status) {
    return (
      <>
        <h1>Home</h1>
        <p class="muted" aria-busy="true">
          One moment …
        </p>
      </>
    );
  }
  const last = runs.data?.runs.find((run) => run.finished_at !== null);
  return (
    <div class="home">
      <h1>{status.user ? <bdi>{status.user}</bdi> : "Home"}</h1>
      <LoginWarning status={status} />
      {status.warnings.map((warning) => (
        <p key={warning} class="band">
          {sentence(warning)}
        </p>
      ))}
      <section class="card" aria-label="Overview">
        <Figures status={status} />
        <Sorting status={status} />
      </section>
      <div class="cards">
        <section class="card" aria-labelledby="last">
          <h2 id="last">Last</h2>
          {last ? <Last run={last} /> : <p class="muted">Nothing was done yet.</p>}
          <p>
            <a href="#/history">All runs</a>
          </p>
        </section>
        <section class="card" aria-labelledby="next">
          <h2 id="next">Next</h2>
          <Next status={status} now={now} />
          <p class="muted">
            {number(status.budget.last_day)}
            {status.budget.ceiling > 0 && ` of ${number(status.budget.ceiling)}`} calls of Spotify in the last
            24 hours.
          </p>
        </section>
        <HomeAccount status={status} />
      </div>
      <HomePlaylists status={status} />
      <HomeSources pending={status.sources_pending} ended={ended} />
      {status.sound && <Sound />}
    </div>
  );
}
