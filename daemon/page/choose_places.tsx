// Whose songs are sorted: the likes, the saved albums and own playlists.

import { useState } from "preact/hooks";
import { post, type Place } from "./api.ts";
import type { Chosen } from "./choose_state.ts";
import { fold } from "./genres.ts";
import { outcome } from "./live.ts";
import { complain, notify, Switch } from "./parts.tsx";
import { count } from "./text.ts";

const FEW = 6; // playlists that are shown before one asks for all

function isList(place: Place): boolean {
  return place.id.startsWith("playlist:");
}

function Row({ place, chosen }: { place: Place; chosen: Chosen }) {
  const on = chosen.from.has(place.id);
  const last = on && chosen.from.size === 1;
  const fixed = chosen.choice?.from_fixed ?? false;
  const name = place.name || "(no name)";
  return (
    <li class="place">
      <Switch
        on={on}
        label={last && !fixed ? `${name}, the only one: it stays on` : name}
        disabled={fixed || last}
        change={(want) => chosen.set("from", { [place.id]: want })}
      />
      <span class="place-name">
        <bdi title={name}>{name}</bdi>
        <span class="muted">
          {isList(place) ? "Playlist" : place.id === "liked" ? "All you liked" : "Every song of them"}
          {place.total !== null && `, ${count(place.total, place.id === "albums" ? "album" : "song")}`}
        </span>
        {place.refused && (
          <span class="bad">Spotify does not show its songs. Only playlists that you own can be read.</span>
        )}
      </span>
    </li>
  );
}

function Playlists({ places, chosen }: { places: Place[]; chosen: Chosen }) {
  const [all, setAll] = useState(false);
  const [text, setText] = useState("");
  const wanted = fold(text);
  const few = places.filter((place, i) => i < FEW || place.chosen);
  const shown = all ? places.filter((place) => fold(place.name).includes(wanted)) : few;
  return (
    <>
      <h3 class="places-title">Your playlists</h3>
      {all && places.length > 2 * FEW && (
        <label class="field places-find">
          Find a playlist
          <input
            type="search"
            autocomplete="off"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
      )}
      <ul class="places">
        {shown.map((place) => (
          <Row key={place.id} place={place} chosen={chosen} />
        ))}
      </ul>
      {shown.length === 0 && <p class="muted">No playlist has these letters in its name.</p>}
      {few.length < places.length && (
        <button type="button" class="small" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${places.length} playlists`}
        </button>
      )}
    </>
  );
}

export function Places({ chosen }: { chosen: Chosen }) {
  const [looking, setLooking] = useState(false);
  const { choice } = chosen;
  if (!choice) return null;
  const lists = choice.places.filter(isList);
  const look = () => {
    setLooking(true);
    post<{ run: number }>("/api/places")
      .then(({ run }) => outcome(run))
      .then(() => {
        chosen.load();
        notify("Your playlists were looked for.");
      })
      .catch(complain)
      .then(() => setLooking(false));
  };
  return (
    <section class="card choose-places" aria-labelledby="places-title">
      <h2 id="places-title">What is sorted</h2>
      <p class="muted">
        Songs from all that is on here go into the playlists of their genres. At least one stays on. What you
        sort from is never changed.
      </p>
      {choice.from_fixed && (
        <p class="note">
          This is set by GENRED_SORT_FROM on the machine where genred runs. Take it out there and start genred
          again to choose here.
        </p>
      )}
      <ul class="places">
        {choice.places
          .filter((place) => !isList(place))
          .map((place) => (
            <Row key={place.id} place={place} chosen={chosen} />
          ))}
      </ul>
      {lists.length > 0 && <Playlists places={lists} chosen={chosen} />}
      <div class="row places-look">
        <button type="button" disabled={looking} onClick={look}>
          {looking ? "Looking …" : "Look for my playlists"}
        </button>
        <span class="muted">
          {lists.length > 0 ? "Asks Spotify for new ones." : "Playlists of your own can be sorted, too."}
        </span>
      </div>
    </section>
  );
}
