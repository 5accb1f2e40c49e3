// A genre in the tree: on or off, what is under it, and what may be changed of it.

import { useId, useState } from "preact/hooks";
import type { Genre } from "./api.ts";
import { OwnDialog } from "./choose_own.tsx";
import { without, type Chooser } from "./choose_state.ts";
import { Threshold } from "./choose_threshold.tsx";
import { flat, isByHand, isOwn, titlesOf } from "./genres.ts";
import { colourOf } from "./palette.ts";
import { Dialog, notify, Switch } from "./parts.tsx";
import { Pick } from "./pick.tsx";
import { linkTo } from "./route.ts";
import { count, number } from "./text.ts";

interface Props {
  genre: Genre;
  chooser: Chooser;
}

function Name({ genre, chooser }: Props) {
  const [text, setText] = useState(genre.title);
  const rename = (title: string | null) =>
    void chooser.tryEdit({ genre: genre.name, title }).then((made) => {
      if (!made) return;
      const now = flat(made.genres).find(({ name }) => name === genre.name)?.title ?? genre.name;
      setText(now);
      notify(`It is called ${now} now. Its playlist is renamed by the next sort.`);
    });
  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault();
        rename(text.trim() || null);
      }}
    >
      <label class="field">
        Name
        <input
          type="text"
          maxLength={60}
          autocomplete="off"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button class="small" disabled={chooser.editing || text.trim() === genre.title}>
        {text.trim() === "" ? "First name again" : "Rename"}
      </button>
    </form>
  );
}

function MergeDialog({ genre, chooser, close }: Props & { close: () => void }) {
  const options = flat(chooser.tree?.genres ?? [])
    .filter((other) => other.name !== genre.name && !isOwn(other))
    .map(({ name, title, tracks }) => ({ name, title, note: count(tracks, "song") }));
  const merge = (into: string) => {
    const chosen = chooser.chosen.genres.has(genre.name);
    close();
    void chooser.tryEdit({ genre: genre.name, merge_into: into }).then((made) => {
      if (!made) return;
      const title = titlesOf(made)(into);
      if (chosen) chooser.chosen.set("genres", { [genre.name]: false, [into]: true });
      notify(`${genre.title} counts as ${title} now${chosen ? `, and ${title} is chosen` : ""}.`);
    });
  };
  return (
    <Dialog title={`Merge ${genre.title}`} close={close}>
      <p>
        Its songs count as songs of the genre that you pick, and it is no longer listed by itself. You can
        take this back below the list of genres.
      </p>
      <Pick label="Merge into" options={options} focus pick={merge} />
      <p class="row dialog-end">
        <button type="button" onClick={close}>
          Cancel
        </button>
      </p>
    </Dialog>
  );
}

function RemoveDialog({ genre, chooser, close }: Props & { close: () => void }) {
  const remove = () => {
    close();
    void chooser.tryEdit({ genre: genre.name, rule: null }).then((made) => {
      if (!made) return;
      if (flat(made.genres).some(({ name }) => name === genre.name)) {
        notify(`${genre.title} has the rule of genres.conf again.`);
        return;
      }
      chooser.chosen.set("genres", { [genre.name]: false });
      notify(`${genre.title} is removed.`);
    });
  };
  return (
    <Dialog title={`Remove ${genre.title}?`} close={close}>
      <p>
        {isByHand(genre)
          ? `Which ${count(genre.tracks, "song")} you picked for it is forgotten. The songs stay in Spotify.`
          : "Its name and rule are forgotten."}{" "}
        {genre.playlist && "Its playlist stays in Spotify as it is, and genred no longer changes it."}
      </p>
      <p class="row dialog-end">
        <button type="button" autofocus onClick={close}>
          Keep it
        </button>
        <button type="button" class="danger" onClick={remove}>
          Remove
        </button>
      </p>
    </Dialog>
  );
}

function Rule({ genre, edit }: { genre: Genre; edit: () => void }) {
  if (isByHand(genre)) {
    return (
      <div>
        <h4>Picked songs</h4>
        <p class="muted">
          It holds {genre.tracks === 1 ? "the song" : `the ${number(genre.tracks)} songs`} that you picked and
          no others. Pick more <a href={linkTo("map")}>on the map</a>, under the same name.
        </p>
      </div>
    );
  }
  return (
    <div>
      <h4>Rule</h4>
      <p>
        <code class="rule">{genre.rule}</code>
      </p>
      <button type="button" class="small" onClick={edit}>
        Edit the rule
      </button>
    </div>
  );
}

type Asks = "" | "merge" | "remove" | "rule";

