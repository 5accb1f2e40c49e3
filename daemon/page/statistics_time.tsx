// Which genres were liked when, and how old the songs are.

import { scaleLinear } from "d3-scale";
import { area, curveMonotoneX, stack } from "d3-shape";
import type { Statistics } from "./api.ts";
import { Below, Chart, Counts } from "./chart.tsx";
import { colourOf } from "./palette.ts";
import { count } from "./text.ts";

const LEFT = 36;
const RIGHT = 28;
const BELOW = 24;
const DRAWN = 8; // genres with a colour of their own; the others are one

interface Layers {
  titles: string[];
  colours: string[];
  of: (counts: number[]) => number[]; // one number for each layer
}

// The genres with most songs, and all others together.
function layersOf(statistics: Statistics): Layers {
  const top = statistics.genres.slice(0, DRAWN);
  const more = statistics.genres.length > DRAWN;
  return {
    titles: [...top.map(({ title }) => title), ...(more ? ["others"] : [])],
    colours: [...top.map(({ name }) => colourOf(name)), ...(more ? [colourOf(null)] : [])],
    of: (counts) => {
      const layers = counts.slice(0, DRAWN);
      if (more) layers.push(counts.slice(DRAWN).reduce((sum, n) => sum + n, 0));
      return layers;
    },
  };
}

const legendOf = ({ titles, colours }: Layers) =>
  titles.map((title, i) => ({ title, colour: colours[i] ?? "" }));

interface Span {
  name: string;
  layers: number[];
}

// Months, or quarters or years when there are many.
function spansOf({ months }: Statistics, layers: Layers): Span[] {
  const [year = 2000, month = 1] = months.from.split("-").map(Number);
  const each = months.counts.length > 120 ? 12 : months.counts.length > 36 ? 3 : 1;
  const spans = new Map<string, number[]>();
  months.counts.forEach((counts, i) => {
    const at = month - 1 + i;
    const [y, m] = [year + Math.floor(at / 12), at % 12];
    const quarter = `${y} Q${Math.floor(m / 3) + 1}`;
    const name = each === 12 ? `${y}` : each === 3 ? quarter : `${y}-${String(m + 1).padStart(2, "0")}`;
    const sum = spans.get(name);
    const mine = layers.of(counts);
    if (!sum) spans.set(name, mine);
    else mine.forEach((n, k) => (sum[k] = (sum[k] ?? 0) + n));
  });
  return [...spans].map(([name, layers]) => ({ name, layers }));
}

const sumOf = (layers: number[]) => layers.reduce((sum, n) => sum + n, 0);
const rowsOf = (spans: Span[]) => spans.map(({ name, layers }) => [name, ...layers]);

export function Liking({ statistics }: { statistics: Statistics }) {
  const layers = layersOf(statistics);
  const spans = spansOf(statistics, layers);
  const most = Math.max(1, ...spans.map((span) => sumOf(span.layers)));
  if (spans.length < 2) return null;
  const stacked = stack<Span, number>()
    .keys(layers.titles.map((_, i) => i))
    .value((span, key) => span.layers[key] ?? 0)(spans);
  return (
    <Chart
      title="What you liked when"
      file="genred-liking"
      said={`Likes over time from ${spans[0]?.name} to ${spans.at(-1)?.name}, by genre.`}
      note="A song of several genres counts in each."
      height={(width) => Math.max(220, Math.min(420, width * 0.4))}
      legend={legendOf(layers)}
      table={{ head: ["When", ...layers.titles], rows: rowsOf(spans) }}
    >
      {({ width, height }) => {
        const x = scaleLinear([0, spans.length - 1], [LEFT, width - RIGHT]);
        const y = scaleLinear([0, most], [height - BELOW, 8]).nice(4);
        const shape = area<[number, number]>()
          .x((_, i) => x(i))
          .y0(([low]) => y(low))
          .y1(([, high]) => y(high))
          .curve(curveMonotoneX);
        return (
          <>
            <Counts ticks={y.ticks(4)} at={y} from={LEFT} to={width - RIGHT} />
            {stacked.map((layer, i) => (
              <path
                key={i}
                d={shape(layer as unknown as [number, number][]) ?? ""}
                style={{ fill: layers.colours[i]! }}
              >
                <title>{layers.titles[i]}</title>
              </path>
            ))}
            <Below words={spans.map((span, i) => [x(i), span.name])} y={height - 6} room={width - LEFT} />
          </>
        );
      }}
    </Chart>
  );
}

export function Decades({ statistics }: { statistics: Statistics }) {
  const layers = layersOf(statistics);
  const spans = statistics.decades.map(({ decade, counts }) => ({
    name: `${decade}s`,
    layers: layers.of(counts),
  }));
  const most = Math.max(1, ...spans.map((span) => sumOf(span.layers)));
  if (!spans.length) return null;
  const best = spans.reduce((a, b) => (sumOf(b.layers) > sumOf(a.layers) ? b : a));
  return (
    <Chart
      title="Of which decades"
      file="genred-decades"
      said={`Songs by decade; most are of the ${best.name}.`}
      height={(width) => Math.max(200, Math.min(320, width * 0.45))}
      legend={legendOf(layers)}
      table={{ head: ["Decade", ...layers.titles], rows: rowsOf(spans) }}
    >
      {({ width, height }) => {
        const y = scaleLinear([0, most], [height - BELOW, 8]).nice(4);
        const step = (width - LEFT) / spans.length;
        const bar = Math.min(64, step * 0.7);
        const middle = (i: number) => LEFT + (i + 0.5) * step;
        return (
          <>
            <Counts ticks={y.ticks(4)} at={y} from={LEFT} to={width} />
            {spans.map((span, i) => {
              let below = 0;
              return span.layers.map((n, k) => {
                const from = below;
                below += n;
                return (
                  n > 0 && (
                    <rect
                      key={`${i} ${k}`}
                      x={middle(i) - bar / 2}
                      width={bar}
                      y={y(below)}
                      height={y(from) - y(below)}
                      style={{ fill: layers.colours[k]! }}
                    >
                      <title>{`${span.name}, ${layers.titles[k]}: ${count(n, "song")}`}</title>
                    </rect>
                  )
                );
              });
            })}
            <Below
              words={spans.map((span, i) => [middle(i), span.name])}
              y={height - 6}
              room={width - LEFT}
            />
          </>
        );
      }}
    </Chart>
  );
}
