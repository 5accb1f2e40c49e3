// All songs as points; what sounds alike lies close together.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, type SongMap, type SongName } from "./api.ts";
import { useEvents, useLive } from "./live.ts";
import { ChosenSongs, keepChoice, keptChoice, type Chosen } from "./map_chosen.tsx";
import { kindOf, KINDS } from "./map_draw.ts";
import { LISTED, Stage, type Rest } from "./map_stage.ts";
import { colourOf } from "./palette.ts";
import { Answer, SongLink, useAsked } from "./parts.tsx";
import { linkTo, type ViewProps } from "./route.ts";
import { count, number } from "./text.ts";

const FOUND = 8;

interface Family {
  kind: number;
  name: string | null; // null: unsure
  title: string;
  songs: number;
}

// Families that have songs, most first; the unsure ones at the end.
function familiesOf(map: SongMap): Family[] {
  const songs = new Array<number>(KINDS).fill(0);
  for (const genre of map.genre) songs[kindOf(genre)]!++;
  const families: Family[] = map.genres
    .map((genre, i) => ({ kind: kindOf(i), name: genre.name, title: genre.title, songs: songs[kindOf(i)]! }))
    .sort((a, b) => b.songs - a.songs);
  families.push({ kind: KINDS - 1, name: null, title: "Unsure", songs: songs[KINDS - 1]! });
  return families.filter((family) => family.songs > 0);
}

function songOf(map: SongMap, i: number): SongName {
  return { id: map.id[i]!, name: map.name[i]!, artists: map.artists[i]! };
}

function titleOf(map: SongMap, i: number): string {
  return map.genres[map.genre[i]!]?.title ?? "Unsure";
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function Search({ map, jump }: { map: SongMap; jump: (song: number) => void }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<number[] | null>(null);
  const texts = useRef<{ map: SongMap; all: string[] } | null>(null);
  useEffect(() => {
    const wanted = plain(text.trim());
    if (!wanted) return setFound(null);
    const later = setTimeout(() => {
      if (texts.current?.map !== map) {
        texts.current = { map, all: map.name.map((name, i) => plain(`${name} ${map.artists[i]}`)) };
      }
      const songs: number[] = [];
      const { all } = texts.current;
      for (let i = 0; i < all.length && songs.length < FOUND; i++)
        if (all[i]!.includes(wanted)) songs.push(i);
      setFound(songs);
    }, 120);
    return () => clearTimeout(later);
  }, [text, map]);
  const take = (song: number) => {
    setText("");
    setFound(null);
    jump(song);
  };
  return (
    <form
      class="map-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (found?.[0] !== undefined) take(found[0]);
      }}
    >
      <input
        type="search"
        aria-label="Find a song on the map"
        placeholder="Find a song"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && setText("")}
      />
      <p class="hidden-text" role="status">
        {found &&
          (found.length
            ? `${found.length === FOUND ? "The first " : ""}${count(found.length, "song")} found`
            : "No song found")}
      </p>
      {found && (
        <ul class="list map-found">
          {found.map((song) => (
            <li key={song}>
              <button type="button" class="plain" onClick={() => take(song)}>
                <bdi>{map.name[song]}</bdi>
                <bdi class="muted">{map.artists[song]}</bdi>
              </button>
            </li>
          ))}
          {!found.length && <li class="muted">No song or artist is called that.</li>}
        </ul>
      )}
    </form>
  );
}

