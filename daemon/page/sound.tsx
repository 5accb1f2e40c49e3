// A sound file is dropped here, and is told its genre and what of the library is like it.

import { useRef, useState } from "preact/hooks";
import { sendFile, type ApiError, type Heard } from "./api.ts";
import { asError, Bar, SongLink, Trouble } from "./parts.tsx";
import { percent } from "./text.ts";

export function Sound() {
  const [name, setName] = useState("");
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [heard, setHeard] = useState<Heard | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const hear = (file: File | undefined) => {
    if (!file || busy) return;
    setName(file.name);
    setBusy(true);
    setError(null);
    setHeard(null);
    sendFile<Heard>("/api/sound", file)
      .then(setHeard, (reason) => setError(asError(reason)))
      .finally(() => setBusy(false));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    hear(event.dataTransfer?.files[0]);
  };
  const hover = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <section
      class={`card sound ${over ? "over" : ""}`}
      aria-labelledby="sound"
      onDrop={drop}
      onDragOver={hover}
      onDragLeave={() => setOver(false)}
    >
      <h2 id="sound">A sound file</h2>
      <p>Drop one here to hear which genre it is. It does not leave this machine.</p>
      <input
        ref={input}
        type="file"
        accept="audio/*"
        hidden
        onChange={(event) => hear(event.currentTarget.files?.[0])}
      />
      <button type="button" disabled={busy} onClick={() => input.current?.click()}>
        Choose a file
      </button>
      <div aria-live="polite" aria-busy={busy}>
        {busy && (
          <p>
            Listening to <bdi>{name}</bdi> …
          </p>
        )}
        {error && <Trouble error={error} />}
        {heard && (
          <>
            <h3>
              <bdi>{name}</bdi>
            </h3>
            <ul class="list">
              {heard.genres.map(({ genre, p }) => (
                <li key={genre}>
                  {genre} <Bar value={p} label={percent(p)} />
                </li>
              ))}
            </ul>
            {heard.neighbours.length > 0 && <h3>Like it in your library</h3>}
            <ul class="list">
              {heard.neighbours.map((song) => (
                <li key={song.id}>
                  <SongLink song={song} />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}
