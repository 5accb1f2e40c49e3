// A plan to be read and thinned out: its playlists, its songs, what it costs, and the word to do it.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Change, Plan } from "./api.ts";
import { fold } from "./genres.ts";
import { Dialog, LongList, SongLink } from "./parts.tsx";
import { canDo, type Item, type Selection } from "./plan.ts";
import { linkTo } from "./route.ts";
import { count, number, percent } from "./text.ts";

type Verb = Change["verb"];

const VERBS: Record<Verb, { sign: string; word: string; filter: string }> = {
  add: { sign: "+", word: "in", filter: "Put in" },
  remove: { sign: "−", word: "out", filter: "Taken out" },
  hold: { sign: "?", word: "held", filter: "Held" },
  veto: { sign: "×", word: "kept out", filter: "Kept out" },
};

function reason({ verb, why, p, threshold }: Change): string {
  const likely = p === undefined ? "" : percent(p);
  const needs = threshold === undefined ? "" : `, needs ${percent(threshold)}`;
  if (verb === "hold") return `judged anew${likely ? `: ${likely}${needs}` : ""}`;
  switch (why) {
    case "probable":
      return likely ? `${likely} likely${needs}` : "likely enough";
    case "unlikely":
      return likely ? `only ${likely} likely${needs}` : "no longer likely enough";
    case "said":
      return verb === "add" ? "you said it is" : "you said it is not";
    case "unliked":
      return "no longer among your songs";
    case "edited":
      return "you took it out";
    case "undone":
      return "an undo took it out";
  }
}

// A checkbox that may be in between.
function Check(props: { on: boolean; some: boolean; label: string; change: (on: boolean) => void }) {
  const element = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (element.current) element.current.indeterminate = props.some && !props.on;
  });
  return (
    <label class="plan-tick">
      <input
        ref={element}
        type="checkbox"
        aria-label={props.label}
        checked={props.on}
        onChange={(event) => props.change(event.currentTarget.checked)}
      />
    </label>
  );
}

function minutes(seconds: number): string {
  return seconds < 60 ? "less than a minute" : `about ${count(Math.ceil(seconds / 60), "minute")}`;
}

function Cost({ plan }: { plan: Plan }) {
  const { cost } = plan;
  const calls = cost.reads + cost.writes;
  const others = cost.sources.filter((source) => source.calls > 0);
  return (
    <p class="muted">
      All of it takes {count(calls, "call")} to Spotify and {minutes(cost.seconds)}.
      {others.length > 0 &&
        ` Beside it genred asks ${others
          .map((source) => `${source.name} (${count(source.calls, "call")}, ${minutes(source.seconds)})`)
          .join(", ")}; what that tells comes with a later sort.`}
    </p>
  );
}

function nameOf(plan: Plan, list: number): string {
  const playlist = plan.playlists[list]!;
  return playlist.name ?? playlist.genre;
}