function Panel({ genre, chooser, id }: Props & { id: string }) {
  const [asks, setAsks] = useState<Asks>("");
  const titles = titlesOf(chooser.tree);
  const close = () => setAsks("");
  const hide = () =>
    void chooser.tryEdit({ genre: genre.name, hidden: true }).then((made) => {
      if (!made) return;
      chooser.chosen.set("genres", without(genre));
      notify(`${genre.title} is hidden. Take it back below the list of genres.`);
    });
  return (
    <div id={id} class="genre-panel" role="group" aria-label={`Settings of ${genre.title}`}>
      {chooser.running && (
        <p class="note">A run is at work. Genres can be changed when it is done; switches work always.</p>
      )}
      {!isByHand(genre) && <Threshold genre={genre} chooser={chooser} />}
      <div class="genre-edits">
        {isOwn(genre) && <Rule genre={genre} edit={() => setAsks("rule")} />}
        <Name genre={genre} chooser={chooser} />
        {genre.merged.length > 0 && (
          <div>
            <h4>These count as {genre.title}</h4>
            <ul class="merged">
              {genre.merged.map((name) => (
                <li key={name} class="chip">
                  <bdi>{titles(name)}</bdi>
                  <button
                    type="button"
                    class="plain small"
                    aria-label={`Take ${titles(name)} out of ${genre.title}`}
                    disabled={chooser.editing}
                    onClick={() => void chooser.tryEdit({ genre: name, merge_into: null })}
                  >
                    Take out
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
        <div class="row">
          {!isOwn(genre) && (
            <button type="button" class="small" disabled={chooser.editing} onClick={() => setAsks("merge")}>
              Merge …
            </button>
          )}
          <button type="button" class="small" disabled={chooser.editing} onClick={hide}>
            Hide
          </button>
          {isOwn(genre) && (
            <button
              type="button"
              class="small danger"
              disabled={chooser.editing}
              onClick={() => setAsks("remove")}
            >
              Remove …
            </button>
          )}
        </div>
      </div>
      {asks === "merge" && <MergeDialog genre={genre} chooser={chooser} close={close} />}
      {asks === "remove" && <RemoveDialog genre={genre} chooser={chooser} close={close} />}
      {asks === "rule" && <OwnDialog genre={genre} chooser={chooser} close={close} />}
    </div>
  );
}

export interface RowProps extends Props {
  shown: (genre: Genre) => boolean;
  searching: boolean;
  open: string; // the genre whose settings are shown
  setOpen: (name: string) => void;
  most: number;
}

export function GenreRow(props: RowProps) {
  const { genre, chooser, searching } = props;
  const [expanded, setExpanded] = useState(false);
  const id = useId();
  const children = genre.children.filter(props.shown);
  const within = expanded || searching;
  const open = props.open === genre.name;
  const chosenBelow = genre.children.filter(({ name }) => chooser.chosen.genres.has(name)).length;
  const colour = colourOf(genre.name);
  return (
    <li class="genre">
      <div class="genre-row">
        <Switch
          on={chooser.chosen.genres.has(genre.name)}
          label={`${genre.title}, ${count(genre.tracks, "song")}`}
          disabled={!chooser.chosen.choice}
          change={(on) => chooser.chosen.set("genres", { [genre.name]: on })}
        />
        <span class="genre-what">
          <span class="genre-title">
            <bdi>{genre.title}</bdi>
            {isByHand(genre) && <span class="chip">picked songs</span>}
            {isOwn(genre) && !isByHand(genre) && <span class="chip">own rule</span>}
          </span>
          <span class="muted number">{count(genre.tracks, "song")}</span>
          <span class="genre-bar" aria-hidden="true">
            <span style={{ width: `${(100 * genre.tracks) / props.most}%`, background: colour }} />
          </span>
        </span>
        <span class="genre-examples muted">
          {genre.examples.map((song, i) => (
            <span key={song.id}>
              {i > 0 && " · "}
              <bdi>{song.name || "(no name)"}</bdi>
            </span>
          ))}
        </span>
        <span class="genre-buttons">
          {children.length > 0 && !searching && (
            <button
              type="button"
              class="small"
              aria-expanded={expanded}
              aria-controls={`${id}-under`}
              onClick={() => setExpanded(!expanded)}
            >
              {number(children.length)} narrower
              {chosenBelow > 0 && `, ${number(chosenBelow)} on`}
              <span class="hidden-text"> genres of {genre.title}</span>
              <Arrow />
            </button>
          )}
          <button
            type="button"
            class="small"
            aria-expanded={open}
            aria-controls={`${id}-panel`}
            onClick={() => props.setOpen(open ? "" : genre.name)}
          >
            Settings<span class="hidden-text"> of {genre.title}</span>
            <Arrow />
          </button>
        </span>
      </div>
      {open && <Panel genre={genre} chooser={chooser} id={`${id}-panel`} />}
      {within && children.length > 0 && (
        <ul id={`${id}-under`} class="genres under" aria-label={`Narrower genres of ${genre.title}`}>
          {children.map((child) => (
            <GenreRow key={child.name} {...props} genre={child} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Arrow() {
  return (
    <svg class="arrow" viewBox="0 0 12 12" aria-hidden="true">
      <path d="M2 4l4 4 4-4" />
    </svg>
  );
}
