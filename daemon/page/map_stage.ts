// The map as it is operated: what part of it is seen, by which gesture that changes, and a frame drawn
// only when something did.

import type { SongMap } from "./api.ts";
import { Drawing, kindOf, KINDS } from "./map_draw.ts";
import { Picking, type Box, type Point } from "./map_pick.ts";
import { onTheme } from "./palette.ts";

export const LISTED = 50;
const MOST = 400; // of magnification
const REST_MS = 200; // after the last change: what is in view is told
const FLIGHT_MS = 350;
const MOVE_MS = 900;
const MEASURES = 400; // kept of the browser's list

export interface Rest {
  count: number; // songs in view
  nearest: number[]; // of them, to the middle
}

export interface Told {
  point: (song: number) => void; // a pointer is over it; -1: over none
  pick: (song: number) => void; // it was clicked, tapped, or taken with Enter; -1: none is there
  lasso: (songs: number[]) => void;
  rest: (rest: Rest) => void;
}

export interface Elements {
  region: HTMLElement;
  canvas: HTMLCanvasElement;
  ring: HTMLElement; // around the song that is told
  labels: HTMLElement; // one child per family
  trail: SVGPolygonElement; // of the lasso
}

interface View {
  x: number;
  y: number;
  zoom: number;
}

const still = matchMedia("(prefers-reduced-motion: reduce)");
const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

export class Stage {
  lassoing = false;
  readonly drawing: Drawing | null;
  private map: SongMap | null = null;
  private picking: Picking | null = null;
  private view: View = { x: 0, y: 0, zoom: 1 };
  private width = 1;
  private height = 1;
  private wanted = 0; // the frame asked for
  private resting = 0;
  private flight: { from: View; to: View; since: number } | null = null;
  private movedSince = -Infinity;
  private ringed = -1;
  private pointers = new Map<number, Point>();
  private dragged = false;
  private pinched = false;
  private trail: Point[] = [];
  private only = new Set<number>(); // families that are shown; none: all
  private marking = false;
  private alpha = new Float32Array(KINDS).fill(0.85);
  private homes: (Point | null)[] = []; // where a family's name stands
  private widths: number[] = []; // of the names
  private undo: (() => void)[] = [];
  private measured = 0;

