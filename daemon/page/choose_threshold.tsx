// From which probability a song belongs to a genre: what it would mean is seen while one drags.

import { line } from "d3-shape";
import { scaleLinear } from "d3-scale";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, query, type ApiError, type Curve, type Genre } from "./api.ts";
import type { Chooser } from "./choose_state.ts";
import { useLive } from "./live.ts";
import { Answer, asError, complain, Trouble, useAsked } from "./parts.tsx";
import { count, number, percent } from "./text.ts";

const LOW = 0.05;
const HIGH = 0.99;
const STEP = 0.01;
const WAIT = 500; // ms after the last move, since each arrow key is one

type Point = Curve["points"][number];

function nearest(points: Point[], threshold: number): Point | null {
  let best: Point | null = null;
  for (const point of points) {
    const nearer = Math.abs(point.threshold - threshold) - Math.abs((best?.threshold ?? 9) - threshold);
    if (nearer < 0) best = point;
  }
  return best;
}

// 100 x 100, stretched to the slider's width.
function Chart({ points, at, now }: { points: Point[]; at: number; now: number }) {
  const most = Math.max(1, ...points.map((point) => point.count));
  const path = useMemo(() => {
    const x = scaleLinear([LOW, HIGH], [0, 100]);
    const y = scaleLinear([0, most], [100, 2]);
    return (
      line<Point>(
        (point) => x(point.threshold),
        (point) => y(point.count),
      )(points) ?? ""
    );
  }, [points]);
  const left = (100 * (at - LOW)) / (HIGH - LOW);
  return (
    <div class="curve" aria-hidden="true">
      <span class="curve-most muted number">{number(most)} songs</span>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none">
        <path class="curve-area" d={`${path}L100,100L0,100Z`} />
        <path class="curve-line" d={path} />
        <line class="curve-mark" x1={left} x2={left} y1="0" y2="100" />
      </svg>
      <span class="curve-dot" style={{ left: `${left}%`, top: `${100 - (98 * now) / most}%` }} />
    </div>
  );
}

function Slider({ genre, curve, chooser, anew }: Props & { curve: Curve; anew: () => void }) {
  const [value, setValue] = useState<number | null>(null); // null: as it is kept
  const [error, setError] = useState<ApiError | null>(null);
  const timer = useRef(0);
  const waiting = useRef<number | null>(null);
  const shown = useRef(true);
  const keep = (threshold: number | null) => {
    clearTimeout(timer.current);
    waiting.current = null;
    setError(null);
    chooser.edit({ genre: genre.name, threshold }).then(
      () => {
        if (threshold !== null) return;
        setValue(null);
        anew();
      },
      (caught) => (shown.current ? setError(asError(caught)) : complain(caught)),
    );
  };
  const latest = useRef(keep);
  latest.current = keep;
  // One who closes the panel at once has released the slider, too.
  useEffect(
    () => () => {
      shown.current = false;
      if (waiting.current !== null) latest.current(waiting.current);
    },
    [],
  );
  const release = (threshold: number) => {
    clearTimeout(timer.current);
    waiting.current = threshold;
    timer.current = setTimeout(() => latest.current(threshold), WAIT);
  };
  const own = genre.threshold;
  const at = value ?? own ?? Math.min(HIGH, Math.max(LOW, curve.shown));
  const untouched = value === null && own === curve.threshold;
  const point = untouched ? curve : nearest(curve.points, at);
  const songs = point?.count ?? 0;
  const precision = point?.precision ?? null;
  const told = `${count(songs, "song")}, expected precision ${precision === null ? "not known" : percent(precision)}`;
  return (
    <>
      <dl class="meaning">
        <div>
          <dd class="figure">{number(songs)}</dd>
          <dt>{songs === 1 ? "song" : "songs"}</dt>
        </div>
        <div>
          <dd class="figure">{precision === null ? "–" : percent(precision)}</dd>
          <dt>expected precision</dt>
        </div>
        <div>
          <dd class="figure">{at.toFixed(2)}</dd>
          <dt>{own === null && value === null ? "threshold, about" : "threshold"}</dt>
        </div>
      </dl>
      <Chart points={curve.points} at={at} now={songs} />
      <label class="curve-slider">
        <span class="hidden-text">Threshold of {genre.title}</span>
        <input
          type="range"
          min={LOW}
          max={HIGH}
          step={STEP}
          value={at}
          disabled={chooser.running}
          aria-valuetext={`${at.toFixed(2)}: ${told}`}
          onInput={(event) => {
            clearTimeout(timer.current);
            setValue(event.currentTarget.valueAsNumber);
          }}
          onChange={(event) => release(event.currentTarget.valueAsNumber)}
        />
        <span class="curve-ends muted" aria-hidden="true">
          <span>more songs</span>
          <span>surer songs</span>
        </span>
      </label>
      {error && <Trouble error={error} again={() => keep(value)} />}
      <div class="row">
        <button
          type="button"
          class="small"
          disabled={(own === null && value === null) || chooser.editing}
          onClick={() => keep(null)}
        >
          The model's own
        </button>
        <span class="muted" role="status">
          {own === null && value === null
            ? "It is the model's own, which differs a little from song to song."
            : value !== null && value !== own
              ? "Not kept yet."
              : "It is yours, and kept."}
        </span>
      </div>
    </>
  );
}

interface Props {
  genre: Genre;
  chooser: Chooser;
}

export function Threshold({ genre, chooser }: Props) {
  const { ended } = useLive();
  const asked = useAsked(
    () => get<Curve>(query("/api/curve", { genre: genre.name })),
    `${genre.name} ${ended}`,
  );
  return (
    <div class="threshold">
      <h4>How sure a song must be</h4>
      <Answer asked={asked}>
        {(curve) => <Slider genre={genre} chooser={chooser} curve={curve} anew={asked.again} />}
      </Answer>
      <p class="muted small-text">
        Expected precision: of the songs that are picked, the share that is of this genre, if the model's
        probabilities are right. What you said of a song yourself counts as certain.
      </p>
    </div>
  );
}
