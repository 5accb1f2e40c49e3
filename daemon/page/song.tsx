// One song: what it is like, of which genres it is and why, and what the person says of it.

import { useMemo, useState } from "preact/hooks";
import {
  type Exclusions,
  get,
  type Genre,
  type Genres,
  type Labelled,
  post,
  query,
  type Similar,
  type Song as SongDocument,
  type Why,
} from "./api.ts";
import { flat, getGenres, titlesOf, isOwn } from "./genres.ts";
import { useLive } from "./live.ts";
import { colourOf } from "./palette.ts";
import { Answer, Away, complain, Dialog, notify, SongLink, useAsked } from "./parts.tsx";
import { Pick } from "./pick.tsx";
import { linkTo, type ViewProps } from "./route.ts";
import { GenreRows, Moved, type Word } from "./song_genres.tsx";
import { Numbers } from "./song_numbers.tsx";
import { Parts } from "./song_why.tsx";
import { count, date, length, number, sentence } from "./text.ts";

// A genre has the colour of the family it stands under.
function familiesOf(tree: Genres | null): Map<string, string> {
  const families = new Map<string, string>();
  const under = (genres: Genre[], family: string | null) => {
    for (const genre of genres) {
      families.set(genre.name, family ?? genre.name);
      under(genre.children, family ?? genre.name);
    }
  };
  under(tree?.genres ?? [], null);
  return families;
}

function Head({ song }: { song: SongDocument }) {
  const facts = [
    song.year ? String(song.year) : "",
    song.duration_ms ? length(song.duration_ms) : "",
    song.liked_at ? `liked on ${date(song.liked_at)}` : "",
  ].filter(Boolean);
  return (
    <header class="song-head">
      <h1>
        <bdi>{song.name || "(no name)"}</bdi>
      </h1>
      <p class="song-artists">
        <bdi>{song.artists}</bdi>
      </p>
      <p class="muted">
        {song.album && (
          <>
            <bdi>{song.album}</bdi>
            {facts.length > 0 && " · "}
          </>
        )}
        {facts.join(" · ")}
      </p>
      {song.tags.length > 0 && (
        <ul class="tags" aria-label="Tags">
          {song.tags.map((tag) => (
            <li key={tag} class="chip">
              <bdi>{tag}</bdi>
            </li>
          ))}
        </ul>
      )}
      <p class="row">
        <Away text="Open in Spotify" href={`https://open.spotify.com/track/${encodeURIComponent(song.id)}`} />
        <a class="button" href={linkTo("map", { track: song.id })}>
          Show on the map
        </a>
      </p>
    </header>
  );
}

