// The genres of a song, how sure they are, and what the person says of them.

import type { Labelled, Song } from "./api.ts";
import { SongLink } from "./parts.tsx";
import { count, percent } from "./text.ts";

export interface Word {
  is?: string[];
  not?: string[];
  forget?: boolean;
}

type Guess = Song["genres"][number];

function state(genre: Guess): string {
  const word = genre.word > 0 ? "You said it is this." : genre.word < 0 ? "You said it is not this." : "";
  const list = genre.playlist ? "In the playlist." : genre.is ? "Not in a playlist." : "";
  return [word, list].filter(Boolean).join(" ");
}

function Row(props: { genre: Guess; colour: string; busy: boolean; say: (word: Word) => void }) {
  const { genre, busy, say } = props;
  const words = `${percent(genre.p)}, counts from ${percent(genre.threshold)}`;
  return (
    <li class={genre.is ? "guess-row" : "guess-row not"}>
      <p class="guess-name">
        <bdi>{genre.title}</bdi>
        <span class="guess-number number">{percent(genre.p)}</span>
      </p>
      <span class="guess-scale" role="img" aria-label={words} title={words}>
        <span style={{ width: `${genre.p * 100}%`, background: props.colour }} />
        <i style={{ insetInlineStart: `${Math.min(1, genre.threshold) * 100}%` }} />
      </span>
      <p class="guess-state muted">{state(genre) || (genre.is ? "" : "Not sure enough.")}</p>
      <span class="guess-words">
        <button
          class="small"
          aria-pressed={genre.word > 0}
          aria-disabled={busy || genre.word > 0}
          onClick={() => genre.word <= 0 && say({ is: [genre.name] })}
        >
          It is this<span class="hidden-text">: {genre.title}</span>
        </button>
        <button
          class="small"
          aria-pressed={genre.word < 0}
          aria-disabled={busy || genre.word < 0}
          onClick={() => genre.word >= 0 && say({ not: [genre.name] })}
        >
          It is not<span class="hidden-text">: {genre.title}</span>
        </button>
      </span>
    </li>
  );
}

export function GenreRows(props: {
  song: Song;
  colourOf: (name: string) => string;
  busy: boolean;
  say: (word: Word) => void;
  other: () => void;
}) {
  const { song, busy } = props;
  const said = song.genres.filter((genre) => genre.word !== 0).length;
  return (
    <>
      {song.genres.length === 0 && (
        <p class="muted">
          The song is not labelled yet: the next sync does that. You may name its genre now.
        </p>
      )}
      <ul class="guess-rows">
        {song.genres.map((genre) => (
          <Row
            key={genre.name}
            genre={genre}
            colour={props.colourOf(genre.name)}
            busy={busy}
            say={props.say}
          />
        ))}
      </ul>
      <p class="row">
        <button disabled={busy} onClick={props.other}>
          Another genre
        </button>
        {said > 0 && (
          <button disabled={busy} onClick={() => props.say({ forget: true })}>
            {said === 1 ? "Take back what you said" : `Take back all ${said} things you said`}
          </button>
        )}
      </p>
    </>
  );
}

const SHOWN = 12;

// What a word on this song did to others.
export function Moved({ labelled, title }: { labelled: Labelled | null; title: (name: string) => string }) {
  const songs = new Map<string, { song: Labelled["moved"][number]; where: string[] }>();
  for (const one of labelled?.moved ?? []) {
    const seen = songs.get(one.id) ?? { song: one, where: [] };
    seen.where.push(`${one.entered ? "into" : "out of"} ${title(one.genre)}`);
    songs.set(one.id, seen);
  }
  const rows = [...songs.values()];
  return (
    <div role="status">
      {labelled && (
        <div class="moved-songs">
          <h3>{rows.length === 0 ? "No other song moved" : `${count(rows.length, "other song")} moved`}</h3>
          <p class="muted">The playlists follow with the next sort.</p>
          <ul class="list">
            {rows.slice(0, SHOWN).map(({ song, where }) => (
              <li key={song.id}>
                <SongLink song={song} />
                <span class="muted">{where.join(", ")}</span>
              </li>
            ))}
          </ul>
          {rows.length > SHOWN && <p class="muted">and {count(rows.length - SHOWN, "more song")}</p>}
        </div>
      )}
    </div>
  );
}
