// A dry run's plan, and what of it is to be done.

import type { Change, Plan, PlannedPlaylist, PlanOrder } from "./api.ts";

export interface Item {
  change: Change;
  list: number; // of plan.playlists
  at: number; // of the selection
}

export interface Counts {
  add: number;
  remove: number;
  held: number; // of `remove`: those that stay unless the person says so
}

const LOSS_LEAST = 20; // as the daemon's own safety stop

export function canDo(change: Change): boolean {
  return change.verb !== "veto";
}

export class Selection {
  readonly items: Item[] = [];
  readonly on: Uint8Array;
  readonly counts: Counts[];

  constructor(readonly plan: Plan) {
    plan.playlists.forEach((playlist, list) => {
      for (const change of playlist.changes) this.items.push({ change, list, at: this.items.length });
    });
    this.on = new Uint8Array(this.items.length);
    this.counts = plan.playlists.map(() => ({ add: 0, remove: 0, held: 0 }));
    for (const item of this.items) {
      if (item.change.verb === "add" || item.change.verb === "remove") this.set(item, true);
    }
  }

  has(item: Item): boolean {
    return this.on[item.at] === 1;
  }

  set(item: Item, on: boolean): void {
    if (!canDo(item.change) || this.has(item) === on) return;
    const counts = this.counts[item.list]!;
    const step = on ? 1 : -1;
    this.on[item.at] = on ? 1 : 0;
    if (item.change.verb === "add") counts.add += step;
    else counts.remove += step;
    if (item.change.verb === "hold") counts.held += step;
  }

  total(): Counts & { playlists: number } {
    const sum = { add: 0, remove: 0, held: 0, playlists: 0 };
    for (const counts of this.counts) {
      sum.add += counts.add;
      sum.remove += counts.remove;
      sum.held += counts.held;
      sum.playlists += counts.add + counts.remove > 0 ? 1 : 0;
    }
    return sum;
  }

  // Playlists that would lose much because their songs are in none of the places any more.
  losses(): { playlist: PlannedPlaylist; lost: number; before: number }[] {
    const lost = this.plan.playlists.map(() => 0);
    for (const item of this.items) {
      const gone = item.change.verb === "remove" && item.change.why === "unliked" && this.has(item);
      if (gone) lost[item.list]!++;
    }
    return this.plan.playlists
      .map((playlist, i) => ({
        playlist,
        lost: lost[i]!,
        before: playlist.total - playlist.added + playlist.removed,
      }))
      .filter(({ lost, before }) => lost >= LOSS_LEAST && 5 * lost > before);
  }

  // What is sent. A playlist of which nothing is left is not named, unless a further volume of the same
  // genre is to be made, which the daemon only does when all the others are named.
  order(): { order: PlanOrder; names: string[] } {
    const order: PlanOrder = { playlists: [] };
    const names = [""]; // by line, from 1
    const songs = new Map<number, Item[]>();
    for (const item of this.items) {
      if (!this.has(item)) continue;
      const mine = songs.get(item.change.playlist) ?? [];
      if (mine.length === 0) songs.set(item.change.playlist, mine);
      mine.push(item);
    }
    for (const playlist of this.plan.playlists) {
      const grows = playlist.volumes.some((volume) => volume.id === null && songs.has(volume.row));
      for (const volume of playlist.volumes) {
        const mine = songs.get(volume.row) ?? [];
        if (mine.length === 0 && !(grows && volume.id !== null)) continue;
        order.playlists.push({
          line: names.push(volume.name) - 1,
          id: volume.id ?? "",
          snapshot: volume.snapshot,
          genre: playlist.genre,
          changes: mine.map(({ change }) => ({
            line: names.push(`${change.name} (${volume.name})`) - 1,
            verb: change.verb === "add" ? "add" : "remove",
            id: change.id,
          })),
        });
      }
    }
    return { order, names };
  }
}

// The daemon's sentence about a plan that no longer fits speaks of lines, and of genrectl.
export function refusal(message: string, names: string[]): string {
  return message
    .replace(/; make a new one with .*$/, "")
    .replace(/\bline (\d+):/g, (whole, line: string) =>
      names[Number(line)] ? `“${names[Number(line)]}”:` : whole,
    );
}
