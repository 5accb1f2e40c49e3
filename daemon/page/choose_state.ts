// What is chosen, and the tree as it stands: shown at once, kept one request after another, taken back
// where it could not be kept.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, get, post, type Choice, type Genre, type Genres, type TreeEdit } from "./api.ts";
import { flat, getGenres } from "./genres.ts";
import { useLive } from "./live.ts";
import { asError, complain, useAsked } from "./parts.tsx";

type Part = "genres" | "from";

function same(a: Set<string>, b: string[]): boolean {
  return a.size === b.length && b.every((name) => a.has(name));
}

// What was changed from `before` to `wish`, done to `now`.
function moved(now: string[], before: string[], wish: Set<string>): string[] {
  const result = new Set(now);
  for (const name of before) if (!wish.has(name)) result.delete(name);
  for (const name of wish) if (!before.includes(name)) result.add(name);
  return [...result];
}

export class Chosen {
  choice: Choice | null = null; // as it is kept
  error: ApiError | null = null;
  genres = new Set<string>(); // as it is shown
  from = new Set<string>();
  known: Set<string> | null = null; // all names of the tree: others would be refused
  private sending = false;

  constructor(private draw: () => void) {}

  load = (): void => {
    get<Choice>("/api/choice").then(
      (choice) => {
        this.error = null;
        if (!this.sending) this.adopt(choice);
        this.draw();
      },
      (error) => {
        this.error = asError(error);
        this.draw();
      },
    );
  };

  set(part: Part, change: Record<string, boolean>): void {
    const next = new Set(this[part]);
    for (const [name, on] of Object.entries(change)) {
      if (on) next.add(name);
      else next.delete(name);
    }
    this[part] = next;
    this.draw();
    void this.send();
  }

  private adopt(choice: Choice): void {
    this.choice = choice;
    this.genres = new Set(choice.genres);
    this.from = new Set(choice.from);
  }

  // Only ever one request at a time, with all that was changed until then.
  private async send(): Promise<void> {
    if (this.sending || !this.choice) return;
    this.sending = true;
    try {
      while (!same(this.genres, this.choice.genres) || !same(this.from, this.choice.from)) {
        const { genres, from } = this;
        const body: { genres?: string[]; from?: string[] } = {};
        const now = await get<Choice>("/api/choice"); // another tab may have changed it
        if (!same(genres, this.choice.genres))
          body.genres = moved(now.genres, this.choice.genres, genres).filter(
            (name) => this.known?.has(name) ?? true,
          );
        if (!same(from, this.choice.from)) body.from = moved(now.from, this.choice.from, from);
        const kept = await post<Choice>("/api/choice", body);
        this.choice = kept;
        if (genres === this.genres) this.genres = new Set(kept.genres);
        if (from === this.from) this.from = new Set(kept.from);
      }
    } catch (caught) {
      const error = asError(caught);
      this.adopt(this.choice);
      complain(new ApiError(error.status, error.kind, `this could not be kept: ${error.message}`));
    }
    this.sending = false;
    this.draw();
  }
}

export interface Chooser {
  tree: Genres | null;
  error: ApiError | null;
  again: () => void;
  chosen: Chosen;
  running: boolean; // a run is at work: the tree cannot be changed
  editing: boolean;
  edit: (change: TreeEdit) => Promise<Genres>; // throws
  tryEdit: (change: TreeEdit) => Promise<Genres | null>; // complains
}

export function useChooser(): Chooser {
  const { ended, status } = useLive();
  const asked = useAsked<Genres>(getGenres, ended);
  const [tree, setTree] = useState<Genres | null>(null);
  const [editing, setEditing] = useState(false);
  const [, draw] = useState(0);
  const alive = useRef(true);
  const chosen = useMemo(() => new Chosen(() => alive.current && draw((n) => n + 1)), []);
  useEffect(() => {
    alive.current = true;
    return () => void (alive.current = false);
  }, []);
  useEffect(chosen.load, [chosen, ended]);
  useEffect(() => {
    if (asked.data) setTree(asked.data);
  }, [asked.data]);
  chosen.known = useMemo(
    () => tree && new Set([...flat(tree.genres), ...tree.hidden].map((genre) => genre.name)),
    [tree],
  );
  const edit = (change: TreeEdit) => {
    setEditing(true);
    return post<Genres>("/api/tree", change)
      .then((made) => {
        setTree(made);
        return made;
      })
      .finally(() => setEditing(false));
  };
  return {
    tree,
    error: asked.error,
    again: asked.again,
    chosen,
    running: Boolean(status?.running),
    editing,
    edit,
    tryEdit: (change) =>
      edit(change).catch((error) => {
        complain(error);
        return null;
      }),
  };
}

// The genre and what stands under it, to be taken out of what is chosen.
export function without(genre: Genre): Record<string, boolean> {
  return Object.fromEntries(flat([genre]).map(({ name }) => [name, false]));
}
