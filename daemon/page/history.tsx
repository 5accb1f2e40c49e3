// What genred did: its runs, what each changed, and taking one back.

import { useEffect, useRef, useState } from "preact/hooks";
import { get, post, query, type Run, type RunDetail, type RunPlaylist } from "./api.ts";
import { advice, isBad, outcomeWord } from "./advice.ts";
import { jobWord } from "./jobs.ts";
import { outcome, useLive } from "./live.ts";
import { Answer, Away, complain, Dialog, notify, SongLink, useAsked } from "./parts.tsx";
import { go, linkTo, type ViewProps } from "./route.ts";
import { count, dateTime, number, sentence } from "./text.ts";
import { Ago } from "./time.tsx";

const SHOWN = 20; // songs of a playlist before one asks for the rest

function inSigns(run: Run): string {
  const parts = [];
  if (run.added) parts.push(`+${number(run.added)}`);
  if (run.removed) parts.push(`−${number(run.removed)}`);
  return parts.join(" ");
}

function spoken(run: Run): string {
  if (!run.added && !run.removed) return "nothing changed";
  return `${count(run.added, "song")} added, ${count(run.removed, "song")} removed`;
}

function List({ runs }: { runs: Run[] }) {
  if (!runs.length) {
    return (
      <p>
        Nothing was done yet. <a href="#/choose">Choose genres</a>, and a sort will stand here.
      </p>
    );
  }
  return (
    <ul class="list runs">
      {runs.map((run) => (
        <li key={run.id}>
          <span class="run">
            <a href={linkTo("history", { run: String(run.id) })}>
              {jobWord(run.job)} <span class="hidden-text">, run {run.id}</span>
            </a>
            <span class="muted">
              <Ago time={run.started_at} />
              {run.outcome !== "done" && (
                <span class={isBad(run.outcome) ? "bad" : ""}>, {outcomeWord(run.outcome)}</span>
              )}
            </span>
          </span>
          <span class="number">
            <span aria-hidden="true">{inSigns(run)}</span>
            <span class="hidden-text">{spoken(run)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function happened(playlist: RunPlaylist): string {
  const parts = [];
  if (playlist.created) parts.push("made");
  if (playlist.unfollowed) parts.push("taken out of your library");
  if (playlist.followed) parts.push("put back into your library");
  if (playlist.added) parts.push(`${count(playlist.added, "song")} added`);
  if (playlist.removed) parts.push(`${count(playlist.removed, "song")} removed`);
  return parts.join(", ");
}

function Changed({ playlist }: { playlist: RunPlaylist }) {
  const [all, setAll] = useState(false);
  const songs = playlist.changes.filter((change) => change.verb === "add" || change.verb === "remove");
  const shown = all ? songs : songs.slice(0, SHOWN);
  return (
    <section class="card">
      <h2>
        <bdi>{playlist.name}</bdi>
      </h2>
      <p class="muted">{sentence(happened(playlist))}</p>
      <ul class="list">
        {shown.map((change, i) => (
          <li key={i}>
            <span class={`sign ${change.verb === "add" ? "good" : "bad"}`}>
              <span aria-hidden="true">{change.verb === "add" ? "+" : "−"}</span>
              <span class="hidden-text">{change.verb === "add" ? "added" : "removed"}</span>
            </span>
            <SongLink song={change} />
          </li>
        ))}
      </ul>
      {shown.length < songs.length && (
        <button type="button" onClick={() => setAll(true)}>
          Show all {number(songs.length)}
        </button>
      )}
    </section>
  );
}

function Undo({ run, close }: { run: RunDetail; close: () => void }) {
  const [busy, setBusy] = useState(false);
  const shown = useRef(true);
  useEffect(() => () => void (shown.current = false), []);
  const undo = async () => {
    setBusy(true);
    try {
      const { run: undoing } = await post<{ run: number }>("/api/undo", { run: run.id });
      await outcome(undoing);
      notify("It is as it was before.");
      if (shown.current) go("history", { run: String(undoing) });
    } catch (error) {
      complain(error);
    } finally {
      close();
    }
  };
  return (
    <Dialog title="Undo this run" close={close}>
      <p>
        {run.playlists.length === 1
          ? "The playlist becomes what it was before"
          : "The playlists become what they were before"}
        : songs that this run added go, songs that it removed come back to their places. What you changed
        since stays. The undo is a run of its own and can be undone, too.
      </p>
      <p class="row">
        <button type="button" class="primary" disabled={busy} onClick={undo}>
          {busy ? "Undoing …" : "Undo"}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </p>
    </Dialog>
  );
}

function One({ run }: { run: RunDetail }) {
  const [asking, setAsking] = useState(false);
  const { status } = useLive();
  const todo = advice(run.outcome);
  return (
    <>
      <section class="card">
        <dl class="facts">
          <dt>Began</dt>
          <dd>{dateTime(run.started_at)}</dd>
          <dt>Ended</dt>
          <dd>{run.finished_at ? dateTime(run.finished_at) : "it is under way"}</dd>
          <dt>Outcome</dt>
          <dd class={isBad(run.outcome) ? "bad" : ""}>{outcomeWord(run.outcome)}</dd>
          <dt>Calls</dt>
          <dd>{number(run.requests)}</dd>
        </dl>
        {run.message && <p>{sentence(run.message)}</p>}
        {todo && <p>{todo.text}</p>}
        {todo?.link && <Away {...todo.link} />}
        {run.playlists.length > 0 ? (
          <button type="button" disabled={Boolean(status?.running)} onClick={() => setAsking(true)}>
            Undo this run …
          </button>
        ) : (
          <p class="muted">It changed no playlist.</p>
        )}
      </section>
      {run.playlists.map((playlist) => (
        <Changed key={playlist.id} playlist={playlist} />
      ))}
      {asking && <Undo run={run} close={() => setAsking(false)} />}
    </>
  );
}

function AllRuns() {
  const { ended } = useLive();
  const asked = useAsked(() => get<{ runs: Run[] }>("/api/runs"), ended);
  return (
    <>
      <h1>History</h1>
      <Answer asked={asked}>{(data) => <List runs={data.runs} />}</Answer>
    </>
  );
}

function OneRun({ id }: { id: string }) {
  const { ended } = useLive();
  const asked = useAsked(() => get<RunDetail>(query("/api/runs", { run: id })), ended);
  return (
    <>
      <p>
        <a href="#/history">All runs</a>
      </p>
      <h1>
        {asked.data ? jobWord(asked.data.job) : "Run"} <span class="muted number">{id}</span>
      </h1>
      <Answer asked={asked}>{(run) => <One run={run} />}</Answer>
    </>
  );
}

export function History({ values }: ViewProps) {
  const id = values.get("run");
  return id ? <OneRun key={id} id={id} /> : <AllRuns />;
}
