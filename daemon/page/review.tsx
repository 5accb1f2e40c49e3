// The songs that are sure enough of no genre, one after another: a key, a click or a swipe each.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, type Genres, type Unsure } from "./api.ts";
import { Desk, type Done } from "./desk.ts";
import { flat, getGenres, titlesOf } from "./genres.ts";
import { complain, Dialog, Trouble, useAsked } from "./parts.tsx";
import { Pick } from "./pick.tsx";
import { linkTo, type ViewProps } from "./route.ts";
import { useSwipe } from "./swipe.ts";
import { count, number, percent, sentence } from "./text.ts";

type Title = (name: string) => string;

const KEYS: [string, string][] = [
  ["1", "first guess"],
  ["2", "second guess"],
  ["3", "another genre"],
  ["N", "neither guess"],
  ["S", "skip"],
  ["Z", "take back"],
];

const KEYS_OFF = "genred.review.keys";

function Guess(props: { song: Unsure; at: number; title: Title; say: () => void }) {
  const guess = props.song.guesses[props.at];
  if (!guess) return null;
  return (
    <button class="guess" aria-keyshortcuts={String(props.at + 1)} onClick={props.say}>
      <kbd aria-hidden="true">{props.at + 1}</kbd>
      <span class="guess-title">{props.title(guess.genre)}</span>
      <span class="guess-p">{guess.p === null ? "not labelled yet" : percent(guess.p)}</span>
      <span class="guess-bar" aria-hidden="true">
        <span style={{ width: `${(guess.p ?? 0) * 100}%` }} />
        <i style={{ insetInlineStart: `${(guess.threshold ?? 0) * 100}%` }} />
      </span>
    </button>
  );
}

function Card(props: {
  song: Unsure;
  title: Title;
  say: (at: number) => void;
  children: preact.ComponentChildren;
}) {
  const { song } = props;
  const element = useRef<HTMLElement>(null);
  useSwipe(element, (side) => props.say(side === "left" ? 0 : 1));
  return (
    <section ref={element} class="card review-card" aria-label="The song">
      <h2 class="review-name">
        <bdi>{song.name || "(no name)"}</bdi>
      </h2>
      <p class="review-artists">
        <bdi>{song.artists}</bdi>
      </p>
      <div class="guesses">
        <Guess song={song} at={0} title={props.title} say={() => props.say(0)} />
        <Guess song={song} at={1} title={props.title} say={() => props.say(1)} />
      </div>
      <p class="swipe-hint muted">Swipe left for the first, right for the second.</p>
      <div class="review-others">{props.children}</div>
      <div class="review-why">
        <h3>Why it is unsure</h3>
        <ul>
          {song.reasons.map((reason) => (
            <li key={reason}>{sentence(reason)}</li>
          ))}
        </ul>
        <a href={linkTo("song", { track: song.id })}>More about this song</a>
      </div>
    </section>
  );
}

function said(entry: Done, title: Title): string {
  if (entry.word === "skip") return "skipped";
  return entry.word === "none" ? "neither guess" : title(entry.genre ?? "");
}

function Moved({ entry, title }: { entry: Done; title: Title }) {
  const moved = entry.labelled?.moved ?? [];
  const songs = new Map<string, { id: string; name: string; where: string[] }>();
  for (const one of moved) {
    const song = songs.get(one.id) ?? { id: one.id, name: one.name, where: [] };
    song.where.push(`${one.entered ? "into" : "out of"} ${title(one.genre)}`);
    songs.set(one.id, song);
  }
  const names = [...songs.values()];
  return (
    <li>
      <p>
        <bdi class="strong">{entry.song.name || "(no name)"}</bdi>: {said(entry, title)}
        {entry.word !== "skip" && !entry.labelled && <span class="muted"> (being learned)</span>}
      </p>
      {names.length > 0 && (
        <p class="moved">
          <span class="muted">{count(names.length, "other song")} moved: </span>
          {names.slice(0, 4).map((song, i) => (
            <span key={song.id}>
              {i > 0 && ", "}
              <a href={linkTo("song", { track: song.id })}>
                <bdi>{song.name.slice(0, 80) || "(no name)"}</bdi>
              </a>{" "}
              <span class="muted">{song.where.join(", ")}</span>
            </span>
          ))}
          {names.length > 4 && <span class="muted"> and {number(names.length - 4)} more</span>}
        </p>
      )}
    </li>
  );
}

function Finished({ desk, again }: { desk: Desk; again: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (desk.past.length > 0) heading.current?.focus();
  }, []);
  return (
    <section class="card review-end">
      <h2 ref={heading} tabIndex={-1}>
        {desk.past.length === 0 ? "No song is unsure" : "That was all"}
      </h2>
      <p>
        {desk.past.length === 0
          ? "Every song is sure enough of a genre, or nothing was read yet."
          : `You answered ${count(desk.done, "song")}${desk.skipped ? ` and skipped ${number(desk.skipped)}` : ""}. ` +
            "The next sort moves them."}
      </p>
      <div class="row">
        {desk.skipped > 0 && <button onClick={again}>Show the skipped ones again</button>}
        <a class="button primary" href={linkTo("preview")}>
          See what the next sort changes
        </a>
      </div>
    </section>
  );
}

