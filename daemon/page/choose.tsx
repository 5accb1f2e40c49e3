// What is sorted, and into which genres; all of it is kept at once.

import { useMemo, useState } from "preact/hooks";
import type { Genre } from "./api.ts";
import { GenreRow, type RowProps } from "./choose_genre.tsx";
import { OwnDialog } from "./choose_own.tsx";
import { Places } from "./choose_places.tsx";
import { useChooser, type Chooser } from "./choose_state.ts";
import { flat, fold, isOwn, matches, titlesOf } from "./genres.ts";
import { Trouble } from "./parts.tsx";
import { linkTo, type ViewProps } from "./route.ts";
import { count, number } from "./text.ts";

const EMPTY_TOO = "genred.choose.empty"; // genres without a song are shown, too

function Hidden({ chooser }: { chooser: Chooser }) {
  const hidden = chooser.tree?.hidden ?? [];
  const title = useMemo(() => titlesOf(chooser.tree), [chooser.tree]);
  if (hidden.length === 0) return null;
  return (
    <section class="card" aria-labelledby="hidden-title">
      <h2 id="hidden-title">Merged and hidden</h2>
      <ul class="list">
        {hidden.map((genre) => (
          <li key={genre.name}>
            <span>
              <bdi>{genre.title}</bdi>{" "}
              <span class="muted">
                {genre.merged_into ? `counts as ${title(genre.merged_into)}` : "is hidden"}
              </span>
            </span>
            <button
              type="button"
              class="small"
              disabled={chooser.editing}
              onClick={() =>
                void chooser
                  .tryEdit(
                    genre.merged_into
                      ? { genre: genre.name, merge_into: null }
                      : { genre: genre.name, hidden: false },
                  )
                  .then(() => document.getElementById("main")?.focus({ preventScroll: true }))
              }
            >
              Take back<span class="hidden-text"> {genre.title}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Tree({ genres, row }: { genres: Genre[]; row: Omit<RowProps, "genre"> }) {
  return (
    <ul class="genres">
      {genres.map((genre) => (
        <GenreRow key={genre.name} {...row} genre={genre} />
      ))}
    </ul>
  );
}

function useTree(chooser: Chooser, text: string, withSongs: boolean) {
  const wanted = fold(text);
  const names = chooser.chosen.genres;
  return useMemo(() => {
    const genres = chooser.tree?.genres ?? [];
    const worth = (genre: Genre) => !withSongs || genre.tracks > 0 || names.has(genre.name) || isOwn(genre);
    // Under a family that was found by its own name all is shown.
    const kept = new Set<string>();
    for (const family of genres) {
      const whole = matches(family, wanted);
      const under = family.children.filter((child) => worth(child) && (whole || matches(child, wanted)));
      for (const child of under) kept.add(child.name);
      if (under.length > 0 || (whole && worth(family))) kept.add(family.name);
    }
    const shown = (genre: Genre) => kept.has(genre.name);
    const mostFirst = (a: Genre, b: Genre) => b.tracks - a.tracks;
    const top = genres.filter(shown).sort(mostFirst);
    const sorted = top.map((genre) => ({ ...genre, children: [...genre.children].sort(mostFirst) }));
    return {
      shown,
      own: sorted.filter(isOwn),
      families: sorted.filter((genre) => !isOwn(genre)),
      most: Math.max(1, ...genres.map((genre) => genre.tracks)),
      all: flat(genres).length,
    };
  }, [chooser.tree, wanted, withSongs, names]);
}

function GenresCard({ chooser }: { chooser: Chooser }) {
  const [text, setText] = useState("");
  const [withSongs, setWithSongs] = useState(() => localStorage.getItem(EMPTY_TOO) === null);
  const [open, setOpen] = useState("");
  const [making, setMaking] = useState(false);
  const { shown, own, families, most, all } = useTree(chooser, text, withSongs);
  const { tree } = chooser;
  if (!tree) return null;
  const row = { chooser, shown, searching: fold(text) !== "", open, setOpen, most };
  return (
    <section class="card" aria-labelledby="genres-title">
      <div class="row spread genres-head">
        <h2 id="genres-title">Genres</h2>
        <button type="button" onClick={() => setMaking(true)}>
          A genre of your own
        </button>
      </div>
      <p class="muted">
        Each genre that is on gets a playlist. A song may be in several. {number(all)} genres of{" "}
        {count(tree.songs, "song")}.
      </p>
      <div class="genres-tools">
        <label class="field">
          Find a genre
          <input
            type="search"
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={withSongs}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              setWithSongs(on);
              if (on) localStorage.removeItem(EMPTY_TOO);
              else localStorage.setItem(EMPTY_TOO, "1");
            }}
          />
          with songs only
        </label>
      </div>
      {own.length > 0 && (
        <>
          <h3 class="genres-part">Your own</h3>
          <Tree genres={own} row={row} />
          <h3 class="genres-part">Families</h3>
        </>
      )}
      <Tree genres={families} row={row} />
      {own.length + families.length === 0 && <Nothing searching={row.searching} withSongs={withSongs} />}
      {making && <OwnDialog genre={null} chooser={chooser} close={() => setMaking(false)} />}
    </section>
  );
}

function Nothing({ searching, withSongs }: { searching: boolean; withSongs: boolean }) {
  if (!searching) {
    return (
      <p>
        No song has a genre yet. Like some songs in Spotify, or choose more above, then{" "}
        <a href={linkTo("preview")}>look at the next sort</a>.
      </p>
    );
  }
  return (
    <p role="status">
      No genre {withSongs ? "with songs " : ""}has these letters in its name.
      {withSongs && ' There may be one without songs: take the tick from "with songs only".'}
    </p>
  );
}

function Footer({ chooser }: { chooser: Chooser }) {
  const { chosen, tree } = chooser;
  const title = useMemo(() => titlesOf(tree), [tree]);
  const names = [...chosen.genres].map(title);
  return (
    <div class="choose-bar" role="region" aria-label="What is chosen">
      <p>
        <strong role="status">
          {names.length === 0 ? "No genre is chosen" : `${count(names.length, "genre")} chosen`}
          {names.length > 0 && `, from ${count(chosen.from.size, "place")}`}
        </strong>
        <bdi class="muted choose-names" title={names.join(", ")}>
          {names.length === 0 ? "Switch on a genre above." : names.join(", ")}
        </bdi>
      </p>
      {names.length > 0 && (
        <a class="button primary" href={linkTo("preview")}>
          Preview
        </a>
      )}
    </div>
  );
}

export function Choose(_: ViewProps) {
  const chooser = useChooser();
  const { chosen, tree } = chooser;
  return (
    <div class="choose">
      <h1>Choose</h1>
      {chosen.error && <Trouble error={chosen.error} again={chosen.load} />}
      {chooser.error && <Trouble error={chooser.error} again={chooser.again} />}
      {(!tree || !chosen.choice) && !chooser.error && !chosen.error && (
        <p class="muted" aria-busy="true">
          One moment …
        </p>
      )}
      <Places chosen={chosen} />
      <GenresCard chooser={chooser} />
      <Hidden chooser={chooser} />
      {tree && chosen.choice && <Footer chooser={chooser} />}
    </div>
  );
}
