// The genres that are really in the library, to be ticked.

import { useState } from "preact/hooks";
import { post, type Choice, type Genre, type Genres } from "./api.ts";
import { flat, getGenres } from "./genres.ts";
import { refresh, useLive } from "./live.ts";
import { Answer, complain, useAsked } from "./parts.tsx";
import { count, number } from "./text.ts";

// Ticks that were not saved yet outlive a reload.
const KEPT = "genred-genres";

function draft(): string[] | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as string[] | null;
  } catch {
    return null;
  }
}

function mostFirst(genres: Genre[]): Genre[] {
  return genres.filter((genre) => genre.tracks > 0).sort((a, b) => b.tracks - a.tracks);
}

function Row(props: { genre: Genre; most: number; ticked: Set<string>; tick: (name: string) => void }) {
  const { genre, ticked, tick } = props;
  const children = mostFirst(genre.children);
  const examples = genre.examples ?? [];
  return (
    <li>
      <label class="tick">
        <input type="checkbox" checked={ticked.has(genre.name)} onChange={() => tick(genre.name)} />
        <span class="what">
          <span class="title">
            <bdi>{genre.title}</bdi>
            <span class="muted number"> {count(genre.tracks, "song")}</span>
          </span>
          <span class="measure" aria-hidden="true">
            <span style={{ width: `${(100 * genre.tracks) / props.most}%` }} />
          </span>
          {examples.length > 0 && (
            <span class="examples muted">
              {examples.map((song, i) => (
                <span key={song.id}>
                  {i > 0 && " · "}
                  <bdi>{song.name}</bdi>
                </span>
              ))}
            </span>
          )}
        </span>
      </label>
      {children.length > 0 && (
        <details open={children.some((child) => ticked.has(child.name))}>
          <summary>
            {count(children.length, "narrower genre")}
            <span class="hidden-text"> of {genre.title}</span>
          </summary>
          <ul class="ticks">
            {children.map((child) => (
              <Row key={child.name} {...props} genre={child} />
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function Ticks({ data }: { data: Genres }) {
  const known = flat(data.genres);
  const [ticked, setTicked] = useState(
    () => new Set(draft() ?? known.filter((genre) => genre.chosen).map((genre) => genre.name)),
  );
  const [busy, setBusy] = useState(false);
  const families = mostFirst(data.genres);
  const most = families[0]?.tracks ?? 1;
  const chosen = known.filter((genre) => ticked.has(genre.name));
  const tick = (name: string) =>
    setTicked((old) => {
      const next = new Set(old);
      if (!next.delete(name)) next.add(name);
      sessionStorage.setItem(KEPT, JSON.stringify([...next]));
      return next;
    });
  const save = () => {
    setBusy(true);
    post<Choice>("/api/choice", { genres: chosen.map((genre) => genre.name) })
      .then(() => {
        sessionStorage.removeItem(KEPT);
        return refresh();
      })
      .catch(complain)
      .then(() => setBusy(false));
  };
  if (families.length === 0) {
    return (
      <p>
        No song has a genre yet. The sources may still be at work: home shows how far they are. Like some
        songs in Spotify if there are none.
      </p>
    );
  }
  return (
    <>
      <p>
        These are in your library. Each genre that you tick gets a playlist. A song may be in several. You can
        change this at any time.
      </p>
      <ul class="ticks">
        {families.map((genre) => (
          <Row key={genre.name} genre={genre} most={most} ticked={ticked} tick={tick} />
        ))}
      </ul>
      <div class="row foot">
        <button type="button" class="primary" disabled={busy || chosen.length === 0} onClick={save}>
          Choose
        </button>
        <span role="status">
          {chosen.length === 0
            ? "Nothing is ticked yet."
            : `${count(chosen.length, "playlist")} of ${number(data.songs)} songs.`}
        </span>
      </div>
    </>
  );
}

export function StartGenres() {
  const { ended } = useLive();
  const genres = useAsked(getGenres, ended);
  return <Answer asked={genres}>{(data) => <Ticks data={data} />}</Answer>;
}
