// Which song is under a pointer, and which ones lie in a rectangle or in a shape drawn by hand.

import { quadtree, type Quadtree, type QuadtreeLeaf } from "d3-quadtree";

export type Point = readonly [x: number, y: number];

export interface Box {
  left: number;
  right: number;
  low: number;
  high: number;
}

export class Picking {
  private tree: Quadtree<number>;

  constructor(
    private x: number[],
    private y: number[],
  ) {
    this.tree = quadtree<number>()
      .x((i) => x[i]!)
      .y((i) => y[i]!)
      .addAll(x.map((_, i) => i));
  }

  // Calls for every song in the box that is shown.
  private each(box: Box, found: (song: number) => void): void {
    this.tree.visit((node, x0, y0, x1, y1) => {
      if (x0 > box.right || x1 < box.left || y0 > box.high || y1 < box.low) return true;
      if (node.length) return false;
      for (let leaf: QuadtreeLeaf<number> | undefined = node; leaf; leaf = leaf.next) {
        const x = this.x[leaf.data]!;
        const y = this.y[leaf.data]!;
        if (x >= box.left && x <= box.right && y >= box.low && y <= box.high) found(leaf.data);
      }
      return false;
    });
  }

  nearest(x: number, y: number, reach: number, shown: (song: number) => boolean): number {
    let best = -1;
    let least = reach * reach;
    this.each({ left: x - reach, right: x + reach, low: y - reach, high: y + reach }, (song) => {
      const distance = (this.x[song]! - x) ** 2 + (this.y[song]! - y) ** 2;
      if (distance > least || !shown(song)) return;
      least = distance;
      best = song;
    });
    return best;
  }

  inside(shape: Point[], shown: (song: number) => boolean): number[] {
    const xs = shape.map((point) => point[0]);
    const ys = shape.map((point) => point[1]);
    const box = {
      left: Math.min(...xs),
      right: Math.max(...xs),
      low: Math.min(...ys),
      high: Math.max(...ys),
    };
    const songs: number[] = [];
    this.each(box, (song) => {
      if (shown(song) && isInside(this.x[song]!, this.y[song]!, shape)) songs.push(song);
    });
    return songs.sort((a, b) => a - b);
  }

  inBox(box: Box, shown: (song: number) => boolean): number[] {
    const songs: number[] = [];
    this.each(box, (song) => {
      if (shown(song)) songs.push(song);
    });
    return songs;
  }

  // The `most` of the songs that are nearest to a place, nearest first, without sorting all of them.
  nearestOf(songs: number[], x: number, y: number, most: number): number[] {
    const best: { song: number; distance: number }[] = [];
    for (const song of songs) {
      const distance = (this.x[song]! - x) ** 2 + (this.y[song]! - y) ** 2;
      if (best.length === most && distance >= best[most - 1]!.distance) continue;
      let at = best.length;
      while (at > 0 && best[at - 1]!.distance > distance) at--;
      best.splice(at, 0, { song, distance });
      if (best.length > most) best.pop();
    }
    return best.map((one) => one.song);
  }
}

// Even-odd: a line from the place to the right crosses the shape's edge an odd number of times.
function isInside(x: number, y: number, shape: Point[]): boolean {
  let inside = false;
  for (let i = 0, j = shape.length - 1; i < shape.length; j = i++) {
    const [xi, yi] = shape[i]!;
    const [xj, yj] = shape[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
