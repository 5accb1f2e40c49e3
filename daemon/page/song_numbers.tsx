// What a song sounds like, in numbers: each against all songs and against those of one genre.

import { area, curveStep } from "d3-shape";
import type { Song, SongNumber } from "./api.ts";
import { number } from "./text.ts";

const KEYS = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const WIDTH = 240;
const HEIGHT = 72;
const TOP = 10; // of it, for the marker's head

// Bins that are a value each, as keys, and not ranges.
function isStepped(of: SongNumber): boolean {
  return of.all.length === of.high - of.low;
}

function valueText(of: SongNumber, value: number): string {
  switch (of.name) {
    case "key":
      return KEYS[Math.round(value)] ?? "none";
    case "mode":
      return value >= 0.5 ? "major" : "minor";
    case "time_signature":
      return `${Math.round(value)} beats`;
    case "tempo":
      return `${Math.round(value)}`;
    case "loudness":
      return `${value.toFixed(1).replace("-", "−")}`;
    default:
      return value.toFixed(2);
  }
}

function titleOf(of: SongNumber): string {
  return of.name === "time_signature" ? "Beats per bar" : of.title;
}

const sum = (bins: number[]) => bins.reduce((a, b) => a + b, 0);

function binOf(of: SongNumber, value: number): number {
  const at = Math.floor(((value - of.low) / (of.high - of.low)) * of.all.length);
  return Math.max(0, Math.min(of.all.length - 1, at));
}

// Where the value lies among those of `bins`.
function comparison(of: SongNumber, value: number, bins: number[], whose: string): string {
  const all = sum(bins);
  if (all === 0) return `It is not known of ${whose}.`;
  const bin = binOf(of, value);
  const same = bins[bin] ?? 0;
  if (isStepped(of)) return `So are ${number(same)} of ${number(all)} of ${whose}.`;
  const below = (sum(bins.slice(0, bin)) + same / 2) / all;
  if (below >= 0.9) return `Among the highest of ${whose}.`;
  if (below >= 0.65) return `Higher than most of ${whose}.`;
  if (below > 0.35) return `In the middle of ${whose}.`;
  if (below > 0.1) return `Lower than most of ${whose}.`;
  return `Among the lowest of ${whose}.`;
}

function Histogram({ of, colour, label }: { of: SongNumber; colour: string; label: string }) {
  const bin = WIDTH / of.all.length;
  const room = HEIGHT - TOP - 1;
  const most = Math.max(1, ...of.all);
  const mostOf = Math.max(1, ...of.genre);
  const hill = area<number>()
    .x((_, i) => (i - 0.5) * bin)
    .y0(HEIGHT - 1)
    .y1((n) => HEIGHT - 1 - (n / most) * room)
    .curve(curveStep);
  const middle = isStepped(of) ? 0.5 : 0;
  const at = of.value === null ? 0 : ((of.value + middle - of.low) / (of.high - of.low)) * WIDTH;
  const x = Math.max(3, Math.min(WIDTH - 3, at));
  return (
    <svg class="histogram" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <path class="histogram-all" d={hill([0, ...of.all, 0]) ?? ""} />
      {of.genre.map((n, i) => (
        <rect
          key={i}
          x={i * bin + bin * 0.2}
          width={bin * 0.6}
          y={HEIGHT - 1 - (n / mostOf) * room}
          height={(n / mostOf) * room}
          style={{ fill: colour }}
        />
      ))}
      <path class="histogram-ground" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
      {of.value !== null && (
        <>
          <path class="histogram-halo" d={`M${x} 2V${HEIGHT}`} />
          <path class="histogram-mark" d={`M${x} 2V${HEIGHT}`} />
          <circle class="histogram-head" cx={x} cy={5} r={4.5} />
        </>
      )}
    </svg>
  );
}

function ends(of: SongNumber): [string, string] {
  if (of.name === "mode") return ["minor", "major"];
  if (of.name === "key") return ["C", "B"];
  if (isStepped(of)) return [String(of.low), String(of.high - 1)];
  return [String(of.low).replace("-", "−"), String(of.high)];
}

function One({ of, colour, whose }: { of: SongNumber; colour: string; whose: string }) {
  const title = titleOf(of);
  if (of.value === null) {
    return (
      <li class="number-card">
        <h3>{title}</h3>
        <p class="muted">Not known.</p>
      </li>
    );
  }
  const value = valueText(of, of.value);
  const compared = comparison(of, of.value, of.genre, whose);
  const [low, high] = ends(of);
  return (
    <li class="number-card">
      <h3>
        {title} <span class="number-value">{value}</span>
      </h3>
      <Histogram of={of} colour={colour} label={`${title}: ${value}. ${compared}`} />
      <p class="number-ends muted" aria-hidden="true">
        <span>{low}</span>
        <span>{high}</span>
      </p>
      <p class="number-words" aria-hidden="true">
        {compared}
      </p>
    </li>
  );
}

export function Numbers({ song, colour, title }: { song: Song; colour: string; title: string | null }) {
  const known = song.numbers.filter((of) => of.value !== null);
  if (known.length === 0) {
    return (
      <p class="muted">
        No number of this song's sound is known. The sources are asked again with the next sync.
      </p>
    );
  }
  const from = [...new Set(known.map((of) => of.source).filter((source) => source !== null))];
  return (
    <>
      <p class="legend-line">
        <span>
          <i class="key-all" aria-hidden="true" /> all your songs
        </span>
        {title !== null && (
          <span>
            <i class="key-genre" style={{ background: colour }} aria-hidden="true" /> <bdi>{title}</bdi>
          </span>
        )}
        <span>
          <i class="key-mark" aria-hidden="true" /> this song
        </span>
      </p>
      <ul class="numbers">
        {song.numbers.map((of) => (
          <One
            key={of.name}
            of={of}
            colour={colour}
            whose={title === null ? "your songs" : `your ${title} songs`}
          />
        ))}
      </ul>
      {from.length > 0 && <p class="muted">Told by {from.join(", ")}.</p>}
    </>
  );
}