function Playlists(props: {
  selection: Selection;
  shown: number | null;
  show: (list: number | null) => void;
  change: (list: number, on: boolean) => void;
}) {
  const { plan, counts } = props.selection;
  const rows = plan.playlists
    .map((playlist, list) => ({ playlist, list }))
    .filter(({ playlist }) => playlist.changes.length > 0);
  return (
    <ul class="list plan-lists">
      {rows.map(({ playlist, list }) => {
        const mine = counts[list]!;
        const all = playlist.added + playlist.removed;
        const done = mine.add + mine.remove - mine.held;
        return (
          <li key={playlist.genre}>
            <Check
              on={all > 0 && done === all}
              some={done > 0 || mine.held > 0}
              label={`All of ${nameOf(plan, list)}`}
              change={(on) => props.change(list, on)}
            />
            <span class="plan-list-name">
              <bdi class="strong">{nameOf(plan, list)}</bdi>
              <span class="muted">
                {playlist.id === null
                  ? "is made"
                  : `has ${number(playlist.total - playlist.added + playlist.removed)}`}
                {playlist.held > 0 && `, ${number(playlist.held)} held`}
                {playlist.theirs > 0 && `, ${number(playlist.theirs)} put in by you`}
              </span>
            </span>
            <span class="plan-sum number">
              <span class="good">+{number(mine.add)}</span>
              <span class={mine.remove > 0 ? "bad" : "muted"}>−{number(mine.remove)}</span>
            </span>
            <button
              class="small"
              aria-pressed={props.shown === list}
              aria-label={`Show only ${nameOf(plan, list)}`}
              onClick={() => props.show(props.shown === list ? null : list)}
            >
              {props.shown === list ? "All" : "Show"}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Row(props: { item: Item; selection: Selection; change: (item: Item, on: boolean) => void }) {
  const { item, selection } = props;
  const { change } = item;
  const verb = VERBS[change.verb];
  const name = change.name || "(no name)";
  return (
    <div class={`plan-row ${change.verb}${canDo(change) && !selection.has(item) ? " off" : ""}`}>
      {canDo(change) ? (
        <Check
          on={selection.has(item)}
          some={false}
          label={change.verb === "add" ? `Put in ${name}` : `Take out ${name}`}
          change={(on) => props.change(item, on)}
        />
      ) : (
        <span class="plan-tick" />
      )}
      <SongLink song={change} />
      <span class="plan-where">
        <span class={`verb ${change.verb}`}>
          <span aria-hidden="true">{verb.sign}</span> {verb.word}
        </span>
        <bdi>{nameOf(selection.plan, item.list)}</bdi>
      </span>
      <span class="plan-reason muted">{reason(change)}</span>
    </div>
  );
}

function useWide(): boolean {
  const query = useMemo(() => matchMedia("(min-width: 900px)"), []);
  const [wide, setWide] = useState(query.matches);
  useEffect(() => {
    const changed = () => setWide(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, [query]);
  return wide;
}

export function PlanView(props: { selection: Selection; apply: () => void; again: () => void }) {
  const { selection } = props;
  const { plan } = selection;
  const [, draw] = useState(0);
  const [list, setList] = useState<number | null>(null);
  const [verb, setVerb] = useState<Verb | null>(null);
  const [text, setText] = useState("");
  const [asking, setAsking] = useState(false);
  const wide = useWide();
  const wanted = fold(text);
  const searched = wanted !== "";
  const folded = useMemo(
    () => (searched ? selection.items.map(({ change }) => fold(`${change.name} ${change.artists}`)) : []),
    [selection, searched],
  );
  const shown = useMemo(
    () =>
      selection.items.filter(
        (item) =>
          (list === null || item.list === list) &&
          (verb === null || item.change.verb === verb) &&
          (wanted === "" || folded[item.at]!.includes(wanted)),
      ),
    [selection, list, verb, wanted],
  );
  const change = (items: Item[], on: boolean) => {
    for (const item of items) selection.set(item, on);
    draw((n) => n + 1);
  };
  const sums = useMemo(() => {
    const sums: Record<Verb, number> = { add: 0, remove: 0, hold: 0, veto: 0 };
    for (const item of selection.items) sums[item.change.verb]++;
    return sums;
  }, [selection]);
  const total = selection.total();
  if (selection.items.length === 0 || sums.add + sums.remove + sums.hold === 0) {
    return (
      <section class="card quiet">
        <h2>Nothing would change</h2>
        <p>
          {plan.playlists.length === 0
            ? "No genre is chosen yet, so there is no playlist to fill."
            : `Your ${count(plan.playlists.length, "playlist")} hold what they should: ` +
              `${count(plan.labelled, "song")} were looked at.`}
        </p>
        {sums.veto > 0 && <p class="muted">{count(sums.veto, "song")} that you took out stay out.</p>}
        <p class="row">
          <a class="button primary" href={linkTo("choose")}>
            Choose genres
          </a>
          <a class="button" href={linkTo("review")}>
            Review unsure songs
          </a>
          <button onClick={props.again}>Look again</button>
        </p>
      </section>
    );
  }
  const losses = asking ? selection.losses() : [];
  const changeable = shown.filter((item) => canDo(item.change));
  const on = changeable.reduce((n, item) => n + (selection.has(item) ? 1 : 0), 0);
  const filters = (Object.keys(VERBS) as Verb[]).filter((name) => sums[name] > 0);
  const start = () => (selection.losses().length > 0 ? setAsking(true) : props.apply());
  return (
    <>
      <section class="card" aria-label="Playlists">
        <h2>Playlists</h2>
        <Playlists
          selection={selection}
          shown={list}
          show={setList}
          change={(at, on) =>
            change(
              selection.items.filter((item) => item.list === at && (!on || item.change.verb !== "hold")),
              on,
            )
          }
        />
        <Cost plan={plan} />
      </section>
      {sums.hold > 0 && (
        <p class="band">
          <span class="strong">{count(sums.hold, "song")} held.</span> They were judged anew: tags that came
          late, or another model. Such a song stays where it is until you agree. Tick it to take it out.
        </p>
      )}
      <section aria-label="Songs">
        <h2>Songs</h2>
        <div class="plan-filter">
          <div class="segments" role="group" aria-label="Show">
            <button aria-pressed={verb === null} onClick={() => setVerb(null)}>
              All <span class="number">{number(selection.items.length)}</span>
            </button>
            {filters.map((name) => (
              <button
                key={name}
                aria-pressed={verb === name}
                onClick={() => setVerb(verb === name ? null : name)}
              >
                {VERBS[name].filter} <span class="number">{number(sums[name])}</span>
              </button>
            ))}
          </div>
          <label class="plan-search">
            <span class="hidden-text">Find a song</span>
            <input
              type="search"
              placeholder="Find a song or artist"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
        </div>
        {list !== null && (
          <p class="row">
            <span>
              Only <bdi class="strong">{nameOf(plan, list)}</bdi>
            </span>
            <button class="small" onClick={() => setList(null)}>
              Show all playlists
            </button>
          </p>
        )}
        <div class="plan-all" role="status">
          {changeable.length > 0 ? (
            <>
              <Check
                on={on === changeable.length}
                some={on > 0}
                label="All songs shown"
                change={(wish) => change(changeable, wish)}
              />
              <span>
                {number(on)} of {count(changeable.length, "song")} shown will be done
              </span>
            </>
          ) : (
            <span class="muted">
              {shown.length > 0 ? "Of these songs nothing is to be done." : "No song is like that."}
            </span>
          )}
        </div>
        <LongList
          items={shown}
          height={wide ? 60 : 108}
          label="Songs that would move"
          row={(item) => <Row item={item} selection={selection} change={(one, on) => change([one], on)} />}
        />
      </section>
      <div class="plan-foot">
        <p>
          {total.add + total.remove === 0 ? (
            "Nothing is left to be done."
          ) : (
            <>
              <span class="good strong">{number(total.add)} in</span>,{" "}
              <span class={total.remove > 0 ? "bad strong" : "muted"}>{number(total.remove)} out</span>, in{" "}
              {count(total.playlists, "playlist")}
            </>
          )}
        </p>
        <span class="row">
          <button onClick={props.again}>Look again</button>
          <button class="primary" disabled={total.add + total.remove === 0} onClick={start}>
            Apply
          </button>
        </span>
      </div>
      {asking && (
        <Dialog title="That is much at once" close={() => setAsking(false)}>
          <ul>
            {losses.map(({ playlist, lost, before }) => (
              <li key={playlist.genre}>
                <bdi class="strong">{playlist.name ?? playlist.genre}</bdi> loses {number(lost)} of its{" "}
                {count(before, "song")}
              </li>
            ))}
          </ul>
          <p>
            These songs are no longer liked, nor in another place that is sorted. Go on if you took them away
            yourself. If not, leave it: the list from Spotify may have come incomplete.
          </p>
          <p class="row dialog-end">
            <button onClick={() => setAsking(false)}>Leave it</button>
            <button
              class="danger"
              onClick={() => {
                setAsking(false);
                props.apply();
              }}
            >
              Take them out
            </button>
          </p>
        </Dialog>
      )}
    </>
  );
}
