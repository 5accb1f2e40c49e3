// The songs taken from the map, and the playlist they may become.

import { useState } from "preact/hooks";
import { post, type Region, type SongName } from "./api.ts";
import { complain, LongList, notify, SongLink } from "./parts.tsx";
import { go } from "./route.ts";
import { count, number } from "./text.ts";

export interface Chosen {
  ids: string[];
  out: string[]; // of them, those unticked
  name: string;
}

const KEPT = "map-chosen";

// The choice outlives a reload of the page.
export function keptChoice(): Chosen | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Chosen | null;
  } catch {
    return null;
  }
}

export function keepChoice(chosen: Chosen | null): void {
  try {
    if (chosen) sessionStorage.setItem(KEPT, JSON.stringify(chosen));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // A browser that keeps nothing: then a reload forgets the choice.
  }
}

// What one is told once the region exists, until the next one is chosen.
function Done({ name, region, close }: { name: string; region: Region; close: () => void }) {
  const [busy, setBusy] = useState(false);
  const sort = () => {
    setBusy(true);
    post("/api/sort")
      .then(() => notify("Sorting began. Its progress is at the top of the page."))
      .then(close, complain)
      .finally(() => setBusy(false));
  };
  return (
    <div role="status">
      <h2>
        <bdi>{name}</bdi> has {count(region.tracks, "song")}
      </h2>
      <p>The next sort makes the playlist. Nothing has changed on Spotify yet.</p>
      <div class="row">
        <button class="primary" disabled={busy} onClick={sort}>
          Sort now
        </button>
        <button disabled={busy} onClick={() => go("preview")}>
          Preview
        </button>
        <button class="plain" onClick={close}>
          Close
        </button>
      </div>
    </div>
  );
}

export function ChosenSongs(props: {
  songs: SongName[];
  chosen: Chosen;
  change: (chosen: Chosen | null) => void;
}) {
  const { songs, chosen, change } = props;
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<{ name: string; region: Region } | null>(null);
  const out = new Set(chosen.out);
  const kept = songs.filter((song) => !out.has(song.id));
  const tick = (id: string) => {
    if (!out.delete(id)) out.add(id);
    change({ ...chosen, out: [...out] });
  };
  const make = (event: Event) => {
    event.preventDefault();
    const name = chosen.name.trim();
    setBusy(true);
    post<Region>("/api/region", { name, tracks: kept.map((song) => song.id) })
      .then((region) => setMade({ name, region }), complain)
      .finally(() => setBusy(false));
  };
  if (made) {
    return (
      <section class="card">
        <Done {...made} close={() => change(null)} />
      </section>
    );
  }
  return (
    <section class="card" aria-label="Songs taken from the map">
      <div class="row spread">
        <h2>
          {count(kept.length, "song")} taken{out.size > 0 && `, ${number(out.size)} left out`}
        </h2>
        <button class="small" onClick={() => change(null)}>
          Let them go
        </button>
      </div>
      <form class="map-make" onSubmit={make}>
        <label class="field">
          Name of the playlist
          <input
            type="text"
            required
            maxLength={100}
            dir="auto"
            value={chosen.name}
            onInput={(event) => change({ ...chosen, name: event.currentTarget.value })}
          />
        </label>
        <button class="primary" disabled={busy || !kept.length || !chosen.name.trim()}>
          Make a playlist of these
        </button>
      </form>
      <LongList
        items={songs}
        height={56}
        label="Songs taken"
        row={(song) => (
          <>
            <label class="map-tick">
              <input type="checkbox" checked={!out.has(song.id)} onChange={() => tick(song.id)} />
              <span class="hidden-text">
                Keep <bdi>{song.name}</bdi>
              </span>
            </label>
            <SongLink song={song} />
          </>
        )}
      />
    </section>
  );
}