function Legend(props: { families: Family[]; only: Set<number>; change: (only: Set<number>) => void }) {
  const { families, only, change } = props;
  const turn = (kind: number) => {
    const next = new Set(only);
    if (!next.delete(kind)) next.add(kind);
    change(next.size === families.length ? new Set() : next);
  };
  return (
    <section class="map-legend" aria-label="Genres">
      <div class="row spread">
        <h2>Genres</h2>
        <button class="small" disabled={!only.size} onClick={() => change(new Set())}>
          Show all
        </button>
      </div>
      <ul>
        {families.map((family) => (
          <li key={family.kind}>
            <button class="plain" aria-pressed={only.has(family.kind)} onClick={() => turn(family.kind)}>
              <span class="dot" style={{ background: colourOf(family.name) }} />
              <span class="map-family">{family.title}</span>
              <span class="number muted">{number(family.songs)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

// What a pointer, the search or Enter chose; it stays, so that the link can be reached.
function Told({ map, song, close }: { map: SongMap; song: number; close: () => void }) {
  const genre = map.genres[map.genre[song]!];
  return (
    <div class="map-told">
      <span class="dot" style={{ background: colourOf(genre?.name ?? null) }} />
      <div>
        <SongLink song={songOf(map, song)} />
        <span class="muted">{titleOf(map, song)}</span>
      </div>
      <button class="plain" aria-label="Close" onClick={close}>
        ×
      </button>
    </div>
  );
}

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

function Plane({ map, values }: { map: SongMap; values: URLSearchParams }) {
  const region = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const ring = useRef<HTMLDivElement>(null);
  const labels = useRef<HTMLDivElement>(null);
  const trail = useRef<SVGPolygonElement>(null);
  const stage = useRef<Stage | null>(null);
  const [drawn, setDrawn] = useState(true);
  const [told, setTold] = useState(-1);
  const [said, setSaid] = useState("");
  const [only, setOnly] = useState(new Set<number>());
  const [lassoing, setLassoing] = useState(false);
  const [rest, setRest] = useState<Rest | null>(null); // null: before the first look
  const [chosen, setChosen] = useState<Chosen | null>(keptChoice);
  const families = useMemo(() => familiesOf(map), [map]);
  const index = useMemo(() => new Map(map.id.map((id, i) => [id, i])), [map]);
  const taken = useMemo(
    () => chosen?.ids.map((id) => index.get(id)).filter((i) => i !== undefined) ?? [],
    [chosen?.ids, index],
  );
  const lasso = useCallback((on: boolean) => {
    stage.current?.lasso(on);
    setLassoing(on);
  }, []);
  const take = (songs: number[]) => {
    lasso(false);
    if (!songs.length) return setSaid("No song is there. Draw around some points.");
    setSaid(`${count(songs.length, "song")} taken. They are listed under the map.`);
    setChosen({ ids: songs.map((song) => map.id[song]!), out: [], name: chosen?.name ?? "" });
  };
  const pick = (song: number) => {
    setTold(song);
    setSaid(song < 0 ? "" : `${map.name[song]}, ${map.artists[song]}: ${titleOf(map, song)}`);
  };
  const jump = (song: number) => {
    if (!stage.current?.isShown(song)) setOnly(new Set());
    stage.current?.jump(song);
    pick(song);
  };
  const now = useRef({ take, pick });
  now.current = { take, pick };

  useEffect(() => {
    const made = new Stage(
      {
        region: region.current!,
        canvas: canvas.current!,
        ring: ring.current!,
        labels: labels.current!,
        trail: trail.current!,
      },
      {
        point: (song) => song >= 0 && setTold(song),
        pick: (song) => now.current.pick(song),
        lasso: (songs) => now.current.take(songs),
        rest: setRest,
      },
    );
    stage.current = made;
    setDrawn(made.drawing !== null);
    return () => made.close();
  }, []);
  useEffect(() => {
    setTold(-1);
    stage.current?.load(map);
  }, [map]);
  useEffect(() => stage.current?.show(only), [only]);
  useEffect(() => stage.current?.ring(told), [told, map]);
  useEffect(() => {
    const out = new Set(chosen?.out);
    stage.current?.mark(new Set(taken.filter((song) => !out.has(map.id[song]!))));
  }, [taken, chosen?.out, map]);
  useEffect(() => keepChoice(chosen), [chosen]);
  const wanted = values.get("track");
  useEffect(() => {
    const song = index.get(wanted ?? "");
    if (song !== undefined) jump(song);
  }, [wanted, index]);

  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== region.current) return;
    if (event.key === "l" || event.key === "L") lasso(!lassoing);
    else if (event.key === "Escape" && lassoing) lasso(false);
    else if (event.key === "Escape") setTold(-1);
  };
  const zoom = (factor: number) => stage.current?.zoomBy(factor);
  return (
    <>
      <div class="map-head">
        <div>
          <h1>Map</h1>
          <p class="muted">{count(map.id.length, "song")}. What sounds alike lies close together.</p>
        </div>
        <Search map={map} jump={jump} />
      </div>
      {!drawn && (
        <p class="band">
          This browser draws no WebGL, so there is no map here. The list below and the search do the same.
        </p>
      )}
      <div class="map-body">
        <div class="map-frame" hidden={!drawn}>
          <div
            ref={region}
            class={lassoing ? "map-region lassoing" : "map-region"}
            tabIndex={0}
            role="application"
            aria-roledescription="map"
            aria-label="Map of songs"
            aria-describedby="map-keys"
            onKeyDown={keys}
          >
            <canvas ref={canvas} aria-hidden="true" />
            <div ref={labels} class="map-labels" aria-hidden="true">
              {families.map(
                (family) =>
                  family.name !== null && (
                    <span key={family.kind} data-family={family.kind}>
                      {family.title}
                    </span>
                  ),
              )}
            </div>
            <svg class="map-trail" aria-hidden="true">
              <polygon ref={trail} />
            </svg>
            <div ref={ring} class="map-ring" hidden />
            <span class="map-cross" aria-hidden="true" />
          </div>
          <div class="map-tools">
            <button aria-pressed={lassoing} onClick={() => lasso(!lassoing)} title="L">
              <Icon path="M5 14c-2-5 3-10 8-10s8 4 7 8-8 6-12 4m0 0c-1 2 0 4-3 5" />
              {lassoing ? "Draw around songs" : "Lasso"}
            </button>
            <button disabled={!rest?.count} onClick={() => take(stage.current?.inView() ?? [])}>
              Take the songs in view
            </button>
          </div>
          <div class="map-zoom">
            <button aria-label="Closer" title="+" onClick={() => zoom(1.7)}>
              <Icon path="M12 5v14M5 12h14" />
            </button>
            <button aria-label="Farther" title="-" onClick={() => zoom(1 / 1.7)}>
              <Icon path="M5 12h14" />
            </button>
            <button aria-label="The whole map" title="0" onClick={() => stage.current?.home()}>
              <Icon path="M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5" />
            </button>
          </div>
          {told >= 0 && told < map.id.length && <Told map={map} song={told} close={() => setTold(-1)} />}
        </div>
        <Legend families={families} only={only} change={setOnly} />
      </div>
      <p id="map-keys" class="muted map-keys" hidden={!drawn}>
        Drag or arrow keys move, the wheel, a pinch or + and − zoom, 0 shows all, L draws a lasso, Enter tells
        the song in the middle.
      </p>
      <p class="hidden-text" role="status">
        {said}
      </p>
      {chosen && <ChosenSongs songs={taken.map((i) => songOf(map, i))} chosen={chosen} change={setChosen} />}
      {rest && (
        <section class="card">
          <h2>{drawn ? `${count(rest.count, "song")} in view` : count(rest.count, "song")}</h2>
          {!rest.count && <p class="muted">No song is in view. Show the whole map or all genres.</p>}
          {rest.count > 0 && (
            <details open={!drawn}>
              <summary>
                {rest.count > LISTED ? `The ${LISTED} nearest to the middle of the map` : "Which they are"}
              </summary>
              <ul class="list map-list">
                {rest.nearest.map((song) => (
                  <li key={map.id[song]}>
                    <span
                      class="dot"
                      style={{ background: colourOf(map.genres[map.genre[song]!]?.name ?? null) }}
                    />
                    <SongLink song={songOf(map, song)} />
                    <span class="muted">{titleOf(map, song)}</span>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </section>
      )}
    </>
  );
}

function Computing() {
  return (
    <div class="card" role="status">
      <p>The map is being computed. It appears here by itself.</p>
      <progress aria-label="The map" />
    </div>
  );
}

export function MapView({ values }: ViewProps) {
  const { ended } = useLive();
  const asked = useAsked(() => get<SongMap>("/api/map"), ended);
  useEvents((event) => event.message_type === "map" && asked.again());
  return (
    <Answer asked={asked}>
      {(map) => (
        <>
          {!map.id.length && <h1>Map</h1>}
          {map.state === "computing" && <Computing />}
          {map.state === "absent" && (
            <p class="card">
              No song has its genres yet, so there is nothing to draw. A sort gives every song its genres:{" "}
              <a href={linkTo("home")}>start one</a>.
            </p>
          )}
          {map.id.length > 0 && <Plane map={map} values={values} />}
        </>
      )}
    </Answer>
  );
}
