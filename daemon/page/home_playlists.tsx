// The playlists that genred keeps, and a way to leave one to the person.

import { useState } from "preact/hooks";
import { post, type KeptPlaylist, type Status } from "./api.ts";
import { outcome } from "./live.ts";
import { complain, Dialog, notify } from "./parts.tsx";
import { count } from "./text.ts";

const states: Record<string, string> = {
  active: "",
  gone: "you deleted it; sort its genre again to have a new one",
  left: "its genre is gone, so it is left as it is",
  released: "left to you",
  dropped: "let go",
};

function Release({ playlist, close }: { playlist: KeptPlaylist; close: () => void }) {
  const [busy, setBusy] = useState(false);
  const release = () => {
    setBusy(true);
    post<{ run: number }>("/api/release", { genre: playlist.genre })
      .then(({ run }) => outcome(run))
      .then(() => notify(`“${playlist.name}” is yours alone now.`), complain)
      .finally(close);
  };
  return (
    <Dialog title="Leave this playlist to you" close={close}>
      <p>
        <bdi>{playlist.name}</bdi> stays as it is, with all its songs, and genred no longer touches it. Its
        genre is no longer chosen; choosing it again makes a new playlist.
      </p>
      <p class="row">
        <button type="button" class="primary" disabled={busy} onClick={release}>
          Leave it to me
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </p>
    </Dialog>
  );
}

export function HomePlaylists({ status }: { status: Status }) {
  const [released, setReleased] = useState<KeptPlaylist | null>(null);
  if (!status.playlists.length) return null;
  return (
    <section class="card" aria-labelledby="playlists">
      <h2 id="playlists">Playlists</h2>
      <ul class="list">
        {status.playlists.map((playlist) => (
          <li key={playlist.id ?? playlist.name}>
            <span class="kept">
              {playlist.id ? (
                <a
                  href={`https://open.spotify.com/playlist/${encodeURIComponent(playlist.id)}`}
                  target="_blank"
                  rel="noreferrer noopener"
                >
                  <bdi>{playlist.name}</bdi>
                  <span class="hidden-text"> (opens Spotify in a new tab)</span>
                </a>
              ) : (
                <bdi>{playlist.name}</bdi>
              )}
              <span class="muted">
                {count(playlist.total, "song")}
                {states[playlist.state] && `, ${states[playlist.state]}`}
              </span>
            </span>
            {(playlist.state === "active" || playlist.state === "left") && (
              <button type="button" class="small" onClick={() => setReleased(playlist)}>
                Leave it to me<span class="hidden-text">: {playlist.name}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {released && <Release playlist={released} close={() => setReleased(null)} />}
    </section>
  );
}