  constructor(
    private el: Elements,
    private tell: Told,
  ) {
    this.drawing = Drawing.on(el.canvas);
    const watch = new ResizeObserver(() => this.resize());
    watch.observe(el.region);
    this.undo.push(() => watch.disconnect());
    this.undo.push(
      onTheme(() => {
        this.drawing?.theme();
        this.request();
      }),
    );
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      heard: (event: HTMLElementEventMap[K]) => void,
      target: HTMLElement = el.canvas,
    ) => {
      target.addEventListener(name, heard, { passive: false });
      this.undo.push(() => target.removeEventListener(name, heard));
    };
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.up(event, true));
    on("pointerleave", () => !this.pointers.size && this.tell.point(-1));
    on("dblclick", (event) => this.zoomBy(2.2, [event.offsetX, event.offsetY]));
    on("wheel", (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode ? 24 : 1) * (event.ctrlKey ? 6 : 1);
      this.zoomBy(Math.exp(-clamp(pixels, -400, 400) * 0.0018), [event.offsetX, event.offsetY], false);
    });
    on("keydown", (event) => this.key(event), el.region);
    on("webglcontextlost" as "click", (event) => {
      event.preventDefault();
      this.drawing?.lose();
    });
    on("webglcontextrestored" as "click", () => {
      this.drawing?.restore();
      this.request();
    });
    this.resize();
  }

  close(): void {
    for (const undo of this.undo) undo();
    cancelAnimationFrame(this.wanted);
    clearTimeout(this.resting);
  }

  // --- what is shown

  load(map: SongMap): void {
    const old = this.map;
    const n = map.id.length;
    const before = new Float32Array(n * 2);
    const place = new Map<string, number>();
    old?.id.forEach((id, i) => place.set(id, i));
    for (let i = 0; i < n; i++) {
      const was = place.get(map.id[i]!);
      before[i * 2] = was === undefined ? map.x[i]! : old!.x[was]!;
      before[i * 2 + 1] = was === undefined ? map.y[i]! : old!.y[was]!;
    }
    this.map = map;
    this.picking = new Picking(map.x, map.y);
    const names = map.genres.map((genre) => genre.name);
    this.drawing?.load(map.x, map.y, map.genre, names, before);
    this.movedSince = old && !still.matches ? performance.now() : -Infinity;
    this.homes = homesOf(map);
    this.widths = [...this.el.labels.children].map((label) => (label as HTMLElement).offsetWidth);
    this.request();
  }

  show(only: Set<number>): void {
    this.only = only;
    for (let kind = 0; kind < KINDS; kind++) this.alpha[kind] = 0.07;
    for (let kind = 0; kind < KINDS; kind++) if (!only.size || only.has(kind)) this.alpha[kind] = 0.85;
    this.request();
  }

  mark(songs: Set<number>): void {
    this.marking = songs.size > 0;
    this.drawing?.mark(songs);
    this.request();
  }

  ring(song: number): void {
    this.ringed = song;
    this.request();
  }

  readonly isShown = (song: number): boolean =>
    !this.only.size || this.only.has(kindOf(this.map!.genre[song]!));

  inView(): number[] {
    return this.picking?.inBox(this.box(), this.isShown) ?? [];
  }

  // --- moving about

  home(): void {
    this.fly({ x: 0, y: 0, zoom: 1 });
  }

  jump(song: number): void {
    if (!this.map) return;
    this.fly({ x: this.map.x[song]!, y: this.map.y[song]!, zoom: Math.max(this.view.zoom, 6) });
  }

  zoomBy(factor: number, at: Point = [this.width / 2, this.height / 2], glide = true): void {
    const from = this.flight?.to ?? this.view;
    const zoom = clamp(from.zoom * factor, 0.8, MOST);
    const [x, y] = this.world(at, from);
    const scale = this.scale(zoom);
    const to = {
      x: x - (at[0] - this.width / 2) / scale,
      y: y + (at[1] - this.height / 2) / scale,
      zoom,
    };
    if (glide) this.fly(to);
    else this.go(to);
  }

  pan(right: number, up: number): void {
    const from = this.flight?.to ?? this.view;
    const scale = this.scale(from.zoom);
    this.go({ ...from, x: from.x + right / scale, y: from.y + up / scale });
  }

  lasso(on: boolean): void {
    this.lassoing = on;
    this.trail = [];
    this.drawTrail();
  }

  private fly(to: View): void {
    if (still.matches) return this.go(to);
    this.flight = { from: this.view, to: within(to), since: performance.now() };
    this.request();
  }

  private go(to: View): void {
    this.flight = null;
    this.view = within(to);
    this.request();
  }

  // --- measures

  private scale(zoom = this.view.zoom): number {
    return Math.min(this.width, this.height) * 0.46 * zoom;
  }

  private world(at: Point, view = this.view): Point {
    const scale = this.scale(view.zoom);
    return [view.x + (at[0] - this.width / 2) / scale, view.y - (at[1] - this.height / 2) / scale];
  }

  private screen(x: number, y: number): Point {
    const scale = this.scale();
    return [(x - this.view.x) * scale + this.width / 2, this.height / 2 - (y - this.view.y) * scale];
  }

  private box(): Box {
    const [left, high] = this.world([0, 0]);
    const [right, low] = this.world([this.width, this.height]);
    return { left, right, low, high };
  }

  private pointSize(): number {
    const base = clamp(260 / Math.sqrt(this.map?.id.length || 1), 2.6, 9);
    return Math.min(base * this.view.zoom ** 0.3, 16);
  }

  private resize(): void {
    this.width = Math.max(1, this.el.region.clientWidth);
    this.height = Math.max(1, this.el.region.clientHeight);
    this.request();
  }

  // --- drawing

  request(): void {
    if (!this.wanted) this.wanted = requestAnimationFrame((now) => this.frame(now));
  }

  private frame(now: number): void {
    const start = performance.now();
    this.wanted = 0;
    let more = false;
    if (this.flight) {
      const part = clamp((now - this.flight.since) / FLIGHT_MS, 0, 1);
      this.view = between(this.flight.from, this.flight.to, 1 - (1 - part) ** 3);
      if (part < 1) more = true;
      else this.flight = null;
    }
    const moved = clamp((now - this.movedSince) / MOVE_MS, 0, 1);
    more ||= moved < 1;
    this.drawing?.draw({
      width: this.width,
      height: this.height,
      ratio: devicePixelRatio,
      x: this.view.x,
      y: this.view.y,
      scale: this.scale(),
      size: this.pointSize(),
      moved: moved * moved * (3 - 2 * moved),
      alpha: this.alpha,
      marking: this.marking,
    });
    this.placeRing();
    this.placeLabels();
    if (more) this.request();
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.rest(), REST_MS);
    if (++this.measured % MEASURES === 0) performance.clearMeasures("map-frame");
    performance.measure("map-frame", { start, end: performance.now() });
  }

  private rest(): void {
    const songs = this.inView();
    const { x, y } = this.view;
    this.tell.rest({ count: songs.length, nearest: this.picking?.nearestOf(songs, x, y, LISTED) ?? [] });
  }

  private placeRing(): void {
    const { ring } = this.el;
    ring.hidden = this.ringed < 0 || !this.map;
    if (ring.hidden) return;
    const [x, y] = this.screen(this.map!.x[this.ringed]!, this.map!.y[this.ringed]!);
    ring.style.transform = `translate(${x}px, ${y}px)`;
  }

  // The names of the families, greatest first, each only where no other stands.
  private placeLabels(): void {
    const taken: number[][] = [];
    const labels = this.el.labels.children;
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i] as HTMLElement;
      const home = this.homes[Number(label.dataset["family"])];
      const shown = home && (!this.only.size || this.only.has(kindOf(Number(label.dataset["family"]))));
      const [x, y] = shown ? this.screen(home[0], home[1]) : [0, 0];
      const half = this.widths[i]! / 2;
      const fits =
        shown &&
        x > half &&
        x < this.width - half &&
        y > 12 &&
        y < this.height - 12 &&
        !taken.some(([tx, ty, th]) => Math.abs(tx! - x) < th! + half + 6 && Math.abs(ty! - y) < 22);
      label.style.visibility = fits ? "visible" : "hidden";
      if (!fits) continue;
      taken.push([x, y, half]);
      label.style.transform = `translate(${x - half}px, ${y - 12}px)`;
    }
  }

  private drawTrail(): void {
    this.el.trail.setAttribute("points", this.trail.map(([x, y]) => `${x},${y}`).join(" "));
  }

  // --- gestures

  private songAt(at: Point, reach: number): number {
    const [x, y] = this.world(at);
    const far = (reach + this.pointSize() / 2) / this.scale();
    return this.picking?.nearest(x, y, far, this.isShown) ?? -1;
  }

  private down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.el.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    this.dragged = false;
    this.pinched = this.pointers.size > 1;
    this.flight = null;
    this.trail = this.lassoing && !this.pinched ? [[event.offsetX, event.offsetY]] : [];
    this.drawTrail();
  }

  private move(event: PointerEvent): void {
    const now: Point = [event.offsetX, event.offsetY];
    const was = this.pointers.get(event.pointerId);
    if (!was) {
      if (!this.lassoing && event.pointerType === "mouse") this.tell.point(this.songAt(now, 6));
      return;
    }
    if (!this.dragged && Math.hypot(now[0] - was[0], now[1] - was[1]) < 4) return;
    this.dragged = true;
    if (this.pointers.size === 2) this.pinch(event.pointerId, was, now);
    else if (this.trail.length) this.extend(now);
    else this.pan(was[0] - now[0], now[1] - was[1]);
    this.pointers.set(event.pointerId, now);
  }

  private extend(to: Point): void {
    const last = this.trail[this.trail.length - 1]!;
    if (Math.hypot(to[0] - last[0], to[1] - last[1]) < 3) return;
    this.trail.push(to);
    this.drawTrail();
  }

  private pinch(id: number, was: Point, now: Point): void {
    const other = [...this.pointers].find(([key]) => key !== id)![1];
    const before = Math.hypot(was[0] - other[0], was[1] - other[1]) || 1;
    const after = Math.hypot(now[0] - other[0], now[1] - other[1]) || 1;
    const middle: Point = [(was[0] + other[0]) / 2, (was[1] + other[1]) / 2];
    this.zoomBy(after / before, middle, false);
    this.pan((was[0] - now[0]) / 2, (now[1] - was[1]) / 2);
  }

  private up(event: PointerEvent, cancelled = false): void {
    if (!this.pointers.delete(event.pointerId)) return;
    const shape = this.trail.map((point) => this.world(point));
    this.trail = [];
    this.drawTrail();
    if (cancelled || this.pinched) return;
    if (shape.length > 2) {
      this.tell.lasso(this.picking?.inside(shape, this.isShown) ?? []);
    } else if (!this.dragged && !this.lassoing) {
      this.tell.pick(this.songAt([event.offsetX, event.offsetY], event.pointerType === "mouse" ? 6 : 16));
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this.el.region || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 70;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.pan(-step, 0),
      ArrowRight: () => this.pan(step, 0),
      ArrowUp: () => this.pan(0, step),
      ArrowDown: () => this.pan(0, -step),
      "+": () => this.zoomBy(1.5),
      "=": () => this.zoomBy(1.5),
      "-": () => this.zoomBy(1 / 1.5),
      "0": () => this.home(),
      Home: () => this.home(),
      Enter: () => this.tell.pick(this.songAt([this.width / 2, this.height / 2], this.width)),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}

function within(view: View): View {
  return { x: clamp(view.x, -1.2, 1.2), y: clamp(view.y, -1.2, 1.2), zoom: view.zoom };
}

// Zoom grows by factors, so that what one flies to keeps its course.
function between(from: View, to: View, part: number): View {
  const zoom = from.zoom * (to.zoom / from.zoom) ** part;
  const way = from.zoom === to.zoom ? part : (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom);
  return { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way, zoom };
}

// Where a family is densest: the mean of its songs in the fullest cell of a grid.
function homesOf(map: SongMap): (Point | null)[] {
  const cells = 12;
  const n = map.genres.length;
  const sum = new Float64Array(n * cells * cells * 3);
  const cell = (value: number) => clamp(Math.floor(((value + 1) / 2) * cells), 0, cells - 1);
  map.genre.forEach((genre, i) => {
    if (genre < 0 || genre >= n) return;
    const at = ((genre * cells + cell(map.y[i]!)) * cells + cell(map.x[i]!)) * 3;
    sum[at]! += 1;
    sum[at + 1]! += map.x[i]!;
    sum[at + 2]! += map.y[i]!;
  });
  return map.genres.map((_, genre) => {
    let best = -1;
    for (let c = 0; c < cells * cells; c++) {
      const at = (genre * cells * cells + c) * 3;
      if (sum[at]! > 0 && (best < 0 || sum[at]! > sum[best]!)) best = at;
    }
    return best < 0 ? null : [sum[best + 1]! / sum[best]!, sum[best + 2]! / sum[best]!];
  });
}
