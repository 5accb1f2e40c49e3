// How fast and how loud the songs are, and whose they are.

import { scaleLinear } from "d3-scale";
import type { Statistics } from "./api.ts";
import { Below, Chart, Counts } from "./chart.tsx";
import { colourOf } from "./palette.ts";
import { count, number } from "./text.ts";

const LEFT = 36;
const BELOW = 24;
const LINE = 30; // of a chart with a line for each name
const NAMES = 130;

export function Tempo({ statistics: { tempo, songs } }: { statistics: Statistics }) {
  if (!tempo.known) return null;
  const size = (tempo.high - tempo.low) / tempo.bins.length;
  const low = (i: number) => Math.round(tempo.low + i * size);
  const most = Math.max(1, ...tempo.bins);
  const peak = tempo.bins.indexOf(most);
  return (
    <Chart
      title="How fast"
      file="genred-tempo"
      said={`Songs by tempo; most have ${low(peak)} to ${low(peak + 1)} beats per minute.`}
      note={`Beats per minute, known of ${number(tempo.known)} of ${count(songs, "song")}.`}
      height={(width) => Math.max(180, Math.min(280, width * 0.4))}
      table={{
        head: ["Beats per minute", "Songs"],
        rows: tempo.bins.map((n, i) => [`${low(i)} to ${low(i + 1)}`, n]),
      }}
    >
      {({ width, height }) => {
        const x = scaleLinear([tempo.low, tempo.high], [LEFT, width - 8]);
        const y = scaleLinear([0, most], [height - BELOW, 8]).nice(3);
        return (
          <>
            <Counts ticks={y.ticks(3)} at={y} from={LEFT} to={width - 8} />
            {tempo.bins.map((n, i) => (
              <rect
                key={i}
                class="chart-bar"
                x={x(tempo.low + i * size) + 1}
                width={Math.max(1, x(size) - x(0) - 2)}
                y={y(n)}
                height={height - BELOW - y(n)}
              >
                <title>{`${low(i)} to ${low(i + 1)}: ${count(n, "song")}`}</title>
              </rect>
            ))}
            <Below words={x.ticks(6).map((tick) => [x(tick), String(tick)])} y={height - 6} room={width} />
          </>
        );
      }}
    </Chart>
  );
}

function cut(text: string, most: number): string {
  const signs = [...text];
  return signs.length > most ? signs.slice(0, most - 1).join("") + "…" : text;
}

export function Energy({ statistics: { energy, genres } }: { statistics: Statistics }) {
  const title = (name: string) => genres.find((genre) => genre.name === name)?.title ?? name;
  const rows = energy.filter(({ known }) => known > 0).sort((a, b) => b.mean - a.mean);
  if (!rows.length) return null;
  return (
    <Chart
      title="How much energy"
      file="genred-energy"
      said={`Energy by genre; most has ${title(rows[0]!.genre)}, least ${title(rows.at(-1)!.genre)}.`}
      note="From 0 to 1: the middle half of each genre's songs, and their mean."
      height={() => rows.length * LINE + BELOW}
      table={{
        head: ["Genre", "Mean", "A quarter is below", "A quarter is above", "Songs"],
        rows: rows.map((row) => [
          title(row.genre),
          row.mean.toFixed(2),
          row.low.toFixed(2),
          row.high.toFixed(2),
          row.known,
        ]),
      }}
    >
      {({ width, height }) => {
        const x = scaleLinear([0, 1], [NAMES, width - 12]);
        return (
          <>
            <g class="axis">
              {x.ticks(5).map((tick) => (
                <line key={tick} x1={x(tick)} x2={x(tick)} y1={0} y2={height - BELOW} />
              ))}
            </g>
            {rows.map((row, i) => (
              <g key={row.genre}>
                <text class="chart-name" x={NAMES - 10} y={(i + 0.5) * LINE} dy="0.35em" text-anchor="end">
                  {cut(title(row.genre), 16)}
                </text>
                <rect
                  x={x(row.low)}
                  width={Math.max(2, x(row.high) - x(row.low))}
                  y={i * LINE + 9}
                  height={LINE - 18}
                  rx={(LINE - 18) / 2}
                  style={{ fill: colourOf(row.genre) }}
                >
                  <title>{`${title(row.genre)}: ${row.low.toFixed(2)} to ${row.high.toFixed(2)}`}</title>
                </rect>
                <circle class="chart-mean" cx={x(row.mean)} cy={(i + 0.5) * LINE} r={5} />
              </g>
            ))}
            <Below words={x.ticks(5).map((tick) => [x(tick), String(tick)])} y={height - 6} room={width} />
          </>
        );
      }}
    </Chart>
  );
}

export function Artists({ statistics: { artists, genres } }: { statistics: Statistics }) {
  const most = Math.max(1, ...artists.map(({ tracks }) => tracks));
  const title = (name: string | null) => genres.find((genre) => genre.name === name)?.title ?? "unsure";
  if (!artists.length) return null;
  return (
    <Chart
      title="Whom you like most"
      file="genred-artists"
      said={`Artists with most songs, from ${artists[0]!.name} with ${count(artists[0]!.tracks, "song")}.`}
      note="In the colour of the genre that most of their songs are of."
      height={() => artists.length * LINE}
      table={{
        head: ["Artist", "Songs", "Mostly"],
        rows: artists.map(({ name, tracks, genre }) => [name, tracks, title(genre)]),
      }}
    >
      {({ width }) => {
        const names = Math.min(240, width * 0.45);
        const x = scaleLinear([0, most], [names, width - 40]);
        return artists.map(({ name, tracks, genre }, i) => (
          <g key={i}>
            <text class="chart-name" x={names - 10} y={(i + 0.5) * LINE} dy="0.35em" text-anchor="end">
              {cut(name, Math.floor(names / 9))}
            </text>
            <rect
              x={names}
              width={Math.max(2, x(tracks) - names)}
              y={i * LINE + 6}
              height={LINE - 12}
              rx={3}
              style={{ fill: colourOf(genre) }}
            >
              <title>{`${name}: ${count(tracks, "song")}, mostly ${title(genre)}`}</title>
            </rect>
            <text class="chart-value" x={x(tracks) + 8} y={(i + 0.5) * LINE} dy="0.35em">
              {number(tracks)}
            </text>
          </g>
        ));
      }}
    </Chart>
  );
}