function Against(props: {
  song: SongDocument;
  tree: Genres | null;
  at: string;
  title: (n: string) => string;
}) {
  const { song, tree, at, title } = props;
  const mine = song.genres.map((genre) => genre.name);
  if (!mine.includes(at)) mine.unshift(at);
  const others = flat(tree?.genres ?? []).filter((genre) => !mine.includes(genre.name));
  return (
    <label class="held">
      Held against
      <select
        value={at}
        onChange={(event) =>
          location.replace(linkTo("song", { track: song.id, genre: event.currentTarget.value }))
        }
      >
        <optgroup label="Likeliest for this song">
          {mine.map((name) => (
            <option key={name} value={name}>
              {title(name)}
            </option>
          ))}
        </optgroup>
        <optgroup label="Others">
          {others.map((genre) => (
            <option key={genre.name} value={genre.name}>
              {genre.title}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}

function Neighbours({ track }: { track: string }) {
  const asked = useAsked(() => get<Similar>(query("/api/similar", { track, n: 8 })), track);
  return (
    <section class="card">
      <h2>Songs like it</h2>
      <Answer asked={asked}>
        {(similar) =>
          similar.tracks.length === 0 ? (
            <p class="muted">There is no other labelled song yet.</p>
          ) : (
            <ul class="list">
              {similar.tracks.map((song) => (
                <li key={song.id}>
                  <SongLink song={song} />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </section>
  );
}

function Sources({ song }: { song: SongDocument }) {
  return (
    <section class="card">
      <h2>Who told what</h2>
      {song.sources.length === 0 && <p class="muted">No source was asked for this song yet.</p>}
      <dl class="song-sources">
        {song.sources.map((source) => (
          <div key={source.name}>
            <dt>
              {source.title}
              {source.at && <span class="muted"> · {date(source.at)}</span>}
            </dt>
            <dd>
              <bdi>{sentence(source.said)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Exclusion({ song, changed }: { song: SongDocument; changed: () => void }) {
  const asked = useAsked(() => get<Exclusions>("/api/exclusions"), song.id);
  const [busy, setBusy] = useState(false);
  const artists = song.artists.split("; ").filter(Boolean);
  const set = async (items: string[], artist: boolean, forget: boolean) => {
    setBusy(true);
    try {
      await post<Exclusions>("/api/exclude", { items, artist, forget });
      notify(
        forget ? "It is sorted again with the next sort." : "It leaves the playlists with the next sort.",
      );
    } catch (error) {
      complain(error);
    }
    setBusy(false);
    asked.again();
    changed();
  };
  return (
    <section class="card">
      <h2>Leave out of sorting</h2>
      <p class="muted">
        What is left out is put into no playlist and taken out of those genred keeps; your likes stay as they
        are.
      </p>
      <Answer asked={asked}>
        {(known) => {
          const self = known.songs.some((one) => one.id === song.id);
          return (
            <ul class="list">
              <li>
                <span class="leave-name">{self ? "This song is left out." : "This song"}</span>
                <button class="small" disabled={busy} onClick={() => set([song.id], false, self)}>
                  {self ? "Sort it again" : "Leave out"}
                  <span class="hidden-text">: this song</span>
                </button>
              </li>
              {artists.map((name) => {
                const out = known.artists.find((one) => one.name === name);
                return (
                  <li key={name}>
                    <span class="leave-name">
                      {out ? "" : "Every song by "}
                      <bdi>{name}</bdi>
                      {out && ` is left out (${count(out.songs, "song")}).`}
                    </span>
                    <button class="small" disabled={busy} onClick={() => set([out?.id ?? name], true, !!out)}>
                      {out ? "Sort again" : "Leave out"}
                      <span class="hidden-text">: {name}</span>
                    </button>
                  </li>
                );
              })}
            </ul>
          );
        }}
      </Answer>
    </section>
  );
}

function Shown({ track, wanted }: { track: string; wanted: string | undefined }) {
  const { ended } = useLive();
  const [turn, setTurn] = useState(0);
  const [busy, setBusy] = useState(false);
  const [picking, setPicking] = useState(false);
  const [labelled, setLabelled] = useState<Labelled | null>(null);
  const asked = useAsked(
    () => get<SongDocument>(query("/api/song", { track, genre: wanted })),
    `${track} ${wanted} ${ended} ${turn}`,
  );
  const at = wanted ?? asked.data?.genre ?? null;
  const why = useAsked(
    async () => (at === null ? null : get<Why>(query("/api/why", { track, genres: at }))),
    `${track} ${at} ${ended} ${turn}`,
  );
  const tree = useAsked<Genres>(getGenres, `${ended} ${turn}`);
  const title = useMemo(() => titlesOf(tree.data), [tree.data]);
  const families = useMemo(() => familiesOf(tree.data), [tree.data]);
  const own = useMemo(
    () =>
      new Set(
        flat(tree.data?.genres ?? [])
          .filter(isOwn)
          .map((genre) => genre.name),
      ),
    [tree.data],
  );
  const options = useMemo(
    () =>
      flat(tree.data?.genres ?? []).map(({ name, title, tracks }) => ({ name, title, note: number(tracks) })),
    [tree.data],
  );
  const colour = (name: string) => colourOf(families.get(name) ?? name);
  const say = async (word: Word) => {
    if (busy) return;
    setBusy(true);
    try {
      setLabelled(await post<Labelled>("/api/label", { track, is: [], not: [], ...word }));
      setTurn((n) => n + 1);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  return (
    <>
      {asked.data === null && <h1>Song</h1>}
      <Answer asked={asked}>
        {(song) => (
          <>
            <Head song={song} />
            {song.excluded && (
              <p class="band">
                This song is left out of sorting: it is put into no playlist, whatever it is.
              </p>
            )}
            <div class="song-columns">
              <section class="card">
                <h2>Its genres</h2>
                <GenreRows
                  song={song}
                  colourOf={colour}
                  busy={busy}
                  say={say}
                  other={() => setPicking(true)}
                />
                <Moved labelled={labelled} title={title} />
              </section>
              <div>
                <Neighbours track={track} />
                <Sources song={song} />
                <Exclusion song={song} changed={() => setTurn((n) => n + 1)} />
              </div>
            </div>
            {at !== null && <Against song={song} tree={tree.data} at={at} title={title} />}
            {at !== null && (
              <section class="card">
                <h2>
                  Why it is {song.genres.find((genre) => genre.name === at)?.is ? "" : "not "}
                  <bdi>{title(at)}</bdi>
                </h2>
                <Answer asked={why}>
                  {(known) =>
                    known && <Parts why={known} genre={at} title={title(at)} own={own.has(at ?? "")} />
                  }
                </Answer>
              </section>
            )}
            <section class="card">
              <h2>How it sounds</h2>
              <Numbers
                song={song}
                colour={song.genre === null ? "var(--accent)" : colour(song.genre)}
                title={song.genre === null ? null : title(song.genre)}
              />
            </section>
          </>
        )}
      </Answer>
      {picking && (
        <Dialog title="Another genre" close={() => setPicking(false)}>
          <Pick
            label="Of which genre is it"
            options={options}
            focus
            pick={(name) => {
              setPicking(false);
              void say({ is: [name] });
            }}
          />
          <p class="row dialog-end">
            <button onClick={() => setPicking(false)}>Cancel</button>
          </p>
        </Dialog>
      )}
    </>
  );
}

export function Song({ values }: ViewProps) {
  const track = values.get("track");
  if (!track) {
    return (
      <>
        <h1>Song</h1>
        <p>
          The address names no song. Find one <a href={linkTo("map")}>on the map</a>.
        </p>
      </>
    );
  }
  return (
    <div class="song">
      <Shown key={track} track={track} wanted={values.get("genre") ?? undefined} />
    </div>
  );
}
