// What all charts share: a frame with a title, a drawing as wide as there is room, the numbers as a table,
// and a way to keep it.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { complain } from "./parts.tsx";
import { savePng, saveSvg } from "./save.ts";

export interface Table {
  head: string[];
  rows: (string | number)[][]; // a row's first cell is its name
}

export interface Space {
  width: number;
  height: number;
}

export function Chart(props: {
  title: string;
  file: string; // name of what is saved, without its end
  said: string; // what it shows, for who cannot see it
  note?: string;
  height: (width: number) => number;
  legend?: { title: string; colour: string }[];
  table: Table;
  children: (space: Space) => ComponentChildren;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    watcher.observe(frame.current!);
    return () => watcher.disconnect();
  }, []);
  const height = props.height(width);
  const picture = () => ({
    svg: svg.current!,
    title: props.title,
    legend: props.legend ?? [],
    file: props.file,
  });
  return (
    <figure class="chart card">
      <figcaption>
        <h2>{props.title}</h2>
        {props.note && <p class="muted">{props.note}</p>}
      </figcaption>
      {props.legend && (
        <ul class="chart-legend">
          {props.legend.map(({ title, colour }) => (
            <li key={title}>
              <span class="dot" style={{ background: colour }} />
              {title}
            </li>
          ))}
        </ul>
      )}
      <div ref={frame} class="chart-frame">
        {width > 0 && (
          <svg
            ref={svg}
            role="img"
            aria-label={props.said}
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
          >
            {props.children({ width, height })}
          </svg>
        )}
      </div>
      <div class="row">
        <button type="button" class="small" onClick={() => saveSvg(picture())}>
          Save as SVG<span class="hidden-text">: {props.title}</span>
        </button>
        <button type="button" class="small" onClick={() => void savePng(picture()).catch(complain)}>
          Save as PNG<span class="hidden-text">: {props.title}</span>
        </button>
      </div>
      <details>
        <summary>
          The numbers<span class="hidden-text"> of {props.title}</span>
        </summary>
        <div class="scroll" role="region" tabIndex={0} aria-label={`Numbers: ${props.title}`}>
          <table>
            <thead>
              <tr>
                {props.table.head.map((cell, i) => (
                  <th key={cell} scope="col" class={i > 0 ? "number" : ""}>
                    {cell}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {props.table.rows.map(([name, ...cells]) => (
                <tr key={name}>
                  <th scope="row">
                    <bdi>{name}</bdi>
                  </th>
                  {cells.map((cell, i) => (
                    <td key={i} class="number">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

// Lines and numbers of an axis of counts, at its left.
export function Counts(props: { ticks: number[]; at: (value: number) => number; from: number; to: number }) {
  return (
    <g class="axis">
      {props.ticks.map((tick) => (
        <g key={tick}>
          <line x1={props.from} x2={props.to} y1={props.at(tick)} y2={props.at(tick)} />
          <text x={props.from - 6} y={props.at(tick)} dy="0.35em" text-anchor="end">
            {tick}
          </text>
        </g>
      ))}
    </g>
  );
}

// Words below a chart, as many as there is room for.
export function Below(props: { words: [number, string][]; y: number; room: number }) {
  const every = Math.max(1, Math.ceil(props.words.length / Math.max(1, Math.floor(props.room / 56))));
  return (
    <g class="axis">
      {props.words.map(
        ([x, word], i) =>
          i % every === 0 && (
            <text key={i} x={x} y={props.y} text-anchor="middle">
              {word}
            </text>
          ),
      )}
    </g>
  );
}
