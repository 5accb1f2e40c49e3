// Where statistics and tags come from: how much of the library each knows, and when it is asked again.

import { get, type SourceState } from "./api.ts";
import { Answer, Bar, useAsked } from "./parts.tsx";
import { count, number, sentence } from "./text.ts";
import { Ago, until } from "./time.tsx";

const states: Record<string, string> = {
  off: "switched off",
  ready: "",
  refused: "not open to this app",
  waiting: "waiting",
  asking: "being asked",
};

function Known({ of, what }: { of: { all: number; known: number } | undefined; what: string }) {
  if (!of || of.all === 0) return null;
  const said = `${number(of.known)} of ${count(of.all, what)}`;
  return (
    <span class="known">
      <Bar value={of.known / of.all} label={said} />
      <span class="muted number" aria-hidden="true">
        {said}
      </span>
    </span>
  );
}

function Source({ source }: { source: SourceState }) {
  const pending = (source.tracks?.pending ?? 0) + (source.artists?.pending ?? 0);
  const asked = source.tracks?.last_answer ?? source.artists?.last_answer ?? null;
  const notes = [states[source.state] ?? source.state];
  if (pending > 0) notes.push(`${number(pending)} still to ask for`);
  if (source.cooldown_until) notes.push(`paused until ${until(source.cooldown_until)}`);
  else if (source.next_call) notes.push(`next call ${until(source.next_call)}`);
  const told = notes.filter(Boolean).join(", ");
  return (
    <li>
      <span class="source">
        <strong>{source.title}</strong>
        <span class="muted">{source.gives}</span>
        {told && <span class="muted">{sentence(told)}</span>}
        {source.error && <span class="bad">{sentence(source.error)}</span>}
      </span>
      {source.state !== "off" && (
        <span class="coverage">
          <Known of={source.tracks} what="song" />
          <Known of={source.artists} what="artist" />
          {asked && (
            <span class="muted">
              answered <Ago time={asked} />
            </span>
          )}
        </span>
      )}
    </li>
  );
}

export function HomeSources({ pending, ended }: { pending: number; ended: number }) {
  const asked = useAsked(() => get<{ sources: SourceState[] }>("/api/sources"), `${pending} ${ended}`);
  return (
    <section class="card" aria-labelledby="sources">
      <h2 id="sources">What is known of your songs</h2>
      <Answer asked={asked}>
        {({ sources }) => (
          <ul class="list">
            {sources.map((source) => (
              <Source key={source.name} source={source} />
            ))}
          </ul>
        )}
      </Answer>
    </section>
  );
}