function useDesk(): Desk {
  const [, draw] = useState(0);
  const alive = useRef(true);
  const desk = useMemo(
    () =>
      new Desk(
        () => alive.current && draw((n) => n + 1),
        (text) => complain(new ApiError(0, "page", text)),
      ),
    [],
  );
  useEffect(() => {
    alive.current = true;
    desk.load();
    return () => void (alive.current = false);
  }, [desk]);
  return desk;
}

// Keys act anywhere on the view, but not in a field, a dialog or with a modifier.
function useKeys(on: boolean, act: Record<string, () => void>): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!on) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const target = event.target as Element;
      if (target.closest("input, select, textarea, dialog, nav, [role=listbox]")) return;
      const action = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [on]);
}

function nextText(song: Unsure | undefined, title: Title): string {
  if (!song) return "";
  const guesses = song.guesses.map((guess, i) => `${i + 1}: ${title(guess.genre)}, ${percent(guess.p ?? 0)}`);
  return `${song.name} by ${song.artists}. ${guesses.join(". ")}.`;
}

export function Review(_: ViewProps) {
  const desk = useDesk();
  const tree = useAsked<Genres>(getGenres, "");
  const title = useMemo(() => titlesOf(tree.data), [tree.data]);
  const options = useMemo(
    () =>
      flat(tree.data?.genres ?? []).map(({ name, title, tracks }) => ({ name, title, note: number(tracks) })),
    [tree.data],
  );
  const [picking, setPicking] = useState(false);
  const [keys, setKeys] = useState(() => localStorage.getItem(KEYS_OFF) === null);
  const song = desk.top;
  const last = desk.past.at(-1);
  const guess = (at: number) => {
    const chosen = desk.top?.guesses[at];
    if (chosen) desk.is(chosen.genre);
  };
  const back = () => {
    if (!desk.back()) complain(new ApiError(0, "page", "there is no answer to take back"));
  };
  const skip = () => desk.skip();
  const none = () => desk.none();
  const other = () => desk.top && setPicking(true);
  useKeys(keys && !picking, {
    "1": () => guess(0),
    "2": () => guess(1),
    "3": other,
    "0": none,
    n: none,
    s: skip,
    ArrowDown: skip,
    z: back,
    u: back,
  });
  const seen = desk.past.length;
  const all = seen + desk.left;
  return (
    <div class="review">
      <h1>Review</h1>
      {desk.error && <Trouble error={desk.error} again={() => desk.load()} />}
      {!desk.loaded && !desk.error && (
        <p class="muted" aria-busy="true">
          One moment …
        </p>
      )}
      {desk.loaded && all > 0 && (
        <div class="review-progress">
          <progress aria-label="Songs reviewed" value={seen} max={all} />
          <p class="muted number">
            {song ? `Song ${number(seen + 1)} of ${number(all)}` : `${number(seen)} of ${number(all)}`}
          </p>
        </div>
      )}
      {song && (
        <Card song={song} title={title} say={guess}>
          <button aria-keyshortcuts="3" onClick={other}>
            <kbd aria-hidden="true">3</kbd> Another genre
          </button>
          <button aria-keyshortcuts="N 0" onClick={none}>
            <kbd aria-hidden="true">N</kbd> Neither
          </button>
          <button aria-keyshortcuts="S ArrowDown" onClick={skip}>
            <kbd aria-hidden="true">S</kbd> Skip
          </button>
          <button aria-keyshortcuts="Z U" disabled={!last} onClick={back}>
            <kbd aria-hidden="true">Z</kbd> Take back
          </button>
        </Card>
      )}
      {desk.loaded && !song && desk.left === 0 && <Finished desk={desk} again={() => desk.again()} />}
      {!song && last && (
        <p>
          <button onClick={back}>Take back the last answer</button>
        </p>
      )}
      <div class="hidden-text" role="status">
        {last && `${last.song.name}: ${said(last, title)}. `}
        {last?.labelled?.moved.length
          ? `${count(new Set(last.labelled.moved.map((m) => m.id)).size, "other song")} moved. `
          : ""}
        {song && `Now ${nextText(song, title)}`}
      </div>
      {last && (
        <section class="learned">
          <h2>What genred learned</h2>
          <ul>
            {desk.past
              .slice(-4)
              .reverse()
              .map((entry) => (
                <Moved key={entry.id} entry={entry} title={title} />
              ))}
          </ul>
        </section>
      )}
      <section class="legend">
        <h2>Keys</h2>
        <dl class={keys ? "" : "off"}>
          {KEYS.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <p class="muted">
          Also: 0 for neither, ↓ for skip, U for take back.{" "}
          <label class="check">
            <input
              type="checkbox"
              checked={keys}
              onChange={(event) => {
                const on = event.currentTarget.checked;
                setKeys(on);
                if (on) localStorage.removeItem(KEYS_OFF);
                else localStorage.setItem(KEYS_OFF, "1");
              }}
            />
            Use these keys
          </label>
        </p>
      </section>
      {picking && (
        <Dialog title="Another genre" close={() => setPicking(false)}>
          <Pick
            label="Of which genre is it"
            options={options}
            focus
            pick={(name) => {
              setPicking(false);
              desk.is(name);
            }}
          />
          <p class="row dialog-end">
            <button onClick={() => setPicking(false)}>Cancel</button>
          </p>
        </Dialog>
      )}
    </div>
  );
}
