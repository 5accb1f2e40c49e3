// Why a song is of a genre or not: what was known of it, and how much each of it speaks for or against.

import type { Part, Why } from "./api.ts";
import { count, percent } from "./text.ts";

const FIRST = 8;
const LEAST = 0.05; // of corrections, to be told

const INPUTS: Record<string, string> = {
  sound: "Sound",
  duration: "Length",
  year: "Year",
  text: "Words",
  artist: "Artist",
  album: "Album",
  title: "Title",
  "record label": "Record label",
  tag: "Tag",
  yours: "You",
};

function weight(logit: number): string {
  const size = Math.abs(logit);
  const side = logit < 0 ? "against" : "for";
  if (size >= 2) return `strongly ${side}`;
  if (size >= 0.5) return side;
  return `a little ${side}`;
}

function Row({ part, most }: { part: Part; most: number }) {
  const width = `${(Math.abs(part.logit) / most) * 50}%`;
  const words = weight(part.logit);
  return (
    <li class="part">
      <span class="part-name">
        <span class="muted">{INPUTS[part.input] ?? part.input}</span> <bdi>{part.what}</bdi>
      </span>
      <span class="part-bar" aria-hidden="true">
        <i
          class={part.logit < 0 ? "against" : "for"}
          style={part.logit < 0 ? { width, insetInlineEnd: "50%" } : { width, insetInlineStart: "50%" }}
        />
      </span>
      <span class="part-words" title={part.source}>
        {words}
        <span class="muted"> · {part.source}</span>
      </span>
    </li>
  );
}

// The one genre that was asked for.
export function Parts(props: { why: Why; genre: string; title: string; own: boolean }) {
  const { why, genre, title } = props;
  const of = why.genres.find((one) => one.genre === genre);
  if (!of && !props.own) {
    return (
      <p class="muted" aria-busy="true">
        One moment …
      </p>
    );
  }
  if (!of) {
    return (
      <p class="muted">
        <bdi>{title}</bdi> is a genre of your own: a song is of it by its rule and by your word, so there is
        nothing to add up.
      </p>
    );
  }
  const parts = of.parts.filter((part) => part.logit !== 0);
  if (Math.abs(of.corrections) >= LEAST && !of.yours) {
    parts.push({
      input: "yours",
      what: "what you said of other songs",
      logit: of.corrections,
      share: 0,
      source: "you",
    });
    parts.sort((a, b) => Math.abs(b.logit) - Math.abs(a.logit));
  }
  const most = Math.max(1, ...parts.map((part) => Math.abs(part.logit)));
  const rest = parts.slice(FIRST);
  return (
    <>
      <p>
        {of.yours ? (
          <>You decided about this genre; what was known of the song would say the following.</>
        ) : (
          <>
            Without knowing anything of a song, <bdi>{title}</bdi> is at {percent(of.p_of_nothing)}. With all
            that is known of this one it is at <strong>{percent(of.p)}</strong>; from {percent(of.threshold)}{" "}
            on a song counts.
          </>
        )}
      </p>
      {parts.length === 0 && <p class="muted">Nothing known of the song speaks for or against it.</p>}
      <p class="part-head muted" aria-hidden="true">
        <span>against</span>
        <span>for</span>
      </p>
      <ul class="parts">
        {parts.slice(0, FIRST).map((part, i) => (
          <Row key={i} part={part} most={most} />
        ))}
      </ul>
      {rest.length > 0 && (
        <details>
          <summary>{count(rest.length, "smaller reason")}</summary>
          <ul class="parts">
            {rest.map((part, i) => (
              <Row key={i} part={part} most={most} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
